import { join } from "node:path";

/**
 * What a gateway does besides its own users: nothing (`plain`), or ask Keystone for ids it does not know, with its
 * cache of Keystone's secrets on (300 s, as installed) or off. `keystone-first` asks Keystone before its own users.
 */
export type GatewayKind = "plain" | "cached" | "uncached" | "keystone-first";

export interface RigOptions {
  /** Everything the rig keeps: state, logs, process ids, rig.json. */
  folder: string;
  /** The first of PORTS_NEEDED neighbouring ports on loopback. */
  port: number;
  /** One radosgw each, in this order. Keystone runs when one of them asks it. */
  gateways: readonly GatewayKind[];
}

/** Where the rig runs unless told otherwise. */
export const RIG_DEFAULTS = {
  folder: join(process.env.LATCHKEY_DATA_DIR ?? ".data", "rig"),
  port: 27480,
  gateways: ["cached", "uncached"],
} as const satisfies RigOptions;

const GATEWAYS_MAX = 4;
/** The messenger of the OSD takes several at once. */
const OSD_PORTS = 12;
export const PORTS_NEEDED = GATEWAYS_MAX + 2 + OSD_PORTS;

export interface RigPorts {
  gateways: number[];
  keystone: number;
  mon: number;
  osdFirst: number;
  osdLast: number;
}

export function assignPorts({ port, gateways }: RigOptions): RigPorts {
  if (gateways.length === 0 || gateways.length > GATEWAYS_MAX)
    throw new Error(`a rig has one to ${GATEWAYS_MAX} gateways`);
  const keystone = port + GATEWAYS_MAX;
  const osdFirst = keystone + 2;
  return {
    gateways: gateways.map((_kind, index) => port + index),
    keystone,
    mon: keystone + 1,
    osdFirst,
    osdLast: osdFirst + OSD_PORTS - 1,
  };
}

/** What the rig draws once and keeps, readable by its owner alone. */
export interface RigSecrets {
  fsid: string;
  osdUuid: string;
  keystoneAdminPassword: string;
  keystoneGatewayPassword: string;
  keystonePortalPassword: string;
}

export const asksKeystone = (options: RigOptions): boolean => options.gateways.some((kind) => kind !== "plain");

export const gatewayId = (index: number): string => `rgw.${index + 1}`;
