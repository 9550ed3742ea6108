"""Lika (立卡): registration of poor households and villages, run as BPMN processes that officials own.

`create_app` is the only place where the parts are joined; a part that has an `init_app(app)` is given the application.
"""

import importlib
import importlib.util
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import flask

PARTS = (
    "db",
    "identity",
    "jobs",
    "forms",
    "documents",
    "notifications",
    "engine",
    "workflow",
    "register",
    "notices",
    "supervision",
    "api",
    "web",
)
"""From the ground floor up (DESIGN §2)."""


def create_app(config: Mapping[str, Any] | None = None) -> "flask.Flask":
    """Return the application; `config` overrides settings of `service.config`.

    Without a database URL in the settings or the environment the embedded server of `var/` is started or joined.
    """
    # Imported here: `import service.feel` must not cost the web framework.
    import flask
    from werkzeug.middleware.proxy_fix import ProxyFix

    from service import config as settings
    from service import i18n, workdays
    from service.db import embedded

    app = flask.Flask(__name__, static_folder=None, template_folder=None)
    app.config.update(settings.load(config))
    if not app.config["SQLALCHEMY_DATABASE_URI"]:
        app.config["SQLALCHEMY_DATABASE_URI"] = embedded.start(settings.var() / "postgres").url()
    if proxies := app.config["PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    i18n.Babel(app)
    workdays.correct(app.config["WORKDAYS"])
    for part in load_parts(app.config["PARTS"]):
        if init := getattr(part, "init_app", None):
            init(app)
    return app


def load_parts(chosen: list[str] | None = None) -> list[Any]:
    """Import the parts that are there, which registers their handlers, and return them.

    `chosen` (setting PARTS, `LIKA_PARTS`) narrows them, for tests of one part.
    """
    names = [part for part in PARTS if chosen is None or part in ("db", *chosen)]
    names = [f"{__name__}.{part}" for part in names]
    return [importlib.import_module(name) for name in names if _is_there(name)]


def _is_there(name: str) -> bool:
    found = importlib.util.find_spec(name)
    return found is not None and found.origin is not None
