"""``pictures/*.yaml``: reading them, and what each kind needs."""

from __future__ import annotations

from doorstep.engine.model.pack import Pack
from doorstep.engine.model.pictures import PICTURE_KINDS, PictureDef, Step
from doorstep.engine.packs.yaml_file import Found, Item, near

_FEWEST_STEPS = 2


def picture(item: Item, key: str) -> PictureDef:
    return PictureDef(
        id=key,
        title=item.text("title", required=True),
        kind=item.one_of("kind", PICTURE_KINDS, "cascade", required=True),
        steps=tuple(map(_step, item.items("steps", "step"))),
        band=item.whole("band", 0),
        open_at=item.whole("open_at", 0),
        judged_from=item.words("judged_from"),
        usual=item.names("usual"),
        note=item.text("note", required=True),
        source=item.words("source"),
        at=item.at,
    )


def _step(item: Item) -> Step:
    found = Step(item.words("of", required=True), item.text("title", required=True))
    item.end()
    return found


def check_pictures(pack: Pack, found: Found) -> None:
    """Add a problem for every name that leads nowhere and every part a kind lacks."""
    for one in pack.pictures.values():
        item = f"picture {one.id}"
        for code, names, known in (
            ("unknown_indicator", tuple(step.of for step in one.steps), list(pack.indicators)),
            ("no_such_number", one.numbers, list(pack.numbers)),
            ("unknown_source", tuple(filter(None, (one.source,))), list(pack.sources)),
        ):
            for name in names:
                if name not in known:
                    found.add(code, one.at, item, name=name, near=near(name, known))
        if lacking := _lacking(one):
            found.add("picture_lacks", one.at, item, lacking=lacking)


def _lacking(one: PictureDef) -> str:
    if one.kind == "cascade":
        return "" if len(one.steps) >= _FEWEST_STEPS else "steps"
    if one.kind == "age_pyramid":
        whole = one.band > 0 and one.open_at > 0 and one.open_at % one.band == 0
        return "" if whole else "band, open_at"
    return "" if one.judged_from and len(one.usual) == 2 else "judged_from, usual"
