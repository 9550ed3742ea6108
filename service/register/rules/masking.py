"""What a reader without the right to personal data sees instead of a number (DOMAIN §4, §7 台账)."""

STAR = "*"


def certificate(number: str | None) -> str:
    """An identity or disability number with its area and last four characters, date of birth hidden."""
    return _hide(number, head=6, tail=4, shortest=18)


def phone(number: str | None) -> str:
    """A telephone number with its first three and last four digits; a short one is hidden whole."""
    return _hide(number, head=3, tail=4, shortest=10)


def account(number: str | None) -> str:
    """A bank account with its last four digits."""
    return _hide(number, head=0, tail=4, shortest=10)


def _hide(text: str | None, *, head: int, tail: int, shortest: int) -> str:
    """Keep ``head`` and ``tail`` characters; text shorter than ``shortest`` would show too much and is hidden whole."""
    if not text:
        return ""
    if len(text) < shortest:
        return STAR * len(text)
    return text[:head] + STAR * (len(text) - head - tail) + text[-tail:]
