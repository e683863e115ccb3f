"""Bytes that find new ways through the code that reads what anybody may send: `fuzz_guided.py TARGET [SECONDS]`, or all targets.

atheris (coverage-guided, libFuzzer) makes the bytes; a target may refuse them in words, and nothing else. What it finds is
written to ``crash-…`` in the folder it is run in, and the program ends with an error. Needs ``requirements/test.txt``.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping

TARGETS = ("parts", "photo", "record", "rule", "yaml")
SECONDS = 60
LONGEST = 4096  # bytes
SEEDS: Mapping[str, tuple[bytes, ...]] = {
    "parts": (b'--b\r\nContent-Disposition: form-data; name="xml_submission_file"; filename="a"\r\n\r\n<a/>\r\n--b--\r\n',),
    "photo": (
        b"\xff\xd8\xff\xe1\0\x10Exif\0\0MM\0*\0\0\0\x08\xff\xda\0\x02\0\xff\xd9",
        b"\x89PNG\r\n\x1a\n\0\0\0\x01tEXtx\0\0\0\0\0\0\0\0IEND\0\0\0\0",
        b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x0c\0\0\0\0\0\0\0\0\0",
        b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\0\0\0!\xfe\x01x\0;",
        b"\0\0\0\x10ftypheic\0\0\0\0\0\0\0\x20meta\0\0\0\0\0\0\0\x14iinf\0\0\0\0\0\0\0\0\0\0\0\x08mdat",
    ),
    "record": (b'<data id="f" version="1"><note>x</note><meta><instanceID>uuid:1</instanceID></meta></data>',),
    "rule": (b"add_days(first(visit.day), number('early_weeks', lmp)) and not has(visit.signs, 'bleeding')",),
    "yaml": (b"id: p\nversion: '1'\ntitles: {en: P, zh: [a, {b: c}]}\nlist:\n  - a\n  - b: c\n",),
}  # fmt: skip


def target(name: str) -> tuple[Callable[[bytes], object], tuple[type[Exception], ...]]:
    """What reads the bytes, and how it may refuse them. What it stands on is imported so that its ways are seen."""
    import atheris

    with atheris.instrument_imports(include=["doorstep", "python_multipart", "sqlglot"], enable_loader_override=False):
        from doorstep.api.openrosa import multipart
        from doorstep.engine.packs import yaml_file
        from doorstep.engine.rules import grammar
        from doorstep.intake import parse, photos
        from doorstep.intake.problems import Refused

    def photo(content: bytes) -> None:
        cleaned = photos.without_hidden(content)
        assert photos.without_hidden(cleaned) == cleaned, "cleaning twice changes more"

    readers: Mapping[str, Callable[[bytes], object]] = {
        "parts": lambda content: multipart.read(content, b"b"),
        "photo": photo,
        "record": parse.root_of,
        "rule": lambda content: grammar.parse(content.decode("utf-8", "replace")),
        "yaml": lambda content: yaml_file.compose(
            content.decode("utf-8", "replace"), "pack.yaml", yaml_file.Found("p")
        ),
    }
    return readers[name], (Refused, grammar.Malformed)


def run(name: str, seconds: str) -> None:
    """Never comes back: libFuzzer ends the process."""
    import atheris
    import django

    os.environ["DOORSTEP_STORE"] = tempfile.mkdtemp(prefix="doorstep-fuzz-")
    os.environ["DJANGO_SETTINGS_MODULE"] = "doorstep.site.settings"
    django.setup()
    read, refusals = target(name)

    def one(content: bytes) -> None:
        try:
            read(content)
        except refusals:
            return

    corpus = tempfile.mkdtemp(prefix=f"doorstep-fuzz-{name}-")
    for n, seed in enumerate(SEEDS[name]):
        with open(os.path.join(corpus, str(n)), "wb") as out:  # noqa: PTH118, PTH123 - libFuzzer's folder of seeds
            out.write(seed)
    told = [sys.argv[0], f"-max_total_time={seconds}", f"-max_len={LONGEST}", "-timeout=2", "-rss_limit_mb=768"]
    atheris.Setup([*told, "-print_final_stats=1", "-verbosity=0", corpus], one)
    atheris.Fuzz()


def main() -> int:
    if len(sys.argv) > 2 and sys.argv[1] == "--one":
        run(sys.argv[2], sys.argv[3])
    wanted = [one for one in sys.argv[1:] if one in TARGETS] or TARGETS
    seconds = next((one for one in sys.argv[1:] if one.isdecimal()), str(SECONDS))
    failed = [
        one
        for one in wanted
        if subprocess.run([sys.executable, __file__, "--one", one, seconds], check=False).returncode
    ]
    sys.stdout.write(
        f"{', '.join(wanted)}: {'found something in ' + ', '.join(failed) if failed else 'nothing found'}\n"
    )
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
