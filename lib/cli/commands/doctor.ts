import { Command, Option } from "commander";
import { type DoctorOptions, examine } from "@/lib/cli/doctor/examine";
import type { Finding } from "@/lib/cli/doctor/finding";
import { Failure } from "@/lib/cli/failure";
import { printJson } from "@/lib/cli/terminal/output";
import { plain, print, type Terminal } from "@/lib/cli/terminal/terminal";

/** Finds out what is wrong between this machine and a key that does not work. */
export function doctorCommand(terminal: Terminal): Command {
  return new Command("doctor")
    .description("finds out why a key does not work: clock, DNS, TLS, portal, key, endpoint, signature, region")
    .option("--name <name>", "the named key of this name; left out: the default key")
    .option("--endpoint <url>", "the S3 endpoint; left out: the region's")
    .option("--signing-region <region>", "the region that the request is signed for; left out: as the client does")
    .addOption(
      new Option("--aws-profile <name>", "try the key of this profile of the AWS tools").conflicts("secretStdin"),
    )
    .option("--secret-stdin", "try the key with a secret from standard input")
    .option("--access-key <id>", "with --secret-stdin: the access key; left out: the current one")
    .action(async (_options: unknown, own: Command) => {
      const options = own.optsWithGlobals<DoctorOptions>();
      const { endpoint, accessKey, secretStdin } = options;
      if (endpoint !== undefined && !(URL.canParse(endpoint) && /^https?:$/.test(new URL(endpoint).protocol)))
        throw new Failure("usage", "Give the endpoint with its scheme, such as https://s3.example.org.");
      if (accessKey !== undefined && !secretStdin) throw new Failure("usage", "--access-key is for --secret-stdin.");
      const findings: Finding[] = [];
      await examine(terminal, options, (finding) => {
        findings.push(finding);
        if (options.output !== "json") printFinding(terminal, finding);
      });
      if (options.output === "json") printJson(terminal, { findings });
      const bad = findings.filter(({ result }) => result === "failed");
      if (bad.length > 0) throw new Failure("unhealthy", `Failed: ${bad.map(({ check }) => check).join(", ")}.`);
    });
}

/** The widths of the first two columns: of `warning` and of the longest check. */
const WIDTHS = [9, 21] as const;

function printFinding(terminal: Terminal, { check, result, sentence }: Finding): void {
  print(terminal, `${result.padEnd(WIDTHS[0])}${check.padEnd(WIDTHS[1])}${plain(sentence)}`);
}
