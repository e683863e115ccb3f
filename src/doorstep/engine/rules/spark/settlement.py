"""Which entry meets which window where several could: the walk of one person, over the pairs that are possible."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from doorstep.engine.model.history import Entry
from doorstep.engine.rules.planning import Planner
from doorstep.engine.rules.settling import Planned, settle
from doorstep.engine.rules.spark.folding import GroupFold, Row

K_SPAN = 100_000  # more windows of one contact than there are years or table rows


@dataclass(frozen=True)
class SettlementFold(GroupFold):
    """From pairs of an entry and a window to the windows met, with the contacts each puts out of the running."""

    superseding: Mapping[int, Sequence[int]]

    key = "eid"
    columns = {"eid": "STRING", "code": "BIGINT", "met_by": "STRING", "met_on": "DATE", "gone": "ARRAY<INT>"}

    def of_group(self, planner: Planner, group: list[Row]) -> Iterator[Row]:
        slots = planner.program.slots
        entries: dict[tuple[object, ...], Entry] = {}
        windows: dict[int, Planned] = {}
        among: dict[int, set[str]] = {}
        for row in group:
            slot, k = slots[row["code"] // K_SPAN], row["code"] % K_SPAN
            order = (row["day"], row["rank"], row["counter"], row["root"], row["instance_id"])
            entries[order] = Entry(slot.contact.form, row["instance_id"], row["day"], row["day"], {})
            windows[row["code"]] = Planned(slot, k, row["from_day"], None, row["until_day"])
            among.setdefault(row["code"], set()).add(row["instance_id"])
        for code, window in windows.items():
            window.accepts = lambda entry, ids=among[code]: entry.instance_id in ids
        settle(list(windows.values()), [entries[order] for order in sorted(entries)])
        contacts = {row["code"]: row["contact"] for row in group}
        for code, window in windows.items():
            if window.met is not None:
                gone = list(self.superseding.get(contacts[code], ()))
                met = window.met
                yield {
                    "eid": group[0]["eid"],
                    "code": code,
                    "met_by": met.instance_id,
                    "met_on": met.occurred_on,
                    "gone": gone,
                }
