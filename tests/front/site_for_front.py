"""A small site that serves the built front end under Doorstep's content security policy, and keeps what it is sent."""

from __future__ import annotations

import json
import mimetypes
import threading
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from pyxform.xls2xform import convert

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "src/doorstep/web/static/build"
FORMS = (*sorted(ROOT.glob("packs/*/forms/*.md")), *sorted(ROOT.glob("front/test/forms/*.md")))
POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/static/site.css">
<script type="module" src="/static/site.js"></script>
<script type="module" src="/static/{script}.js"></script></head>
<body><main class="container-xl py-3"><h1>{title}</h1>{body}</main></body></html>"""
LISTS = {
    "person.csv": "name,label,household_number,birth_year\np1,王小梅,12,1994\n",
    "household.csv": "name,label,number\nh1,12 号 王家,12\n",
    "place.csv": "name,label\nc1,青石村\nc2,河口村\n",
}


@dataclass(frozen=True)
class Sent:
    """One POST as it came: its headers and its parts (name, file name, content type, bytes)."""

    headers: dict[str, str]
    parts: tuple[tuple[str, str, str, bytes], ...]

    @property
    def xml(self) -> str:
        return next(body for name, _, _, body in self.parts if name == "xml_submission_file").decode()


@dataclass
class Site:
    """What the site answers, and what came. ``answer`` is (status, content type, body) of the next POSTs."""

    url: str = ""
    answer: tuple[int, str, str] = (201, "application/json", '{"redirect": "/done"}')
    sent: list[Sent] = field(default_factory=list)
    pages: dict[str, str] = field(default_factory=dict)
    files: dict[str, tuple[str, str]] = field(default_factory=dict)

    def form_page(self, form: str, language: str = "zh", **config: Any) -> str:
        """Makes a page with that form and gives its address."""
        settings = {
            "formXmlUrl": f"/forms/{form}.xml",
            "submitUrl": "/submission",
            "csrfToken": "token-of-the-page",
            "language": language,
            "attachments": LISTS,
            **config,
        }
        body = f'<doorstep-form><script type="application/json">{json.dumps(settings)}</script></doorstep-form>'
        return self.page(f"/fill/{form}", form, language, "form", body)

    def page(self, path: str, title: str, language: str, script: str, body: str) -> str:
        self.pages[path] = PAGE.format(language=language, title=title, script=script, body=body)
        return self.url + path


@cache
def form_xml(name: str) -> str:
    path = next(path for path in FORMS if path.stem == name)
    return str(convert(xlsform=str(path)).xform)


def _parts(content_type: str, body: bytes) -> tuple[tuple[str, str, str, bytes], ...]:
    message = BytesParser(policy=HTTP).parsebytes(b"content-type: " + content_type.encode() + b"\r\n\r\n" + body)
    return tuple(
        (
            str(part.get_param("name", header="content-disposition")),
            part.get_filename() or "",
            part.get_content_type(),
            part.get_payload(decode=True),
        )
        for part in message.iter_parts()
    )


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:
            pass

        def reply(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.send_header("content-security-policy", POLICY)
            if 300 <= status < 400:
                self.send_header("location", "/login")
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            path = self.path.split("?")[0]
            if path == "/favicon.ico":
                return self.reply(200, "image/x-icon", b"")
            if path in site.pages:
                return self.reply(200, "text/html; charset=utf-8", site.pages[path].encode())
            if path in site.files:
                kind, text = site.files[path]
                return self.reply(200, kind, text.encode())
            if path.startswith("/forms/"):
                return self.reply(200, "text/xml; charset=utf-8", form_xml(Path(path).stem).encode())
            if path.startswith("/static/") and (BUILD / path[8:]).is_file():
                kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
                return self.reply(200, kind, (BUILD / path[8:]).read_bytes())
            found = path in ("/done", "/login")
            return self.reply(200 if found else 404, "text/html; charset=utf-8", path.encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            site.sent.append(Sent(headers, _parts(headers["content-type"], body)))
            status, kind, text = site.answer
            self.reply(status, kind, text.encode())

    return Handler


class Serving:
    """``with Serving() as site:`` serves until the end of the block."""

    def __enter__(self) -> Site:
        self.site = Site()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self.site))
        self.site.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        return self.site

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
