"""Which language a reader gets, and what is said in it: msgids are English, the catalogues in `translations` the rest.

A catalogue is its `.po` file, read and compiled in memory when first needed (some 20 ms): there is no build step that
could be forgotten, in a checkout or in a wheel. `make messages` brings new texts into the files.
"""

import io
import os
from collections.abc import Mapping
from functools import cached_property, lru_cache
from pathlib import Path

import flask
import flask_babel
from babel import support

LOCALES = {"zh": "zh_Hans_CN", "en": "en"}
DEFAULT = LOCALES["zh"]
COOKIE = "lang"
FOLDER = Path(__file__).with_name("translations")

_spoken = DEFAULT


class Babel(flask_babel.Babel):
    """Flask-Babel with the catalogues of this package, in the reader's language."""

    def __init__(self, app: flask.Flask) -> None:
        super().__init__(app, locale_selector=preferred_locale)

    @cached_property
    def domain_instance(self) -> "Catalogues":
        """What `gettext` of the templates looks into."""
        return Catalogues()


class Catalogues(flask_babel.Domain):
    """Flask-Babel's way to the texts of the present reader."""

    def get_translations(self) -> support.NullTranslations:
        """Return the catalogue of the current request."""
        return catalogue(current_locale())


def preferred_locale() -> str:
    """Return the locale a request asks for: the reader's choice (session, else cookie), else the browser's wish.

    Outside a request it is what the process speaks: the language of a command, else Chinese.
    """
    if not flask.has_request_context():
        return _spoken
    chosen = flask.session.get(COOKIE) or flask.request.cookies.get(COOKIE, "")
    wished = (tag.partition("-")[0].lower() for tag, quality in flask.request.accept_languages if quality > 0)
    return LOCALES.get(chosen) or next((LOCALES[lang] for lang in wished if lang in LOCALES), DEFAULT)


def current_locale() -> str:
    """Return the locale in which to tell something now; within a request `flask_babel.force_locale` is heeded."""
    if flask.has_request_context() and "babel" in flask.current_app.extensions:
        return str(flask_babel.get_locale())
    return preferred_locale()


def language() -> str:
    """Return the language of `current_locale`, "zh" or "en"."""
    locale = current_locale()
    return next((lang for lang, named in LOCALES.items() if named == locale), "en")


def installed() -> str:
    """Return the language of this installation, "zh" or "en", in which to store what many people read."""
    return next(lang for lang, named in LOCALES.items() if named == _spoken)


def speak(lang: str) -> None:
    """Let this process (a command) speak a language, "zh" or "en", where no request says another."""
    global _spoken
    _spoken = LOCALES[lang]


def from_environment(environment: Mapping[str, str] = os.environ) -> str:
    """Return the language of the user's shell: "en" if LC_ALL, LC_MESSAGES or LANG names English, else "zh"."""
    named = (environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    first = next((text for text in named if text), "")
    return "en" if first.lower().startswith("en") else "zh"


def translate(msgid: str, locale: str | None = None) -> str:
    """Return a text in a locale, the reader's by default; what no catalogue knows stays English."""
    return str(catalogue(locale or current_locale()).gettext(msgid))


def translate_plural(singular: str, plural: str, count: int) -> str:
    """Return a text with a number in the reader's locale."""
    return str(catalogue(current_locale()).ngettext(singular, plural, count))


@lru_cache
def catalogue(locale: str) -> support.NullTranslations:
    """Return the texts of a locale, compiled once in a process."""
    path = FOLDER / locale / "LC_MESSAGES" / "messages.po"
    if not path.is_file():
        return support.NullTranslations()
    from babel.messages import mofile, pofile  # 60 ms, which most commands need not pay

    compiled = io.BytesIO()
    with path.open("rb") as file:
        mofile.write_mo(compiled, pofile.read_po(file, locale))
    compiled.seek(0)
    return support.Translations(compiled)
