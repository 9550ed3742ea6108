"""Sentences told to the person who fills in a form: an English text for the catalogue and what fills its places."""

import gettext
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from service import errors, i18n

CATALOGUES = Path(__file__).parents[1] / "translations"


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence; `params` may hold messages, `translations` the text by language where a form brings its own."""

    msgid: str
    params: Mapping[str, Any] = field(default_factory=dict)
    translations: Mapping[str, str] = field(default_factory=dict)

    def text(self, lang: str | None = "en") -> str:
        """Tell it in `lang` ("zh", "en"; None: the language of the current request)."""
        own = self.translations.get(lang or "zh")
        if own:
            return own
        params = {
            name: value.text(lang) if isinstance(value, Message) else value for name, value in self.params.items()
        }
        if lang is None:
            return errors.localize(self.msgid, **params)
        template = _catalogue(lang).gettext(self.msgid)
        return template % params if params else template

    def __str__(self) -> str:
        return self.text("en")


@lru_cache
def _catalogue(lang: str) -> gettext.NullTranslations:
    locale = i18n.LOCALES.get(lang, lang)
    return gettext.translation("messages", CATALOGUES, [locale], fallback=True)
