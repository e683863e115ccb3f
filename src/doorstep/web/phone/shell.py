"""The files the phone keeps to work without a network, each with the hash of its content.

None of them says anything about a person. Whatever changes in one of them changes the service worker, which then fetches
exactly the new ones.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.templatetags.static import static

from doorstep.programmes.standing import report

SHELL = "/phone/"
STATIC = (
    "build/phone.js",
    "build/site.css",
    "build/site.rtl.css",
    "web/frame.css",
    "web/worker.css",
    "web/icons.svg",
    "web/icon.svg",
    "web/phone/icon-192.png",
)
WORKER = "build/sw.js"


class NotBuilt(Exception):
    """The front end was not built (``make front``)."""


def page() -> bytes:
    """The one page, the same for everybody: in which language it speaks is found out on the phone."""
    return render_to_string("web/phone/shell.html", {"demonstration": report().demonstration_only}).encode()


def kept() -> dict[str, str]:
    """Address and integrity of everything that is kept on the phone."""
    files = {static(name): _integrity(_content(name)) for name in STATIC}
    return {SHELL: _integrity(page())} | files


def worker() -> str:
    """The service worker, told what to keep."""
    files = kept()
    version = hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()[:16]
    told = json.dumps({"version": version, "shell": SHELL, "files": files}, sort_keys=True)
    return f"self.KEPT = {told};\n{_content(WORKER).decode()}"


@cache
def _content(name: str) -> bytes:
    found = finders.find(name)
    if not isinstance(found, str):
        raise NotBuilt(name)
    return Path(found).read_bytes()


def _integrity(content: bytes) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content).digest()).decode()
