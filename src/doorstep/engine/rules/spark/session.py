"""Starting Spark. It takes seconds, so never where somebody waits for a page."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import doorstep

_LOGGING = """
rootLogger.level = {level}
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %p %c{{1}}: %m%n
"""
_HERE = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
"""A Spark on this machine alone talks to nobody else."""


class SparkMissing(Exception):
    """Spark cannot run here, because ``what`` is not installed."""

    def __init__(self, what: Literal["pyspark", "java"]):
        super().__init__(what)
        self.what = what


@contextmanager
def running(master: str, scratch: Path, more: Mapping[str, str] | None = None) -> Iterator[Any]:
    """The session of this process: the one there is, else one that is stopped afterwards. Raises SparkMissing."""
    _look()
    from pyspark.sql import SparkSession

    there = SparkSession.getActiveSession()
    spark = there or start(master, scratch, more)
    try:
        yield spark
    finally:
        if there is None:
            spark.stop()


def start(master: str, scratch: Path, more: Mapping[str, str] | None = None) -> Any:
    """A Spark session on ``master`` that says no where it would otherwise answer something else. Working files, which
    hold people's records, stay below ``scratch``; ``more`` are settings of Spark's own. Raises SparkMissing."""
    _look()
    from pyspark.sql import SparkSession

    alone = master.startswith("local")
    logging = scratch / "log4j2.properties"
    # what Spark says while it stops is about processes that were already told to end
    logging.write_text(_LOGGING.format(level="off"), encoding="utf-8")
    if alone:
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    more = dict(more or {})
    java = f"-Dlog4j2.configurationFile={logging.as_uri()} {more.pop('spark.driver.extraJavaOptions', '')}"
    settings = {
        **(_HERE if alone else {}),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.local.dir": str(scratch),
        "spark.sql.warehouse.dir": str(scratch / "tables"),
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.ansi.enabled": "true",
        "spark.sql.ansi.doubleQuotedIdentifiers": "true",
        "spark.sql.session.timeZone": "UTC",
        "spark.executorEnv.PYTHONPATH": str(Path(doorstep.__file__).parent.parent),
        "spark.driver.extraJavaOptions": java,
        **more,
    }
    builder = SparkSession.builder.master(master).appName("doorstep")
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def _look() -> None:
    if find_spec("pyspark") is None:
        raise SparkMissing("pyspark")
    if not shutil.which("java") and not os.environ.get("JAVA_HOME"):
        raise SparkMissing("java")
