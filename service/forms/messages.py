"""Sentences told to the person who fills in a form: an English text for the catalogue and what fills its places."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from service import i18n


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence; `params` may hold messages, `translations` the text by language where a form brings its own."""

    msgid: str
    params: Mapping[str, Any] = field(default_factory=dict)
    translations: Mapping[str, str] = field(default_factory=dict)

    def text(self, lang: str | None = "en") -> str:
        """Tell it in `lang` ("zh", "en"; None: the language of the reader)."""
        lang = lang or i18n.language()
        own = self.translations.get(lang)
        if own:
            return own
        params = {
            name: value.text(lang) if isinstance(value, Message) else value for name, value in self.params.items()
        }
        template = i18n.translate(self.msgid, i18n.LOCALES.get(lang, lang))
        return template % params if params else template

    def __str__(self) -> str:
        return self.text("en")
