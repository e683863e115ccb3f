"""Changes a phone made to one item without network, one upon the other (ODK Entities 2024.1).

Such a run has an id (branch), the version it began from (trunk; none when the item was made on the phone) and for each
change the version it was made upon (base). A change whose predecessor has not come yet is held and counts for nothing,
until the predecessor comes or somebody says by an entry that it shall count without (``forms.builtin.RELEASE``). What is
held follows from which entries there are and never from the order they came in.

The one thing here that looks at arrival is ``changed_elsewhere``, a mark for a person to look at: which version a phone
had seen is a number in the order of arrival.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from doorstep.forms.chains import Standing
from doorstep.forms.queries import APPLIED, HELD
from doorstep.forms.sayings import Said
from doorstep.intake.life import About

WAITS = "waits_for_earlier"


def held(steps: Iterable[tuple[int, Said]], released: frozenset[int] = frozenset()) -> frozenset[int]:
    """The seqs of changes to one item that wait for an earlier one of their run."""
    known = list(steps)
    made = any(said.creates for _, said in known)
    runs: dict[str, list[tuple[int, Said]]] = {}
    for seq, said in known:
        if said.branch and said.updates and not said.creates:
            runs.setdefault(said.branch, []).append((seq, said))
    found: set[int] = set()
    for run in runs.values():
        reached: set[int] = set()
        for seq, said in sorted(run, key=lambda step: (step[1].base, step[0])):
            begins = said.base <= said.trunk if said.trunk is not None else made and said.base <= 1
            if begins or said.base in reached or seq in released:
                reached.add(said.base + 1)
            else:
                found.add(seq)
    return frozenset(found)


def in_order(about: Sequence[About], released: Callable[[Iterable[About]], frozenset[int]]) -> list[About]:
    """What is said about one item, with those changes held that wait for an earlier one. ``released``: which of these
    somebody let count all the same; where the item itself never came, such a change makes it."""
    steps = [(a.row.seq, a.said) for a in about if a.said is not None]
    waiting = held(steps)
    if not waiting:
        return list(about)
    free = released(a for a in about if a.row.seq in waiting)
    waiting = held(steps, free)
    made = any(said.creates for _, said in steps)
    found = []
    for a in about:
        if a.row.seq in waiting and a.standing.state == APPLIED:
            found.append(About(a.row, Standing(HELD, a.standing.root, WAITS), a.said))
        elif a.row.seq in free and a.said is not None and a.said.trunk is None and not made:
            found.append(About(a.row, a.standing, a.said._replace(creates=True)))
        else:
            found.append(a)
    return found


def changed_elsewhere(accepted: Sequence[About]) -> Mapping[int, list[str]]:
    """The changes of runs without network that state another value than a change which had come before and which the
    phone had not seen: seq → what they state differently, as long as nobody stated it anew since. ``accepted``:
    everything in force that is said about one item."""
    by_arrival = sorted(accepted, key=lambda a: a.row.seq)
    found: dict[int, list[str]] = {}
    for n, a in enumerate(by_arrival):
        if a.said is None or not a.said.branch or a.said.creates:
            continue
        since = {k for later in by_arrival[n + 1 :] if later.said is not None for k in later.said.properties}
        mine = {k: v for k, v in a.said.properties.items() if k not in since}
        unseen = [other.said for other in by_arrival[a.said.trunk or 0 : n] if other.said is not None]
        theirs = [other.properties for other in unseen if other.branch != a.said.branch and not other.creates]
        if differ := {k for one in theirs for k, v in one.items() if mine.get(k, v) != v}:
            found[a.row.seq] = sorted(differ)
    return found
