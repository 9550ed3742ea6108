"""Settings: from the environment, from `var/`, and from what a test or a command overrides."""

import base64
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from service import errors
from service.errors import _

SECRETS = {
    "SECRET_KEY": "LIKA_SECRET_KEY",
    "SECURITY_PASSWORD_SALT": "LIKA_PASSWORD_SALT",
    "PRIVACY_KEY": "LIKA_PRIVACY_KEY",
}
POOL_SIZE = 16
LONGEST_WAIT_FOR_LOCK = "20s"


def root() -> Path:
    """Return the folder of the checkout, or the present folder where Lika is installed from a wheel."""
    checkout = Path(__file__).resolve().parent.parent
    return checkout if (checkout / "pyproject.toml").is_file() else Path.cwd()


def var() -> Path:
    """Return the folder of everything written at run time: `LIKA_VAR`, else `var/`."""
    return Path(os.environ.get("LIKA_VAR") or root() / "var").absolute()


def bundled(folder: str) -> Path:
    """Return where `processes` or `forms` lie: in the checkout, else inside the installed package."""
    here = root() / folder
    return here if here.is_dir() else Path(__file__).resolve().parent / "_bundle" / folder


def database_url() -> str | None:
    """Return `DATABASE_URL` in SQLAlchemy's form, None if it is not set."""
    url = os.environ.get("DATABASE_URL")
    if not url:
        return None
    scheme, _, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else url


def load(overrides: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the Flask settings; `overrides` win."""
    given = dict(overrides or {})
    settings: dict[str, Any] = {
        "SQLALCHEMY_DATABASE_URI": given.get("SQLALCHEMY_DATABASE_URI") or database_url(),
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "pool_size": POOL_SIZE,
            "max_overflow": POOL_SIZE,
            "connect_args": {"options": f"-c timezone=UTC -c lock_timeout={LONGEST_WAIT_FOR_LOCK}"},
        },
        "MAX_CONTENT_LENGTH": 16 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 16 * 1024 * 1024,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SECURE": flag("LIKA_HTTPS"),
        "BABEL_DEFAULT_LOCALE": "zh_Hans_CN",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
        "PROXIES": number("LIKA_PROXIES"),
        "PUBLIC_URL": address("LIKA_PUBLIC_URL"),
        "CHANNELS": os.environ.get("LIKA_CHANNELS") or None,
        "WORKDAYS": os.environ.get("LIKA_WORKDAYS") or None,
        "URGE_EVERY": number("LIKA_URGE_EVERY", 1),
        "CLOCK_MAY_MOVE": flag("LIKA_CLOCK_MAY_MOVE"),
        "PARTS": [part for part in os.environ.get("LIKA_PARTS", "").split(",") if part] or None,
    }
    if missing := [name for name in SECRETS if name not in given]:
        settings |= {name: value for name, value in _secrets(var()).items() if name in missing}
    return settings | given


def flag(variable: str) -> bool:
    """Tell whether an environment variable says yes."""
    return os.environ.get(variable, "").lower() in ("1", "true", "yes", "on")


def address(variable: str) -> str:
    """Return the http or https address that an environment variable names, without a slash at its end; "" for none.

    :raises errors.Invalid: it is no such address.
    """
    text = os.environ.get(variable, "").strip().rstrip("/")
    if text and not (text.startswith(("http://", "https://")) and urlsplit(text).hostname):
        told = _("The setting %(variable)s must be an address such as https://lika.example.cn, not “%(text)s”.")
        raise errors.Invalid(told, variable=variable, text=text)
    return text


def number(variable: str, usual: int = 0) -> int:
    """Return what an environment variable counts, `usual` if it is not set.

    :raises errors.Invalid: it is no whole number from 0, or too large to count anything.
    """
    text = os.environ.get(variable) or str(usual)
    if not (text.isascii() and text.isdecimal() and len(text) < 6):
        told = _("The setting %(variable)s must be a whole number such as %(usual)s, not “%(text)s”.")
        raise errors.Invalid(told, variable=variable, usual=usual, text=text)
    return int(text)


def _secrets(folder: Path) -> dict[str, str]:
    """Return the installation's secrets: from the environment, else made once and kept in `var/secrets.json`."""
    from_environment = {name: os.environ[variable] for name, variable in SECRETS.items() if os.environ.get(variable)}
    if len(from_environment) == len(SECRETS):
        return from_environment
    path = folder / "secrets.json"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _write_once(path, json.dumps({name: _new_secret() for name in SECRETS}))
    kept: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return kept | from_environment


def _new_secret() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _write_once(path: Path, text: str) -> None:
    """Write a private file whole or not at all; of two processes that start together one wins."""
    draft = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
