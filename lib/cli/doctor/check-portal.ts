import { evaluateClock } from "@/lib/cli/doctor/clock";
import { describeError, failed, type Note, ok, skipped } from "@/lib/cli/doctor/finding";
import { reach, speaksTls } from "@/lib/cli/doctor/reach";
import { type Answer, send } from "@/lib/cli/doctor/send";
import type { Account, Problem } from "@/lib/cli/portal/replies";
import type { Profile } from "@/lib/cli/profiles/profiles";

/** Checks the way to the portal, its clock and the token. Returns whether the portal takes the token. */
export async function checkPortal(profile: Profile, now: () => Date, note: Note): Promise<boolean> {
  const url = new URL(profile.url);
  const answer = (await reach("portal", url, note)) ? await askPortal(url, profile.token, now, note) : undefined;
  const told = answer && readAnswer(answer.text);
  if (!answer || !told) {
    if (answer) note(await refuseStranger(url, answer));
    note(skipped("portal clock", "The portal did not answer."));
    note(skipped("token", "The portal did not answer."));
    return false;
  }
  note(ok("portal", `${url.origin} is a Latchkey.`));
  note(evaluateClock("portal clock", answer.headers.get("date"), answer.before, answer.after));
  if ("token" in told) {
    const { name, scope, project, expirationDate } = told.token;
    const where = project === null ? "all your projects" : `the project ${project}`;
    note(ok("token", `The token ${name} may ${scope} in ${where}, until ${expirationDate.slice(0, 10)}.`));
    return true;
  }
  const again = told.code === "UNAUTHENTICATED" ? ` Sign in again: latchkey login ${url.origin}` : "";
  note(failed("token", `${told.detail}${again}`));
  return false;
}

async function askPortal(url: URL, token: string, now: () => Date, note: Note): Promise<Answer | undefined> {
  try {
    return await send(new URL("/api/v1/account", url), { authorization: `Bearer ${token}` }, now);
  } catch (error) {
    const sentence = (await isMeantForTls(url))
      ? `${url.host} speaks TLS, and plain http is in the profile. Sign in with https://${url.host}.`
      : `${url.origin} does not answer: ${describeError(error)} Ask its operator.`;
    note(failed("portal", sentence));
    return undefined;
  }
}

const isMeantForTls = async (url: URL) => url.protocol === "http:" && (await speaksTls(url));

async function refuseStranger(url: URL, { status, headers }: Answer) {
  const to = headers.get("location");
  if (await isMeantForTls(url))
    return failed(
      "portal",
      `${url.host} speaks TLS, and plain http is in the profile. Sign in with https://${url.host}.`,
    );
  if (to !== null && status >= 300 && status < 400)
    return failed("portal", `${url.origin} sends everybody to ${to}. Sign in with that address.`);
  if (status >= 500) return failed("portal", `${url.origin} answers ${status}. Ask its operator.`);
  return failed("portal", `${url.origin} is no Latchkey, or one of another version: it answers ${status}.`);
}

/** What only a Latchkey answers: an account, or a problem with a code. */
function readAnswer(text: string): Account | Pick<Problem, "code" | "detail"> | undefined {
  try {
    const value = JSON.parse(text) as Account & Problem;
    const isAccount = typeof value.token?.name === "string" && typeof value.token.expirationDate === "string";
    return isAccount || (typeof value.code === "string" && typeof value.detail === "string") ? value : undefined;
  } catch {
    return undefined;
  }
}
