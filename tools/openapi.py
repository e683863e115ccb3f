"""Write ``docs/openapi.json`` from the code."""

from __future__ import annotations

import json
import os
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "docs" / "openapi.json"


def text() -> str:
    """What the file must hold."""
    from doorstep.site.description import description

    return json.dumps(description(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doorstep.site.settings")
    import django

    django.setup()
    TARGET.write_text(text(), encoding="utf-8")
