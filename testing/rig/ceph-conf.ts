import { assignPorts, asksKeystone, gatewayId, type GatewayKind, type RigOptions, type RigSecrets } from "./settings";

/** How long radosgw keeps what Keystone said of a secret is fixed at 300 s; only the size can be set. */
const CACHE_SIZE: Record<Exclude<GatewayKind, "plain">, number> = { cached: 10_000, uncached: 0, "keystone-first": 0 };

/** The cluster's ceph.conf: one mon, one OSD in memory, loopback only, no cephx, no manager. */
export function composeCephConf(options: RigOptions, secrets: RigSecrets): string {
  const { folder } = options;
  const ports = assignPorts(options);
  const sections = [
    GLOBAL({ folder, fsid: secrets.fsid, mon: ports.mon }),
    MON(folder),
    OSD({ folder, first: ports.osdFirst, last: ports.osdLast }),
    CLIENT(folder),
    ...options.gateways.map((kind, index) => composeGateway(options, secrets, kind, index)),
  ];
  return `${sections.join("\n")}\n`;
}

const GLOBAL = ({ folder, fsid, mon }: { folder: string; fsid: string; mon: number }) => `[global]
fsid = ${fsid}
mon host = v1:127.0.0.1:${mon}
mon initial members = a
auth cluster required = none
auth service required = none
auth client required = none
keyring = /dev/null
ms bind ipv4 = true
ms bind ipv6 = false
public addr = 127.0.0.1
cluster addr = 127.0.0.1
run dir = ${folder}/run
# A socket's path may not be longer than 107 bytes, and a folder may.
admin socket =
log file = ${folder}/log/$name.log
crash dir = ${folder}/run
log flush on exit = false
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 1000`;

const MON = (folder: string) => `[mon]
mon data = ${folder}/mon
# The default of a second, for every change of a map, is what makes a small cluster slow to start.
paxos propose interval = 0.02
paxos min wait = 0.01
mon osd min down reporters = 1
mon data avail warn = 1
mon data avail crit = 0
mon osd report timeout = 86400`;

const OSD = ({ folder, first, last }: { folder: string; first: number; last: number }) => `[osd]
ms bind port min = ${first}
ms bind port max = ${last}
osd data = ${folder}/osd
osd objectstore = memstore
memstore device bytes = 4294967296
# The fast one skips the unmount, and only that writes a memstore to disk.
osd fast shutdown = false
# Without cephx the OSD may send these before it knows the monmap, is told "wrong fsid" and exits; mon-commands.py
# puts it into the CRUSH map instead.
osd crush update on start = false
osd class update on start = false
osd class load list = *
osd class default list = *
osd mclock skip benchmark = true
osd max object name len = 2048
osd op num shards = 2
osd op num threads per shard = 2
osd memory target = 939524096`;

const CLIENT = (folder: string) => `[client]
rgw data = ${folder}/run
rgw thread pool size = 64
rgw dns name = 127.0.0.1
rgw enable apis = s3, s3website, admin
rgw enable usage log = true
rgw usage log tick interval = 1
rgw usage log flush threshold = 1
rgw usage max shards = 1
rgw usage max user shards = 1
rgw rados pool pg num min = 1
rgw run sync thread = false
rgw dynamic resharding = false
# The lifecycle thread works from midnight to six, and a gateway that is ended then ends up to 10 s late.
rgw enable lc threads = false
rgw enable ops log = false
rgw gc obj min wait = 5
rgw gc processor period = 30
rgw user quota bucket sync interval = 2
rgw bucket quota ttl = 2
rgw user quota sync interval = 5
rgw md log max shards = 1
rgw data log num shards = 1
rgw lc max objs = 1
rgw gc max objs = 1
rgw objexp hints num shards = 1
rgw num control oids = 1`;

function composeGateway(options: RigOptions, secrets: RigSecrets, kind: GatewayKind, index: number): string {
  const ports = assignPorts(options);
  // Without tcp_nodelay each request on a kept connection waits 40 ms for a delayed acknowledgement.
  const lines = [
    `[client.${gatewayId(index)}]`,
    `rgw frontends = beast endpoint=127.0.0.1:${ports.gateways[index]} tcp_nodelay=1`,
  ];
  if (kind === "plain" || !asksKeystone(options)) return lines.join("\n");
  return [
    ...lines,
    "rgw s3 auth use keystone = true",
    `rgw s3 auth order = ${kind === "keystone-first" ? "external, local" : "local, external"}`,
    `rgw keystone url = http://127.0.0.1:${ports.keystone}`,
    "rgw keystone api version = 3",
    "rgw keystone admin user = rgw",
    `rgw keystone admin password = ${secrets.keystoneGatewayPassword}`,
    "rgw keystone admin project = service",
    "rgw keystone admin domain = Default",
    "rgw keystone accepted roles = member, member+, admin",
    "rgw keystone accepted admin roles = admin",
    "rgw keystone verify ssl = false",
    "rgw keystone implicit tenants = false",
    `rgw keystone token cache size = ${CACHE_SIZE[kind]}`,
  ].join("\n");
}
