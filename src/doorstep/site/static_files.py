"""Files of the front end: found once at start, answered from memory, compressed, with an ETag.

Only files found at start are served, by exact name: no path from outside ever reaches the file system.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import mimetypes
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.apps import apps
from django.conf import settings

from doorstep.api.openrosa.receiving import Scope, Send

A_YEAR = "public, max-age=31536000, immutable"
ASK_AGAIN = "public, no-cache"
_HASHED = re.compile(r"[.-][0-9A-Za-z]{8,}\.\w+(\.map)?\Z")  # name-5F3K2Q7A.js: another content has another name
_COMPRESSIBLE = frozenset({".js", ".css", ".svg", ".json", ".geojson", ".txt", ".map", ".webmanifest", ".html"})
_WORTH_IT = 1024  # bytes


@dataclass(slots=True)
class _File:
    path: Path
    kind: str
    etag: str = ""
    plain: bytes = b""
    zipped: bytes = b""

    def load(self) -> None:
        content = self.path.read_bytes()
        self.etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        if self.path.suffix in _COMPRESSIBLE and len(content) >= _WORTH_IT:
            self.zipped = gzip.compress(content, 9, mtime=0)
        self.plain = content


def folders() -> list[Path]:
    """The ``static`` folder of every app that has one."""
    found = (Path(app.path) / "static" for app in apps.get_app_configs())
    return [folder for folder in found if folder.is_dir()]


def is_hashed(name: str) -> bool:
    """Whether a file's name changes whenever its content does."""
    found = _HASHED.search(name)
    return found is not None and any(sign.isdigit() for sign in found[0])


class Files:
    """Answers for the files of some folders."""

    def __init__(self, roots: Iterable[Path]):
        self._files: dict[str, _File] = {}
        for root in roots:
            for path in sorted(p for p in root.rglob("*") if p.is_file()):
                kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
                text = kind.startswith("text/") or "javascript" in kind or "json" in kind
                shown = f"{kind}; charset=utf-8" if text else kind
                self._files.setdefault(path.relative_to(root).as_posix(), _File(path, shown))

    async def __call__(self, scope: Scope, send: Send) -> None:
        name = scope["path"].removeprefix(settings.STATIC_URL)
        file = self._files.get(name)
        if scope["method"] not in ("GET", "HEAD"):
            return await _send(send, 405, {"allow": "GET, HEAD"})
        if file is None:
            return await _send(send, 404, {})
        if not file.etag:
            await asyncio.to_thread(file.load)
        asked = dict(scope["headers"])
        headers = {
            "etag": file.etag,
            "cache-control": A_YEAR if is_hashed(name) else ASK_AGAIN,
            "vary": "accept-encoding",
            "content-type": file.kind,
            "x-content-type-options": "nosniff",
        }
        if file.etag in asked.get(b"if-none-match", b"").decode("latin-1"):
            return await _send(send, 304, headers)
        content = file.plain
        if file.zipped and b"gzip" in asked.get(b"accept-encoding", b""):
            content, headers["content-encoding"] = file.zipped, "gzip"
        await _send(send, 200, headers, content, with_body=scope["method"] == "GET")
        return None


async def _send(send: Send, status: int, headers: dict[str, str], body: bytes = b"", *, with_body: bool = True) -> None:
    if status != 304:
        headers = {**headers, "content-length": str(len(body))}
    pairs = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body if with_body else b""})
