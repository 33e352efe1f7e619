import type { IncomingMessage } from "node:http";
import { CLIENT_ADDRESS_HEADER } from "@/lib/platform/net/client-address-header";
import { findClientAddress, type IsTrusted } from "@/lib/web-server/client-address";

/** What a proxy says about the request it passes on, and what we say to the portal ourselves. */
const FORWARDED = /^(x-forwarded-.*|forwarded|x-real-ip|x-client-ip|true-client-ip|cf-connecting-ip|x-latchkey-.*)$/;

/**
 * Takes off a request all that claims where it comes from, and puts on what is true: the client's address (a
 * trusted proxy is believed about it), and the public host and protocol, with which Next compares the Origin of
 * a server action. Next itself would keep a header that the client made up.
 */
export function sanitiseHeaders(request: IncomingMessage, publicUrl: URL, isTrusted: IsTrusted): void {
  const address = findClientAddress(request, isTrusted);
  for (const name of Object.keys(request.headers)) {
    if (FORWARDED.test(name)) delete request.headers[name];
  }
  const truth = {
    [CLIENT_ADDRESS_HEADER]: address,
    "x-forwarded-for": address,
    "x-forwarded-host": publicUrl.host,
    "x-forwarded-proto": publicUrl.protocol.slice(0, -1),
    "x-forwarded-port": publicUrl.port || (publicUrl.protocol === "https:" ? "443" : "80"),
  };
  Object.assign(request.headers, truth);
  request.rawHeaders = [...withoutForwarded(request.rawHeaders), ...Object.entries(truth).flat()];
}

function withoutForwarded(raw: string[]): string[] {
  return raw.filter((_, index) => !FORWARDED.test((raw[index - (index % 2)] ?? "").toLowerCase()));
}
