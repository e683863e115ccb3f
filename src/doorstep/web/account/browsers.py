"""Which browser it is, in two words its owner recognises; nothing finer is kept."""

from __future__ import annotations

from django.http import HttpRequest

# the first sign that is found names it, so what others also claim to be stands further down
_BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("HuaweiBrowser", "Huawei"),
    ("MiuiBrowser", "Xiaomi"),
    ("QQBrowser", "QQ"),
    ("UCBrowser", "UC"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("HarmonyOS", "HarmonyOS"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def label_of(request: HttpRequest) -> str:
    """'Chrome · Android'; '' for what calls itself nothing known."""
    said = request.headers.get("User-Agent", "")
    found = (next((name for sign, name in known if sign in said), "") for known in (_BROWSERS, _SYSTEMS))
    return " · ".join(filter(None, found))
