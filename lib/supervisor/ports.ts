import { findListenError } from "@/lib/platform/net/ports";
import { findSecondHost, type PlannedSettings } from "@/lib/platform/config/resolve-settings";

/** `optional`: nobody listens there where the machine does not have the address. */
export type WantedPort = { setting: string; port: number; host: string; optional?: true };

/** Every port that this start will listen on, with the setting that changes the port. */
export function listPorts(plan: PlannedSettings): WantedPort[] {
  const { HOST: host, PORT, S3_PORT, S3_ADMIN_PORT } = plan;
  const second = findSecondHost(plan);
  return [
    { setting: "PORT", port: PORT, host },
    ...(second ? [{ setting: "PORT", port: PORT, host: second, optional: true as const }] : []),
    { setting: "S3_PORT", port: S3_PORT, host },
    { setting: "S3_PORT", port: S3_PORT + 1, host },
    { setting: "S3_ADMIN_PORT", port: S3_ADMIN_PORT, host: "127.0.0.1" },
  ];
}

/** A sentence about the first port that is not available, or undefined when all ports are available. */
export async function findPortProblem(ports: WantedPort[]): Promise<string | undefined> {
  for (const [index, { setting, port, host, optional }] of ports.entries()) {
    const twin = ports.slice(0, index).find((other) => other.port === port && !optional);
    if (twin) return `${twin.setting} and ${setting} both use port ${port}: set ${setting} to another port.`;
    const code = await findListenError(port, host);
    if (optional && (code === "EADDRNOTAVAIL" || code === "EAFNOSUPPORT")) continue;
    if (code === "EADDRINUSE")
      return `Port ${port} on ${host} is taken by another program. Stop it, or set ${setting} to another port.`;
    if (code === "EADDRNOTAVAIL") return `This machine has no address ${host}: set HOST to one of its own.`;
    if (code === "EACCES") return `Port ${port} is for privileged users only: set ${setting} to 1024 or higher.`;
    if (code) return `Latchkey cannot listen on port ${port} on ${host} (${code}).`;
  }
  return undefined;
}
