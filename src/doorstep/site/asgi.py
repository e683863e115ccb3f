"""Where the server's workers begin: Django is set up, then the application made."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable

from doorstep.site import requests


def _made() -> Callable[..., Awaitable[None]]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doorstep.site.settings")
    # The event loop looks at the settings number (0.05 ms, twice a second) instead of handing each request to a thread
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "yes"
    django = requests.application()

    from doorstep.site.answering import Application  # its modules need Django set up

    return Application(django)


application = _made()
