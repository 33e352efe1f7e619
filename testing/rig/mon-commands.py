#!/usr/bin/python3
"""What the rig asks of the mon, in one process: the ceph program costs 0.2 s a call.

mon-commands.py CONF osd-new UUID       makes osd.0 known and puts it into the CRUSH map
mon-commands.py CONF open-pools PIDFILE makes the pools of radosgw and resolves when each of them takes a write
"""
import json
import os
import sys
import time

import rados

POOLS = [
    ".rgw.root",
    "default.rgw.log",
    "default.rgw.control",
    "default.rgw.meta",
    "default.rgw.buckets.index",
    "default.rgw.buckets.data",
    "default.rgw.buckets.non-ec",
]
UNTIL = time.time() + 60
EPERM = -1


def expired():
    return time.time() > UNTIL


def connect(conf):
    while True:
        try:
            cluster = rados.Rados(conffile=conf, name="client.admin")
            cluster.connect(timeout=5)
            return cluster
        except rados.Error:
            if expired():
                raise
            time.sleep(0.05)


def ask(cluster, prefix, **arguments):
    command = json.dumps({"prefix": prefix, "format": "json", **arguments})
    while True:
        code, out, complaint = cluster.mon_command(command, b"", timeout=30)
        # Without cephx connect() may return before the monmap is there; the command then names no cluster.
        if code == EPERM and "wrong fsid" in complaint and not expired():
            time.sleep(0.02)
            continue
        break
    if code < 0:
        raise SystemExit(f"{prefix}: {code} {complaint}")
    return json.loads(out) if out.strip() else None


def wait_for_monmap(cluster):
    while ask(cluster, "mon dump")["epoch"] < 1:
        if expired():
            raise SystemExit("the mon has no map")
        time.sleep(0.02)


def osd_new(cluster, uuid):
    ask(cluster, "osd new", uuid=uuid)
    ask(cluster, "osd crush add", id=0, weight=1.0, args=["host=rig", "root=default"])


def open_pools(cluster, pid):
    known = {pool["poolname"] for pool in ask(cluster, "osd lspools")}
    for pool in POOLS:
        if pool not in known:
            ask(cluster, "osd pool create", pool=pool, pg_num=1, pgp_num=1, size=1)
            ask(cluster, "osd pool application enable", pool=pool, app="rgw")
    while ask(cluster, "osd stat").get("num_up_osds", 0) < 1:
        os.kill(pid, 0)
        if expired():
            raise SystemExit("the OSD did not come up")
        time.sleep(0.02)
    for pool in POOLS:
        with cluster.open_ioctx(pool) as io:
            io.write_full("rig-probe", b"x")
            io.remove_object("rig-probe")


cluster = connect(sys.argv[1])
wait_for_monmap(cluster)
if sys.argv[2] == "osd-new":
    osd_new(cluster, sys.argv[3])
else:
    open_pools(cluster, int(sys.argv[3]))
cluster.shutdown()
