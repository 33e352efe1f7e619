/** Asks the server for a session. Resolves to an error code when there is none. */
export async function requestSession(email: string, password: string): Promise<string | undefined> {
  try {
    const { signIn } = await import("next-auth/react");
    const answer = await signIn("credentials", { redirect: false, email, password });
    return answer?.ok && !answer.error ? undefined : (answer?.error ?? "unknown");
  } catch {
    return "unreachable";
  }
}
