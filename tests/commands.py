"""Real commands, each in a process of its own, without each waiting for the same imports.

One process per test process imports what commands stand on (the engine, Django without settings, the shipped programmes as read from
their folders) and is forked for every command: nothing of one command is known to the next. ``python -c`` would do the same
and take two seconds more.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 300
FORKED = """
import json, os, signal, sys
from pathlib import Path
import django.contrib.messages, django.core.management, django.db.backends.sqlite3.base, django.template, django.test, duckdb
import doorstep.site.commands, doorstep.engine.charter, doorstep.engine.packs, doorstep.engine.rules, doorstep.engine.warehouse
from doorstep.engine.packs import load
for folder in sorted(Path("packs").glob("*/pack.yaml")):
    load(folder.parent)
def one(told):
    signal.alarm(told["seconds"])
    os.chdir(told["cwd"])
    os.environ.clear()
    os.environ.update(told["env"])
    for number, name, flags in ((0, "stdin", os.O_RDONLY), (1, "stdout", os.O_WRONLY), (2, "stderr", os.O_WRONLY)):
        os.dup2(os.open(told[name], flags), number)
    sys.argv = ["doorstep", *told["words"]]
    try:
        if told["source"]:
            exec(compile(told["source"], "<lines>", "exec"), {"__name__": "__main__"})
        else:
            from doorstep.site.command import main
            main()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(bool(ended.code))
    except BaseException:
        import traceback
        traceback.print_exc()
        code = 1
    sys.stdout.flush(); sys.stderr.flush()
    os._exit(code)
answers = os.fdopen(os.dup(1), "w")
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        one(json.loads(line))
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), file=answers, flush=True)
"""
_forked: subprocess.Popen[str] | None = None


def _server() -> subprocess.Popen[str]:
    global _forked
    if _forked is None or _forked.poll() is not None:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("DOORSTEP_", "DJANGO_"))}
        told = kept | {"DJANGO_SETTINGS_MODULE": "doorstep.site.settings", "DOORSTEP_STORE": "/nonexistent"}
        _forked = subprocess.Popen(
            [sys.executable, "-c", FORKED], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=told, cwd=ROOT
        )
        atexit.register(_forked.kill)
    return _forked


def plain_environment(settings: Mapping[str, str] = {}) -> dict[str, str]:
    """This process's environment without what is said of its own store, and ``settings``."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("DOORSTEP_", "DJANGO_"))} | dict(settings)


def run(
    words: Sequence[str], env: Mapping[str, str], *, cwd: Path = ROOT, typed: str = "", source: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run ``doorstep`` with ``words`` (or the Python lines of ``source``) and give what it printed and its exit code."""
    server = _server()
    assert server.stdin is not None and server.stdout is not None
    with tempfile.TemporaryDirectory() as folder:
        files = {name: Path(folder) / name for name in ("stdin", "stdout", "stderr")}
        for name, file in files.items():
            file.write_text(typed if name == "stdin" else "", encoding="utf-8")
        told = {"words": list(words), "env": dict(env), "cwd": str(cwd), "source": source, "seconds": SECONDS}
        server.stdin.write(json.dumps({**told, **{name: str(file) for name, file in files.items()}}) + "\n")
        server.stdin.flush()
        code = int(server.stdout.readline())
        out, err = (files[name].read_text(encoding="utf-8") for name in ("stdout", "stderr"))
    return subprocess.CompletedProcess(["doorstep", *words], code, out, err)
