"""Running steps on Spark over relations that stand as Parquet files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from doorstep.engine.rules.sql.step import Step
from doorstep.engine.warehouse.quoting import quoted, text

_TYPES = {
    "VARCHAR": "STRING",
    "BIGINT": "BIGINT",
    "INTEGER": "INT",
    "DECIMAL(18,6)": "DECIMAL(18,6)",
    "DATE": "DATE",
    "BOOLEAN": "BOOLEAN",
    "VARCHAR[]": "ARRAY<STRING>",
}

Relations = Mapping[str, str]
"""Relations by name, each with its columns as Spark writes them."""


def laid_down(connection: Any, names: Sequence[str], folder: Path) -> Relations:
    """Writes tables of a DuckDB connection as Parquet files below ``folder``."""
    relations = {}
    for name in names:
        described = connection.execute(f"DESCRIBE {quoted(name)}").fetchall()
        relations[name] = ", ".join(f"{quoted(column)} {_TYPES[type_]}" for column, type_, *_ in described)
        connection.execute(f"COPY {quoted(name)} TO {text(str(folder / f'{name}.parquet'))} (FORMAT parquet)")
    return relations


def work_out(spark: Any, relations: Relations, folder: Path, steps: Sequence[Step]) -> Any:
    """Runs the steps over the relations below ``folder``, and gives a session that holds what they leave.

    What several later steps read, or what was folded in Python, is worked out once.
    """
    session = spark.newSession()
    for name, columns in relations.items():
        _name(session.read.schema(columns).parquet(str(folder / f"{name}.parquet")), name)
    for place, step in enumerate(steps):
        frame = session.sql(step.select)
        if step.fold is not None:
            folded = frame.rdd.mapPartitions(step.fold)
            frame = session.createDataFrame(folded, step.fold.schema, verifySchema=False)
        readers = sum(later.select.count(step.name) for later in steps[place + 1 :])
        if readers > 1 or step.kind == "lasting" or (step.fold is not None and readers):
            frame = frame.localCheckpoint()
        _name(frame, step.name.strip('"'))
    return session


def _name(frame: Any, name: str) -> None:
    frame.createOrReplaceTempView(f"`{name}`")
