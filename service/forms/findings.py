"""What is wrong with a form file, for its designer."""

from dataclasses import dataclass

from service.forms import messages
from service.forms.model import Severity


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem of a form: the component's id (or its place, where it has none), how bad, which check, what."""

    element: str
    severity: Severity
    rule: str
    message: messages.Message

    def text(self, lang: str | None = "en") -> str:
        """Tell it in one sentence, with the component."""
        return f"{self.element}: {self.message.text(lang)}"

    def __str__(self) -> str:
        return self.text()
