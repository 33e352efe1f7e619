import type { TcpProxy } from "@/testing/proxies/tcp-proxy";
import type { AccessKey } from "../../fixtures/access-key";

/** Stands in place of the access key id when a write creates a key but its id cannot be read. */
export const UNREADABLE = "unreadable";

/** A key as its storage system lists it. */
export interface ListedKey {
  accessKeyId: string;
  /** The storage system's name for the project. */
  principal: string;
}

/**
 * The storage system of one region. Proxies stand between the portal and the storage system; faults are injected
 * there. The checks do not use the proxies.
 */
export interface Backend {
  region: string;
  signingRegion: string;
  /** The real S3 addresses, behind the proxies. */
  gateways: string[];
  /** The proxies of admin interfaces also record which writes create a key. Their names end with "admin". */
  proxies: { name: string; proxy: TcpProxy }[];
  /** Every key of the portal's principals, read without the portal's code. */
  listKeys: () => Promise<ListedKey[]>;
  /** The portal's principals that are suspended there. Undefined where the portal suspends nobody. */
  listSuspended?: () => Promise<string[]>;
  /** A key of the chaos run itself, which always works. Only where gateways ask another system about keys. */
  witness?: AccessKey;
}
