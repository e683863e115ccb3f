"""Django's settings, all from the environment. Each has one row in ``SETTINGS``: name, default, help."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext_lazy as _


def gettext_noop(text: str) -> str:
    """Marks a text for translation where it is shown. Django's own asks for settings, which are made here."""
    return text


SETTINGS: tuple[tuple[str, str, str], ...] = (
    ("DOORSTEP_STORE", "store", gettext_noop("Folder of the store: database, keys, packs, attachments.")),
    (
        "DOORSTEP_DATABASE_URL",
        "",
        gettext_noop("postgresql://user:password@host:port/name; empty means SQLite inside the store."),
    ),
    ("DOORSTEP_TIME_ZONE", "Asia/Shanghai", gettext_noop("The one time zone in which days are counted.")),
    ("DOORSTEP_HOSTS", "*", gettext_noop("Host names this server answers to, separated by commas.")),
    (
        "DOORSTEP_HTTPS",
        "no",
        gettext_noop("yes when a proxy in front speaks HTTPS: cookies are then sent over HTTPS only."),
    ),
    ("DOORSTEP_SESSION_HOURS", "12", gettext_noop("Hours after which everybody logs in again.")),
    ("DOORSTEP_IDLE_MINUTES", "120", gettext_noop("Minutes without a page after which a log-in ends.")),
    ("DOORSTEP_TODAY", "", gettext_noop("A fixed day (ISO) for demonstrations and tests; empty means the real day.")),
    ("DOORSTEP_SENDING_LIMIT", "20000000", gettext_noop("Largest request body in bytes.")),
    ("DOORSTEP_PATIENCE", "20", gettext_noop("Seconds to wait while another command writes to the store (SQLite).")),
    (
        "DOORSTEP_SPARK_MASTER",
        "local[2]",
        gettext_noop("Where “--engine spark” runs: local[2], or the address of a Spark cluster."),
    ),
    ("DOORSTEP_BACKUPS", "", gettext_noop("Folder backups are put in, on another disk than the store.")),
    (
        "DOORSTEP_LOG",
        "plain",
        gettext_noop(
            "plain: a line of words for each thing gone wrong; json: one JSON object per line, each request too."
        ),
    ),
    ("DOORSTEP_METRICS_TOKEN", "", gettext_noop("Who brings this as a Bearer token may read /metrics; empty: nobody.")),
    ("DOORSTEP_ADDRESS", "", gettext_noop("Address phones reach this server at, for the addresses given to devices.")),
)
_DEFAULTS = {name: default for name, default, _help in SETTINGS}


def setting(name: str) -> str:
    return os.environ.get(name, _DEFAULTS[name])


STORE = Path(setting("DOORSTEP_STORE")).resolve()


def secret_key() -> str:
    """The store's own secret, made once with mode 600."""
    file = STORE / "secret.key"
    if file.exists():
        return file.read_text()
    if not STORE.is_dir():
        return secrets.token_urlsafe(50)  # no store yet: commands that only print help
    key = secrets.token_urlsafe(50)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(key)
    return key


def database(url: str) -> dict[str, object]:
    """Django's DATABASES entry for a PostgreSQL address, or for SQLite in the store when ``url`` is empty."""
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": STORE / "doorstep.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": float(setting("DOORSTEP_PATIENCE")),
                # FULL: an answer means durable, also after a power cut (measured: NORMAL loses commits)
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32000; PRAGMA wal_autocheckpoint=8000;"
                "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=67108864;",
            },
        }
    parts = urlsplit(url)
    socket_folder = dict(p.split("=", 1) for p in parts.query.split("&") if p).get("host", "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or "") or unquote(socket_folder),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "OPTIONS": {"options": "-c synchronous_commit=on -c jit=off"},
    }


SECRET_KEY = secret_key()
DEBUG = False
ALLOWED_HOSTS = [h.strip() for h in setting("DOORSTEP_HOSTS").split(",")]
DATABASES = {"default": database(setting("DOORSTEP_DATABASE_URL"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "access.User"
ROOT_URLCONF = "doorstep.site.urls"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "doorstep.places",
    "doorstep.access",
    "doorstep.register",
    "doorstep.forms",
    "doorstep.programmes",
    "doorstep.visits",
    "doorstep.feedback",
    "doorstep.disclosures",
    "doorstep.indicators",
    "doorstep.intake",
    "doorstep.exchange",
    "doorstep.api",
    "doorstep.web",
    "doorstep.site",
]
MIDDLEWARE = [
    "doorstep.site.watching.metrics.Measured",
    "doorstep.web.middleware.SecurityHeaders",
    "doorstep.web.strange.NothingStrange",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "doorstep.web.middleware.Language",
    "django.contrib.messages.middleware.MessageMiddleware",
    "doorstep.web.middleware.DefaultDeny",
    "doorstep.web.unlogged.NoLogNoPage",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "doorstep.web.context.page",
            ],
        },
    }
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
LOGIN_URL = "/login"
LOGIN_REDIRECT_URL = "/"
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = setting("DOORSTEP_TIME_ZONE")
STATIC_URL = "/static/"
DATA_UPLOAD_MAX_MEMORY_SIZE = int(setting("DOORSTEP_SENDING_LIMIT"))
SESSION_ENGINE = "doorstep.access.sessions"
SESSION_COOKIE_AGE = int(setting("DOORSTEP_SESSION_HOURS")) * 3600
SESSION_IDLE_MINUTES = int(setting("DOORSTEP_IDLE_MINUTES"))
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_AGE = None  # ends with the browser: who complains leaves nothing behind (charter C19)
CSRF_FAILURE_VIEW = "doorstep.web.errors.session_too_old"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = setting("DOORSTEP_HTTPS") == "yes"
if SESSION_COOKIE_SECURE:  # a browser takes these names only over HTTPS, from this very host, for every path
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    LANGUAGE_COOKIE_NAME = "__Host-language"
LANGUAGE_COOKIE_SECURE = SESSION_COOKIE_SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SESSION_COOKIE_SECURE else None
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
_LOG = "json" if setting("DOORSTEP_LOG") == "json" else "plain"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"()": "doorstep.site.logs.Discreet"},
        "json": {"()": "doorstep.site.logs.Structured"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": _LOG}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django.request": {"level": "ERROR"},  # a wrong address is no news; a fault of ours is
        "doorstep.requests": {"level": "INFO" if _LOG == "json" else "WARNING"},
    },
}
SITE_TITLE = _("Doorstep")
SPARK_MASTER = setting("DOORSTEP_SPARK_MASTER")
