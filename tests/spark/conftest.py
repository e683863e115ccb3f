"""One Spark cluster for all tests here: two workers of their own process each, as ``local-cluster`` makes them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from doorstep.engine.rules.spark.session import start

_SMALL = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"  # a short life is no time to compile in
SETTINGS = {
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.autoBroadcastJoinThreshold": "-1",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.lightweightPlanChangeValidation": "false",
    "spark.driver.extraJavaOptions": _SMALL,
    "spark.executor.extraJavaOptions": _SMALL,
}
"""Rows few enough to count: shuffled all the same, so that what belongs together must find together."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("spark")


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A cluster that cannot start is a failure. Without Java nothing here is run, and ``make test`` says so."""
    if not shutil.which("java"):
        pytest.skip("there is no Java on this machine")
    session = start("local-cluster[2,1,2048]", tmp_path_factory.mktemp("spark"), SETTINGS)
    app = session.sparkContext.applicationId
    yield session
    session.stop()
    import pyspark

    home = Path(os.environ.get("SPARK_HOME") or Path(pyspark.__file__).parent)
    shutil.rmtree(home / "work" / app, ignore_errors=True)
