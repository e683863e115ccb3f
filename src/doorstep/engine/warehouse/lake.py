"""Tables kept as Parquet that grow by segments: rows come by key, replace those of the same key, and go.

A segment is sorted as its table says (by person). Small newest segments are merged, so that there are few; a row that was
replaced stays in its file, unseen, until a merge, but a row whose bytes must go is rewritten out of every file at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from doorstep.engine.warehouse.manifest import Manifest, Segment, Table, make_durable
from doorstep.engine.warehouse.quoting import quoted, text

MERGE_FACTOR = 2  # the segment before is rewritten with the newest ones when it has at most so many times their rows
COMPRESSION = "lz4_raw"  # read with a quarter less processor time than snappy, and smaller
_MOST_GONE = 0.2  # of a table's rows


def relation_sql(folder: Path, table: Table, columns: Mapping[str, str]) -> str:
    """A query: the rows that stand, in these columns (name → type; NULL where a segment has none of that name)."""
    if not table.segments:
        return "SELECT " + ", ".join(f"CAST(NULL AS {t}) AS {quoted(n)}" for n, t in columns.items()) + " WHERE FALSE"
    alike: dict[tuple[Any, ...], list[Segment]] = {}
    for one in table.segments:
        taken_out = sum(gone.generation > one.generation for gone in table.gone)
        alike.setdefault((taken_out, *sorted(one.columns)), []).append(one)
    return "\nUNION ALL ".join(_standing_sql(folder, table, some, columns) for some in alike.values())


def _standing_sql(folder: Path, table: Table, segments: Sequence[Segment], columns: Mapping[str, str]) -> str:
    """Of segments that hold the same columns, and of which the same keys are gone."""
    told = ", ".join(
        f"s.{quoted(name)}" if name in segments[0].columns else f"CAST(NULL AS {type_}) AS {quoted(name)}"
        for name, type_ in columns.items()
    )
    later = [one for one in table.gone if one.generation > segments[0].generation]
    found = f"SELECT {told} FROM {parquet(folder, segments)} s"
    if later:
        found += f" ANTI JOIN {parquet(folder, later)} d ON d.key = s.{quoted(table.key)}"
    return found


def parquet(folder: Path, segments: Iterable[Segment]) -> str:
    files = ", ".join(text(str(folder / one.file)) for one in segments)
    return f"read_parquet([{files}])"


class Generation:
    """The next state of a warehouse in the making. Nothing it writes counts until ``manifest`` is written."""

    def __init__(self, connection: Any, folder: Path, before: Manifest):
        self._connection, self._folder = connection, folder
        self.manifest = replace(before, generation=before.generation + 1)
        self._files = 0

    def table(self, name: str, key: str, order: str) -> Table:
        return self.manifest.tables.get(name) or Table(key, order)

    def drop(self, name: str) -> None:
        """Leave a table out from now on."""
        self.manifest = replace(self.manifest, tables={k: v for k, v in self.manifest.tables.items() if k != name})

    def take(
        self,
        name: str,
        rows: str,
        columns: Mapping[str, str],
        *,
        key: str,
        order: str,
        gone: str = "",
        bare: bool = False,
    ) -> None:
        """Rows (a query) come in; earlier ones of the keys ``gone`` (a query of one column ``key``) no longer stand.

        ``bare``: whatever the table held is left behind.
        """
        table = Table(key, order) if bare else self.table(name, key, order)
        number = self.manifest.generation
        if gone and table.segments:
            taken = self._written(name, f"SELECT DISTINCT key FROM ({gone})", "key")
            if taken is not None:
                table = replace(table, gone=(*table.gone, taken))
        said = ", ".join(quoted(one) for one in columns)
        new = self._written(name, f"SELECT {said} FROM ({rows})", order, columns)
        if new is not None:
            table = replace(table, segments=(*table.segments, new))
        self.manifest = self.manifest.with_table(name, self._tidy(name, table, number))

    def keep_apart(self, name: str, table: Table, rows: str, columns: Mapping[str, str]) -> None:
        """The rows come in as a segment of their own, however small."""
        new = self._written(name, rows, table.order, columns)
        self.manifest = self.manifest.with_table(
            name, replace(table, segments=(*table.segments, *([new] if new is not None else ())))
        )

    def purge(self, name: str, keys: str) -> None:
        """Have every earlier row of these keys (a query of one column ``key``) leave the files themselves. What came in
        or was merged with this generation holds none that no longer stands."""
        table = self.manifest.tables.get(name)
        if table is None:
            return
        segments = []
        for one in table.segments:
            if one.generation == self.manifest.generation or not self._holds(one, table.key, keys):
                segments.append(one)
                continue
            standing = _standing_sql(self._folder, table, [one], one.columns)
            kept = f"SELECT * FROM ({standing}) k ANTI JOIN ({keys}) p ON p.key = k.{quoted(table.key)}"
            new = self._written(name, kept, table.order, one.columns)
            if new is not None:
                segments.append(replace(new, generation=one.generation))
        gone = []
        for one in table.gone:
            if not self._holds(one, "key", keys):
                gone.append(one)
                continue
            kept = f"SELECT key FROM {parquet(self._folder, [one])} k ANTI JOIN ({keys}) p ON p.key = k.key"
            new = self._written(name, kept, "key")
            if new is not None:
                gone.append(replace(new, generation=one.generation))
        self.manifest = self.manifest.with_table(name, replace(table, segments=tuple(segments), gone=tuple(gone)))

    def _holds(self, segment: Segment, column: str, keys: str) -> bool:
        sql = f"SELECT 1 FROM {parquet(self._folder, [segment])} s SEMI JOIN ({keys}) p ON p.key = s.{quoted(column)} LIMIT 1"
        return bool(self._connection.execute(sql).fetchall())

    # Files

    def _written(self, name: str, rows: str, order: str, columns: Mapping[str, str] | None = None) -> Segment | None:
        """The rows as a new segment; None when there are none."""
        self._files += 1
        file = f"{_folder_name(name)}/{self.manifest.generation:06}-{self._files:03}.parquet"
        path = self._folder / file
        path.parent.mkdir(mode=0o700, exist_ok=True)
        target = f"TO {text(str(path))} (FORMAT parquet, COMPRESSION {COMPRESSION}, ROW_GROUP_SIZE 122880)"
        self._connection.execute(f"COPY (SELECT * FROM ({rows}) ORDER BY {order}) {target}")
        count = int(self._connection.execute(f"SELECT count(*) FROM read_parquet({text(str(path))})").fetchall()[0][0])
        if not count:
            path.unlink()
            return None
        make_durable(path)
        make_durable(path.parent)
        return Segment(file, self.manifest.generation, count, dict(columns or {}))

    def _tidy(self, name: str, table: Table, number: int) -> Table:
        """Merge the newest segments while the one before is not much larger; all of them when too many rows are gone."""
        segments = list(table.segments)
        keep = len(segments)
        while keep > 0 and len(segments) > 1:
            newer = sum(one.rows for one in segments[keep:])
            if keep < len(segments) and segments[keep - 1].rows > MERGE_FACTOR * newer:
                break
            keep -= 1
        dead = sum(one.rows for one in table.gone)
        if dead > _MOST_GONE * sum(one.rows for one in segments):
            keep = 0
        if len(segments) - keep > 1 or (dead and keep == 0):
            merged = self._merged(name, replace(table, segments=tuple(segments[keep:])), number)
            segments = [*segments[:keep], *merged]
        if not segments:
            return replace(table, segments=(), gone=())
        oldest = segments[0].generation
        return self._gone_merged(
            name, replace(table, segments=tuple(segments), gone=tuple(g for g in table.gone if g.generation > oldest))
        )

    def _merged(self, name: str, table: Table, number: int) -> list[Segment]:
        columns = table.columns
        new = self._written(name, relation_sql(self._folder, table, columns), table.order, columns)
        return [replace(new, generation=number)] if new is not None else []

    def _gone_merged(self, name: str, table: Table) -> Table:
        """Keys that are gone from the very same segments stand in one file."""
        found: list[Segment] = []
        for group in _grouped(table.gone, lambda one: sum(s.generation < one.generation for s in table.segments)):
            if len(group) == 1:
                found += group
                continue
            keys = f"SELECT DISTINCT key FROM {parquet(self._folder, group)}"
            new = self._written(name, keys, "key")
            if new is not None:
                found.append(replace(new, generation=group[-1].generation))
        return replace(table, gone=tuple(found))


def _grouped(segments: Sequence[Segment], of: Callable[[Segment], int]) -> list[list[Segment]]:
    found: dict[int, list[Segment]] = {}
    for one in sorted(segments, key=lambda s: s.generation):
        found.setdefault(of(one), []).append(one)
    return list(found.values())


def _folder_name(table: str) -> str:
    """A table's folder: form ids may hold what a file system does not take, or only knows without capitals."""
    plain = all(c.isascii() and (c.islower() or c.isdigit() or c in "_.-") for c in table) and len(table) < 100
    return table if plain and not table.startswith(".") else "x-" + table.encode().hex()[:180]
