import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const DAY_MS = 86_400_000;

/** Of `openssl ca`, the one command of every version that takes the dates of a certificate. */
const CONFIGURATION = `
[ca]
default_ca = own
[own]
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
copy_extensions = copy
[any]
commonName = supplied
`;

export const HAS_OPENSSL = existsSync("/usr/bin/openssl");

/** A key and a certificate signed by itself, for `name` (`DNS:…` or `IP:…`), that ends so many days from now. */
export function makeCertificate(name: string, endsInDays: number): { key: string; cert: string } {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-certificate-"));
  const openssl = (...args: string[]) => execFileSync("/usr/bin/openssl", args, { cwd: folder, stdio: "pipe" });
  try {
    writeFileSync(join(folder, "ca.cnf"), CONFIGURATION);
    writeFileSync(join(folder, "index.txt"), "");
    writeFileSync(join(folder, "serial"), "01\n");
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "key.pem"];
    openssl("req", "-new", ...key, "-subj", "/CN=test", "-addext", `subjectAltName=${name}`, "-out", "request.pem");
    const dates = ["-startdate", toOpensslDate(-3), "-enddate", toOpensslDate(endsInDays)];
    openssl(
      "ca",
      "-batch",
      "-selfsign",
      "-config",
      "ca.cnf",
      "-keyfile",
      "key.pem",
      ...dates,
      "-in",
      "request.pem",
      "-notext",
      "-out",
      "cert.pem",
    );
    return { key: readFileSync(join(folder, "key.pem"), "utf8"), cert: readFileSync(join(folder, "cert.pem"), "utf8") };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function toOpensslDate(days: number): string {
  return new Date(Date.now() + days * DAY_MS).toISOString().replace(/[-:T]|\.\d+/g, "");
}
