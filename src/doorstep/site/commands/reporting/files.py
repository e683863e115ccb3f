"""A report as a file: the whole document as it would be handed in, or a copy that was."""

from __future__ import annotations

import sys
from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING

from doorstep.site.commands.said import language, say
from doorstep.site.store import Failure

if TYPE_CHECKING:
    from doorstep.indicators.documents.model import Document
    from doorstep.indicators.documents.spoken import Stamp

ENDINGS = ("xlsx", "docx", "pdf", "csv", "json")
ALWAYS_FILES = ("xlsx", "docx", "pdf")


def write_file(document: Document, ending: str, out: str, stamp: Stamp | None = None) -> None:
    """Write to the file named; else to standard output where that is no terminal; else to a file in this folder."""
    from doorstep.exchange.report_file import format_of, name_of
    from doorstep.lib.typeset import NoFonts

    try:
        content = format_of(ending).write(document, language(), stamp)
    except NoFonts as error:
        raise Failure(_("The fonts to print with are not there. Run: make setup")) from error
    if not out and not sys.stdout.isatty():
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    file = Path(out or name_of(document, ending, stamp))
    file.write_bytes(content)
    say(_("Written to {file}.").format(file=file))
