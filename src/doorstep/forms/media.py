"""The files a form of one's own asks for (lists to choose from, pictures), as its owner gave them.

Which file goes with which version stands in the version's ``use`` under ``files``: name → digest; the bytes are kept
with all other files of the store.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath

from doorstep.engine.model.spec import FormSpec
from doorstep.forms import kept
from doorstep.forms.queries import Published

MOST_BYTES = 20_000_000
ITEMSETS = "itemsets.csv"
LISTS_OF_OURS = frozenset({"person.csv", "household.csv", "place.csv"})  # never given by a form's owner
_TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".xml": "text/xml",
    ".geojson": "application/geo+json",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
}


def wanted(spec: FormSpec) -> tuple[str, ...]:
    """Names of the files the form's owner has to give."""
    return tuple(name for name in spec.attachments if name not in LISTS_OF_OURS)


def given(published: Published) -> Mapping[str, str]:
    """Name → digest of the files this version has."""
    found: Mapping[str, str] = published.use.get("files", {})
    return found


def content(published: Published, name: str) -> bytes:
    """The bytes of one of its files. Raises KeyError when it was not given."""
    return kept.read(given(published)[name])


def content_type(name: str) -> str:
    """What a file is served as: nothing a browser would run."""
    return _TYPES.get(PurePath(name).suffix.lower(), "application/octet-stream")
