"""Runs the functions called check_* of a script in their order and says of each whether it held."""

import sys
import traceback


def run(module):
    failed = False
    for name, function in list(vars(module).items()):
        if not name.startswith("check_"):
            continue
        try:
            function()
            print("ok " + name, flush=True)
        except Exception:
            failed = True
            print("FAILED " + name + "\n" + traceback.format_exc(), flush=True)
    sys.exit(1 if failed else 0)


def equal(actual, expected):
    assert actual == expected, "%r instead of %r" % (actual, expected)
