#!/usr/bin/python3
"""Makes Keystone's keys, database and first admin; the password is the first line of standard input.

keystone-init.py FOLDER URL. Importing Keystone takes 1.5 s, so it is imported once and forked for each step.
"""
import os
import sqlite3
import sys

folder, url = sys.argv[1:3]
password = sys.stdin.readline().strip()
# A reader must not block a commit: "database is locked", and a connection dropped without an answer. Kept in the file.
sqlite3.connect(os.path.join(folder, "keystone.db")).execute("PRAGMA journal_mode=WAL")

from keystone.cmd import cli  # noqa: E402


def step(*arguments):
    pid = os.fork()
    if pid == 0:
        try:
            code = cli.main(["keystone-manage", "--config-file", os.path.join(folder, "keystone.conf"), *arguments])
        except SystemExit as end:
            code = end.code
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 0 if code is None else 1)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if code:
        raise SystemExit(f"{arguments[0]}: {code}")


import pwd  # noqa: E402

user = pwd.getpwuid(os.getuid()).pw_name
step("fernet_setup", "--keystone-user", user, "--keystone-group", user)
step("credential_setup", "--keystone-user", user, "--keystone-group", user)
step("db_sync")
os.environ["OS_BOOTSTRAP_PASSWORD"] = password
step("bootstrap", "--bootstrap-username", "admin", "--bootstrap-project-name", "admin", "--bootstrap-role-name", "admin",
     "--bootstrap-service-name", "keystone", "--bootstrap-region-id", "RegionOne", "--bootstrap-public-url", url,
     "--bootstrap-internal-url", url, "--bootstrap-admin-url", url)
