"""What the browser loads: the files that Vite built from `frontend/`, found by its manifest."""

import functools
import json
import mimetypes
from pathlib import Path
from typing import Any

import flask
import markupsafe
from werkzeug.security import safe_join

STATIC = Path(__file__).parent / "static"
BUILT = STATIC / "dist"
YEAR = 365 * 24 * 3600


def init_app(app: flask.Flask) -> None:
    """Serve the files under /static/ and give templates `island(name)`."""
    files = flask.Blueprint("files", __name__, template_folder="templates")

    @files.get("/static/<path:name>")
    def static(name: str) -> flask.Response:
        """Built files carry a digest of their content in their names and are kept for good."""
        if not name.startswith("dist/assets/"):
            return flask.send_from_directory(STATIC, name, max_age=300)
        response = _packed(name) or flask.send_from_directory(STATIC, name, max_age=YEAR)
        response.cache_control.immutable = True
        response.vary.add("Accept-Encoding")
        return response

    @files.get("/favicon.ico")
    def favicon() -> flask.Response:
        """The icon of pages that name none, such as Swagger UI."""
        return flask.send_from_directory(STATIC, "icon.svg", max_age=YEAR)

    app.register_blueprint(files)
    app.jinja_env.globals["island"] = island


def _packed(name: str) -> flask.Response | None:
    """The compressed copy that the build laid beside a file, for who can read it."""
    copy = safe_join(str(STATIC), f"{name}.gz")
    if copy is None or not Path(copy).is_file() or not flask.request.accept_encodings.quality("gzip"):
        return None
    response = flask.send_file(copy, mimetype=mimetypes.guess_type(name)[0], max_age=YEAR)
    response.content_encoding = "gzip"
    return response


def island(name: str) -> markupsafe.Markup:
    """Return the tags that load `frontend/src/<name>.js` with all that it imports.

    :raises RuntimeError: the front end has not been built.
    """
    tags = [_style(file) for file in _styles(f"src/{name}.js")]
    source = markupsafe.escape(_url(_chunk(f"src/{name}.js")["file"]))
    return markupsafe.Markup("".join(tags)) + markupsafe.Markup(f'<script type="module" src="{source}"></script>')  # noqa: S704 - paths of our own files


def _style(file: str) -> str:
    return f'<link rel="stylesheet" href="{markupsafe.escape(_url(file))}">'


def _url(file: str) -> str:
    return flask.url_for("files.static", name=f"dist/{file}")


def _styles(source: str) -> list[str]:
    """The style sheets of a chunk and of what it imports, each once."""
    chunk = _chunk(source)
    imported = [file for each in chunk.get("imports", ()) for file in _styles(each)]
    return list(dict.fromkeys([*imported, *chunk.get("css", ())]))


def _chunk(source: str) -> dict[str, Any]:
    path = BUILT / ".vite" / "manifest.json"
    if not path.is_file():
        raise RuntimeError("The front end has not been built. Run `make pages`.")
    manifest = _manifest(path.stat().st_mtime_ns)
    return manifest[source]


@functools.lru_cache(maxsize=2)
def _manifest(version: int) -> dict[str, dict[str, Any]]:
    """The manifest, read again when it was written again."""
    read: dict[str, dict[str, Any]] = json.loads((BUILT / ".vite" / "manifest.json").read_text(encoding="utf-8"))
    return read
