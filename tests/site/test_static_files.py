"""Files of the front end as the server answers for them."""

from __future__ import annotations

import asyncio
import gzip
from pathlib import Path
from typing import Any

import pytest

from doorstep.site.static_files import Files, is_hashed

Answer = tuple[int, dict[str, str], bytes]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    root = tmp_path / "static"
    (root / "build").mkdir(parents=True)
    (root / "build" / "site.css").write_text("a { color: red }\n" * 500)
    (root / "build" / "form-5F3K2Q7A.js").write_text("1;")
    (root / "logo.png").write_bytes(b"\x89PNG")
    (tmp_path / "secret.key").write_text("secret")
    return Files([root])


def ask(files: Files, path: str, method: str = "GET", **headers: str) -> Answer:
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    asyncio.run(files({"type": "http", "path": path, "method": method, "headers": named}, send))
    return sent[0]["status"], {k.decode(): v.decode() for k, v in sent[0]["headers"]}, sent[1]["body"]


def test_a_file_with_its_kind_and_length(files: Files) -> None:
    status, headers, body = ask(files, "/static/build/site.css")
    assert (status, headers["content-type"], headers["content-length"]) == (
        200,
        "text/css; charset=utf-8",
        str(len(body)),
    )
    assert body == b"a { color: red }\n" * 500


def test_compressed_for_those_who_understand_it(files: Files) -> None:
    status, headers, body = ask(files, "/static/build/site.css", accept_encoding="br, gzip")
    assert (status, headers["content-encoding"], headers["vary"]) == (200, "gzip", "accept-encoding")
    assert headers["content-length"] == str(len(body))
    assert gzip.decompress(body) == b"a { color: red }\n" * 500
    assert "content-encoding" not in ask(files, "/static/logo.png", accept_encoding="gzip")[1]


def test_not_sent_again_while_it_is_the_same(files: Files) -> None:
    etag = ask(files, "/static/build/site.css")[1]["etag"]
    assert ask(files, "/static/build/site.css", if_none_match=f'W/"x", {etag}')[::2] == (304, b"")
    assert ask(files, "/static/build/site.css", if_none_match='"x"')[0] == 200


def test_a_name_that_changes_with_its_content_is_kept_for_a_year(files: Files) -> None:
    assert ask(files, "/static/build/form-5F3K2Q7A.js")[1]["cache-control"] == "public, max-age=31536000, immutable"
    assert ask(files, "/static/build/site.css")[1]["cache-control"] == "public, no-cache"


@pytest.mark.parametrize(
    ("name", "hashed"),
    [("form-5F3K2Q7A.js", True), ("site.1a2b3c4d5e.css", True), ("site.css", False), ("long-component.js", False),
     ("site.rtl.css", False), ("form.js.LEGAL.txt", False)],
)  # fmt: skip
def test_which_names_change_with_their_content(name: str, hashed: bool) -> None:
    assert is_hashed(name) is hashed


@pytest.mark.parametrize(
    "path",
    ["/static/../secret.key", "/static/build/../../secret.key", "/static//etc/passwd", "/static/build", "/static/", "/static/x"],
)  # fmt: skip
def test_nothing_outside_and_no_listing(files: Files, path: str) -> None:
    status, _, body = ask(files, path)
    assert (status, body) == (404, b"")


def test_head_and_other_methods(files: Files) -> None:
    status, headers, body = ask(files, "/static/build/site.css", "HEAD")
    assert (status, headers["content-length"], body) == (200, str(17 * 500), b"")
    assert ask(files, "/static/build/site.css", "POST")[0] == 405
