"""Everything sent on a form of one's own, in one file: tables, and the photos and files that came with them."""

from __future__ import annotations

import csv
import io
import re
import tempfile
import zipfile
from collections.abc import Iterable
from typing import IO

from django.http import FileResponse, HttpRequest
from django.views.decorators.http import require_POST

from doorstep.access.showing import shows
from doorstep.forms import kept, own
from doorstep.forms.own import OwnRecord, SentFile
from doorstep.forms.queries import Published, library
from doorstep.lib import days
from doorstep.web.forms.mine import my_form
from doorstep.web.forms.tables import Table, tables

IN_MEMORY = 5_000_000
_UNFIT = re.compile(r'[\\/:*?"<>|\x00-\x1f]')  # signs no file name may have somewhere


@shows("forms.own.export")
@require_POST
def export(request: HttpRequest, form_id: str) -> FileResponse:
    """A zip: a table of the records, one for each repeat, and what was sent with them under ``media/``."""
    actor, published = my_form(request, form_id)
    records = own.exported(form_id, actor.user_id)
    files = own.files(record.seq for record in records)
    made = tables([library().spec(form_id, version) for version in _versions(published)], records, files)
    out = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the answer closes it
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in made:
            _write(archive, file_name("-".join(filter(None, (form_id, table.name)))) + ".csv", table)
        for record in records:
            _add_files(archive, record, files.get(record.seq, ()))
    out.seek(0)
    name = f"{file_name(form_id)}-{days.today().isoformat()}.zip"
    return FileResponse(out, as_attachment=True, filename=name, content_type="application/zip")


def _versions(published: Published) -> list[str]:
    """Every version of the form, the one in use first, then from the latest to the oldest."""
    others = [v.version for v in library().versions.values() if v.form_id == published.form_id and not v.is_current]
    return [published.version, *others[::-1]]


def _write(archive: zipfile.ZipFile, name: str, table: Table) -> None:
    with archive.open(name, "w", force_zip64=True) as raw, _text(raw) as out:
        csv.writer(out).writerows(table.cells())


def _text(raw: IO[bytes]) -> io.TextIOWrapper:
    """With the mark by which spreadsheets know that Chinese words are in UTF-8."""
    return io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")


def _add_files(archive: zipfile.ZipFile, record: OwnRecord, files: Iterable[SentFile]) -> None:
    """The files of a record, in a folder of its own: two phones may give two photos one name."""
    folder = file_name(record.instance_id.removeprefix("uuid:"))
    for file in files:
        if file.digest:
            archive.writestr(f"media/{folder}/{file_name(file.name)}", kept.read(file.digest))


def file_name(text: str) -> str:
    """A name every system can keep a file under."""
    return _UNFIT.sub("_", text).strip(". ") or "_"
