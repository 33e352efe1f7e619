import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { CLIENT_ADDRESS_HEADER } from "@/lib/platform/net/client-address-header";
import { REQUEST_ID_HEADER } from "@/lib/platform/net/request-id-header";
import { findClientAddress, type IsTrusted } from "@/lib/web-server/client-address";

/**
 * The headers in which a proxy describes a request, and the headers in which this server describes it to the portal.
 */
const FORWARDED = /^(x-forwarded-.*|forwarded|x-real-ip|x-client-ip|true-client-ip|cf-connecting-ip|x-latchkey-.*)$/;

/**
 * Removes every header with which a client or proxy describes the origin of a request, and sets verified values: the
 * client's address, which a trusted proxy may give, a new id of the request, and the public host and protocol, which
 * Next compares with the Origin of a server action. Next itself would keep a header that the client invented.
 */
export function sanitiseHeaders(request: IncomingMessage, publicUrl: URL, isTrusted: IsTrusted): void {
  const address = findClientAddress(request, isTrusted);
  for (const name of Object.keys(request.headers)) {
    if (FORWARDED.test(name)) delete request.headers[name];
  }
  const truth = {
    [CLIENT_ADDRESS_HEADER]: address,
    [REQUEST_ID_HEADER]: randomUUID(),
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
