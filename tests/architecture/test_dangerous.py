"""What a program can do harm with: running code, calling others, weak hashes, pages made of text. Each place is listed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = {
    file.relative_to(ROOT / "src/doorstep").as_posix(): file.read_text(encoding="utf-8")
    for file in sorted((ROOT / "src/doorstep").rglob("*.py"))
    if "site/bench" not in file.as_posix()  # measures, and serves nobody
}
RUNS = {
    "engine/rules/python_program.py": {"compile", "exec"},  # rules that were parsed and typed before
    "engine/rules/spark/folding.py": {"pickle"},  # from this program to its own workers
    "engine/xlsform/validate.py": {"subprocess"},  # Java over a form, if an installer asks for it
    "programmes/library.py": {"pickle"},  # the store's own cache
    "site/backup/databases.py": {"subprocess"},  # PostgreSQL's own programs
    "site/backup/drilling.py": {"subprocess"},  # this program
    "site/demo/making.py": {"multiprocessing"},  # this program, making up people
}
CALLS = {"socket": {"site/serving.py"}}  # asks whether its own port is taken
CALLERS = ("socket", "http.client", "urllib.request", "smtplib", "ftplib", "telnetlib", "requests", "httpx", "aiohttp")
RUNNERS = ("subprocess", "pickle", "marshal", "shelve", "multiprocessing")
PATTERN_USED = re.compile(r"re\.(compile|match|search|fullmatch|sub|split|findall|finditer)")
PUT_TOGETHER = {
    "engine/charter/lexicon.py",  # the dictionary of words, a file of the program
    "engine/packs/new.py", "engine/packs/sentences.py", "engine/xlsform/refusals.py", "web/stamp.py",  # of own constants
    "indicators/periods.py",  # of a table beside it
}  # fmt: skip
WEAK_HASHES = {("api/openrosa/media.py", "hashlib.md5"), ("forms/actions.py", "hashlib.md5")}
"""OpenRosa's lists of forms name their content by MD5; nothing is guarded by it."""
LISTENING = {"src/phone/exchange.ts", "src/sw.ts"}  # to other windows of this address, to its own pages
FRONT = {
    file.relative_to(ROOT / "front").as_posix(): file.read_text(encoding="utf-8")
    for file in sorted((ROOT / "front/src").rglob("*.ts"))
}
MADE_OF_TEXT = re.compile(
    r"\b(?:innerHTML|outerHTML|insertAdjacentHTML|unsafeHTML|document\.write|new Function|srcdoc|__proto__)\b|\beval\("
)


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module or ""


def dangers(source: str) -> set[str]:
    """What of this module runs code or programs."""
    tree = ast.parse(source)
    found = {name for name in imported(tree) if name in RUNNERS}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("eval", "exec", "compile")
        ):
            found.add(node.func.id)
        if isinstance(node, ast.Attribute) and node.attr in ("system", "popen") and ast.unparse(node.value) == "os":
            found.add(f"os.{node.attr}")
        if isinstance(node, ast.keyword) and node.arg == "shell":
            found.add("shell")
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("Template", "from_string")):
            found.add("a template of text")
    return found


def test_what_runs_code_or_programs_is_listed() -> None:
    found = {name: said for name, source in SOURCES.items() if (said := dangers(source))}
    assert found == RUNS


def test_such_a_place_would_be_seen() -> None:
    assert dangers("import os, pickle\nos.system(x)\neval(x)\nf(shell=True)\nTemplate(x)") == {
        "pickle", "os.system", "eval", "shell", "a template of text",
    }  # fmt: skip


def test_the_program_calls_nobody() -> None:
    found: dict[str, set[str]] = {}
    for name, source in SOURCES.items():
        for module in imported(ast.parse(source)):
            if module in CALLERS:
                found.setdefault(module, set()).add(name)
    assert found == CALLS


def test_nothing_typed_becomes_a_pattern() -> None:
    """A pattern is a text of the program, or put together of escaped ones, or stands in one of the files below."""
    assert {name for name, source in SOURCES.items() if loose_patterns(source)} == PUT_TOGETHER


def loose_patterns(source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and PATTERN_USED.fullmatch(ast.unparse(node.func)):
            whole = ast.unparse(node.args[0])
            if not (isinstance(node.args[0], ast.Constant) or "re.escape" in whole or whole.isupper()):
                found.append(whole)
    return found


def test_no_weak_hash_is_used() -> None:
    weak = re.compile(r"\bhashlib\.(?!sha256|sha512|blake2b|scrypt|file_digest)\w+")
    used = {(name, found) for name, source in SOURCES.items() for found in weak.findall(source)}
    assert used == WEAK_HASHES


def test_the_front_end_never_makes_a_page_of_text() -> None:
    assert len(FRONT) > 30
    assert {name: found for name, source in FRONT.items() if (found := MADE_OF_TEXT.findall(source))} == {}
    listening = re.compile(r"addEventListener\(\"message\"|\.onmessage")
    assert {name for name, source in FRONT.items() if listening.search(source)} == LISTENING


def test_a_page_made_of_text_would_be_seen() -> None:
    assert MADE_OF_TEXT.findall('x.innerHTML = y; eval("1"); z.textContent = y') == ["innerHTML", "eval("]
