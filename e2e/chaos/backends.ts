import type { TcpProxy } from "@/testing/proxies/tcp-proxy";
import type { KnownPair } from "./signed-request";

/** In place of the access key id of a pair where a write that makes one could not be read. */
export const UNREADABLE = "unreadable";

/** A key as its storage system lists it. */
export interface ListedKey {
  accessKeyId: string;
  /** The storage system's name for the project. */
  principal: string;
}

/** A region's storage system, with proxies between it and the portal. The storm's own eyes look past them. */
export interface Backend {
  region: string;
  signingRegion: string;
  /** Its S3 addresses, without a proxy between. */
  gateways: string[];
  /** Those of an admin interface read which writes make a pair. */
  proxies: { name: string; proxy: TcpProxy }[];
  /** Every key of the portal's users, read without the portal's code. */
  listKeys: () => Promise<ListedKey[]>;
  /** Which of the portal's users are suspended there. Undefined where nobody is. */
  listSuspended?: () => Promise<string[]>;
  /** A pair of the storm's own, where gateways ask another system and refuse everybody while that is away. */
  witness?: KnownPair;
}
