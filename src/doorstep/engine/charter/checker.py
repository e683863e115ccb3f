"""The charter's two questions: may this pack load, and may these outputs be served."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from doorstep.engine.charter.awards import check_awards
from doorstep.engine.charter.care import check_care
from doorstep.engine.charter.choosing import check_choosing
from doorstep.engine.charter.consents import check_consents
from doorstep.engine.charter.dictionary import shipped
from doorstep.engine.charter.fields import check_fields
from doorstep.engine.charter.shown import check_output
from doorstep.engine.charter.tagging import check_tags
from doorstep.engine.charter.targets import check_targets
from doorstep.engine.model.pack import Pack
from doorstep.engine.outputs.ground import Ground, Lineage
from doorstep.engine.outputs.output import Output
from doorstep.engine.outputs.tags import Acceptance, Dictionary
from doorstep.lib.problems import Problem

_CHECKS = (check_tags, check_fields, check_targets, check_care, check_choosing, check_consents, check_awards)


def check_pack(
    pack: Pack,
    compiled: Mapping[str, Lineage] | None = None,
    *,
    others: Iterable[Pack] = (),
    dictionary: Dictionary | None = None,
    acceptances: Iterable[Acceptance] = (),
) -> list[Problem]:
    """What in ``pack`` breaks the charter, in the order of its files; empty when it may load.

    ``compiled`` are its compiled schedules; ``others`` the packs whose forms its rules name. ``dictionary`` is the
    shipped one unless given.
    """
    ground = ground_of((pack, *others), dictionary, acceptances, {pack.id: (compiled or {}).values()})
    return _once(problem for check in _CHECKS for problem in check(pack, ground))


def check(
    outputs: Iterable[Output],
    packs: Iterable[Pack],
    *,
    dictionary: Dictionary | None = None,
    acceptances: Iterable[Acceptance] = (),
) -> list[Problem]:
    """What in the declared outputs breaks the charter, given the packs of the store, and in those packs."""
    installed = tuple(packs)
    ground = ground_of(installed, dictionary, acceptances)
    in_packs = (problem for pack in installed for one in _CHECKS for problem in one(pack, ground))
    in_outputs = (problem for output in outputs for problem in check_output(output, ground))
    return _once((*in_packs, *in_outputs))


def ground_of(
    packs: Iterable[Pack],
    dictionary: Dictionary | None = None,
    acceptances: Iterable[Acceptance] = (),
    compiled: Mapping[str, Iterable[Lineage]] | None = None,
) -> Ground:
    """The packs seen through the tags that count."""
    counts = dictionary if dictionary is not None else shipped()
    accepted = (*counts.accepted, *acceptances)
    return Ground(tuple(packs), Dictionary(counts.shipped, accepted, counts.reviewed_by), compiled or {})


def _once(problems: Iterable[Problem]) -> list[Problem]:
    found: dict[tuple[str, str, str], Problem] = {}
    for problem in problems:
        found.setdefault((problem.code, str(problem.where), repr(sorted(problem.args.items()))), problem)
    return list(found.values())
