import { evaluateClock } from "@/lib/cli/doctor/clock";
import { describeError, failed, type Note, ok, skipped } from "@/lib/cli/doctor/finding";
import { reach, speaksTls } from "@/lib/cli/doctor/reach";
import { send } from "@/lib/cli/doctor/send";

/** Checks the way to the S3 endpoint, whether it is one, and its clock. Returns whether it is one. */
export async function checkEndpoint(url: URL, now: () => Date, note: Note): Promise<boolean> {
  const reached = await reach("endpoint", url, note);
  const isS3 = reached && (await askEndpoint(url, now, note));
  if (!isS3) note(skipped("endpoint clock", "No S3 endpoint answered."));
  return isS3;
}

async function askEndpoint(url: URL, now: () => Date, note: Note): Promise<boolean> {
  const answer = await send(new URL("/", url), {}, now).catch((error: unknown) => describeError(error));
  const answersS3 = typeof answer !== "string" && isS3(answer.text);
  if (!answersS3 && url.protocol === "http:" && (await speaksTls(url))) {
    note(failed("endpoint", `${url.host} speaks TLS, and plain http is meant. Use https://${url.host}.`));
    return false;
  }
  if (typeof answer === "string") {
    note(failed("endpoint", `${url.origin} does not answer: ${answer} Ask the operator of the storage.`));
    return false;
  }
  const { status, headers, before, after } = answer;
  if (!answersS3) {
    const sentence = `${url.origin} answers ${status}, and not as S3 does. Compare the address with that of latchkey regions.`;
    note(failed("endpoint", sentence));
    return false;
  }
  note(ok("endpoint", `${url.origin} answers as S3 does.`));
  note(evaluateClock("endpoint clock", headers.get("date"), before, after));
  return true;
}

/** A list of buckets, or a refusal of one. */
const isS3 = (text: string): boolean =>
  /<ListAllMyBucketsResult[\s>]/.test(text) || /<Error[^>]*>.*<Code>\w+<\/Code>/s.test(text);
