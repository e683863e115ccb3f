"""A pack that is installed can always be read again, also when nothing of it was kept ready."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.conf import settings

from doorstep.programmes import library
from tests.cast import Township


def test_a_pack_is_read_from_the_store_alone(township: Township) -> None:
    kept = {pack.id: pack for pack in library.latest_packs()}
    assert set(kept) >= {"hypertension", "maternal", "register"}
    shutil.rmtree(Path(settings.STORE) / "cache")
    library._pack.cache_clear()
    again = {pack.id: pack for pack in library.latest_packs()}
    assert again == kept
    files = {file.name.split("-")[0] for file in (Path(settings.STORE) / "cache").iterdir()}
    assert files == {pack.digest for pack in kept.values()}
