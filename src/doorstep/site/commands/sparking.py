"""Spark for a command, or a sentence on what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from gettext import gettext as _
from typing import TYPE_CHECKING

from doorstep.site.store import Failure

if TYPE_CHECKING:
    from doorstep.programmes.spark import Spark


@contextmanager
def spark() -> Iterator[Spark]:
    """Spark as the settings say. Raises Failure where it is not installed."""
    from doorstep.engine.rules.spark.session import SparkMissing
    from doorstep.programmes.spark import spark as started

    try:
        with started() as found:
            yield found
    except SparkMissing as error:
        raise Failure(
            {
                "pyspark": _("Spark is not installed here. Install it with: pip install 'doorstep[spark]'"),
                "java": _("Spark needs Java. Install it, on Debian with: apt-get install default-jre-headless"),
            }[error.what]
        ) from error


@contextmanager
def counting(engine: str) -> Iterator[None]:
    """Within it, figures are counted by Spark, if that is the engine. Raises Failure where it is not installed."""
    if engine != "spark":
        yield
        return
    from doorstep.indicators import values

    with spark() as found, values.counted_by(found.contributions):
        yield
