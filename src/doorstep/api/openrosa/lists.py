"""Which forms a device is offered, and the two XML lists that say so."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from doorstep.access.permissions import Actor
from doorstep.api.openrosa.media import Media
from doorstep.forms import queries as forms
from doorstep.forms.builtin import OWNER, RELEASE, VERSION_CHOICE
from doorstep.forms.queries import Library, Published
from doorstep.programmes.library import programmes

LISTED = "open"
OF_THE_DESK = frozenset({VERSION_CHOICE, RELEASE})  # filled by pages that know what they are about


@dataclass(frozen=True, slots=True)
class Offered:
    """A form version as a device sees it in its list."""

    form: Published
    url: str
    manifest_url: str  # '' when the form needs no files


def visible(library: Library, form_id: str, actor: Actor) -> bool:
    """Whether a form exists as far as this member is concerned: bare forms exist for their owner alone, and anonymous
    ones for no phone."""
    published = library.current.get(form_id)
    return published is not None and published.owner_id in (None, actor.user_id) and not published.use.get("anonymous")


def offered(actor: Actor, form_id: str = "", *, all_versions: bool = False) -> list[Published]:
    """The open forms of the programmes at the member's places, those of the program itself, and the member's own.

    ``form_id`` narrows to one form; with ``all_versions`` every version that is still taken is listed.
    """
    library = forms.library()
    found = []
    for published in sorted(library.current.values(), key=lambda p: p.form_id):
        if form_id not in ("", published.form_id) or published.open_to != LISTED or published.form_id in OF_THE_DESK:
            continue
        if not visible(library, published.form_id, actor):
            continue
        here = _version_here(library, published, actor)
        if here is not None:
            found += _versions(library, here) if all_versions else [here]
    return found


def _version_here(library: Library, published: Published, actor: Actor) -> Published | None:
    """The version in force where the member works; None when the form's programme is on nowhere there."""
    if published.owner_id is not None:
        return published
    if published.pack_id == OWNER:  # the program's own forms speak of services, so there must be some
        return published if any(programmes().at(place_id) for place_id in actor.places) else None
    versions = {
        programme.pack.forms[published.form_id].version
        for place_id in actor.places
        for programme in programmes().at(place_id)
        if programme.pack.id == published.pack_id and published.form_id in programme.pack.forms
    }
    if not versions or published.version in versions:
        return published if versions else None
    return library.versions[(published.form_id, max(versions))]


def _versions(library: Library, here: Published) -> list[Published]:
    return [one for one in library.versions.values() if one.form_id == here.form_id]


def title(titles: Mapping[str, str], language: str, form_id: str) -> str:
    """A form's name in a language, else in any it has."""
    short = language.split("-")[0]
    return titles.get(short) or titles.get("default") or next(iter(titles.values()), "") or form_id


def form_list(listed: Iterable[Offered], language: str, *, verbose: bool) -> bytes:
    """The form list. ``verbose`` adds a description, as the protocol asks."""
    out = ['<?xml version="1.0" encoding="UTF-8"?>\n<xforms xmlns="http://openrosa.org/xforms/xformsList">']
    for one in listed:
        name = title(one.form.titles, language, one.form.form_id)
        fields = {"formID": one.form.form_id, "name": name, "version": one.form.version, "hash": f"md5:{one.form.md5}"}
        if verbose:
            fields["descriptionText"] = name
        fields["downloadUrl"] = one.url
        if one.manifest_url:
            fields["manifestUrl"] = one.manifest_url
        out.append(_element("xform", fields))
    out.append("</xforms>")
    return "".join(out).encode()


def manifest(media: Iterable[tuple[Media, str, str]]) -> bytes:
    """The files a form needs: (file, its address, its integrity address or '')."""
    out = ['<?xml version="1.0" encoding="UTF-8"?>\n<manifest xmlns="http://openrosa.org/xforms/xformsManifest">']
    for one, url, integrity_url in media:
        fields = {"filename": one.name, "hash": f"md5:{one.md5}", "downloadUrl": url}
        kind = ""
        if integrity_url:
            fields["integrityUrl"], kind = integrity_url, " type=" + quoteattr("entityList")
        out.append(_element("mediaFile", fields, kind))
    out.append("</manifest>")
    return "".join(out).encode()


def _element(name: str, fields: Mapping[str, str], attributes: str = "") -> str:
    inside = "".join(f"<{key}>{escape(value)}</{key}>" for key, value in fields.items())
    return f"<{name}{attributes}>{inside}</{name}>"


def integrity(asked: Iterable[str], held: Container[str]) -> bytes:
    """For each item a device asks about, whether it is gone as far as this device is concerned."""
    items = "".join(
        f"<entity id={quoteattr(one)}><deleted>{'false' if one in held else 'true'}</deleted></entity>" for one in asked
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<data><entities>{items}</entities></data>'.encode()
