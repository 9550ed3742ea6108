"""Why an element cannot go on, and why a command is refused; both told to people, in their language."""

from dataclasses import dataclass
from typing import Any

from service import errors, feel, i18n
from service.errors import _

PLAIN = (str, int, BaseException)
"""What a sentence tells as it is; anything else is a FEEL value."""


class Failure(Exception):
    """An element cannot go on; it becomes an incident of Camunda's error type `type`.

    `msgid` is an English sentence with `%(name)s` places filled from `params`; a FEEL error among these is told in
    the language of the sentence. `message` is what is stored: the sentence in the installation's language.
    """

    def __init__(self, type: str, msgid: str, **params: Any) -> None:
        super().__init__(type, msgid)
        self.type = type
        self.msgid = msgid
        self.params = params

    def told(self, lang: str) -> str:
        """The sentence in a language, "zh" or "en"."""
        params = {name: _readable(value, lang) for name, value in self.params.items()}
        text = i18n.translate(self.msgid, i18n.LOCALES[lang])
        return text % params if params else text

    @property
    def message(self) -> str:
        return self.told(i18n.installed())

    def __str__(self) -> str:
        return self.message


def _readable(value: Any, lang: str) -> Any:
    if isinstance(value, (feel.FeelSyntaxError, feel.FeelWarning)):
        return value.message(lang)
    return value if isinstance(value, PLAIN) and not isinstance(value, bool) else feel.Shown(value)


@dataclass
class NotWaiting(Exception):
    """Nothing in the instance waits for what the command brings (it ended, or somebody was first)."""

    key: int
    element_id: str = ""

    def __str__(self) -> str:
        if self.element_id:
            text = _("element instance %(key)s (%(element)s) is not waiting for this")
            return errors.localize(text, key=self.key, element=self.element_id)
        return errors.localize(_("element instance %(key)s is not waiting for this"), key=self.key)


@dataclass
class Refused(Exception):
    """A command makes no sense for this instance; `reasons` are plain sentences in the reader's language."""

    reasons: tuple[str, ...]

    def __str__(self) -> str:
        return "; ".join(self.reasons)


def refused(msgid: str, **params: Any) -> Refused:
    """A refusal for one reason, an English sentence for the catalogue."""
    return Refused((errors.localize(msgid, **params),))
