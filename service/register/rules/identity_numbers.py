"""Citizen identity numbers (公民身份号码, GB 11643) and disability certificate numbers (残疾人证号), DOMAIN §3.6."""

from dataclasses import dataclass
from datetime import date

from service import errors
from service.errors import _
from service.forms.validators import identity as gb11643

CITIZEN_LENGTH = 18


@dataclass(frozen=True)
class Identity:
    """What a number says of its holder. ``citizen`` is the 18-character number, the same in both documents."""

    citizen: str
    born: date
    sex: str
    disability: str | None = None


def compose(area: str, born: date, serial: int) -> str:
    """Build a valid number from a 6-digit area code, the date of birth and a serial 0–999 (odd = male)."""
    body = f"{area}{born:%Y%m%d}{serial:03d}"
    return body + gb11643.check_digit(body)


def normalise(number: str) -> str:
    """Without blanks, with a capital X."""
    return "".join(number.split()).upper()


def citizen_part(number: str) -> str:
    """The part that is unique to a person: the first 18 characters, whichever document was shown."""
    return normalise(number)[:CITIZEN_LENGTH]


def read(number: str) -> Identity:
    """Read a number.

    :raises errors.Invalid: wrong length or characters, check character, date of birth, disability class or grade.
    """
    clean = normalise(number)
    citizen, annex = clean[:CITIZEN_LENGTH], clean[CITIZEN_LENGTH:]
    if len(citizen) != CITIZEN_LENGTH or not citizen[:17].isascii() or not citizen[:17].isdigit():
        raise errors.Invalid(_("An identity number has 17 digits and a check character; compare it with the document"))
    if citizen[17] != gb11643.check_digit(citizen[:17]):
        raise errors.Invalid(_("The check character of the identity number is wrong; compare it with the document"))
    return Identity(citizen, _born(citizen), "男" if int(citizen[16]) % 2 else "女", _disability(annex))


def _born(citizen: str) -> date:
    try:
        return date(int(citizen[6:10]), int(citizen[10:12]), int(citizen[12:14]))
    except ValueError:
        raise errors.Invalid(
            _("The identity number contains no real date of birth; compare it with the document")
        ) from None


def _disability(annex: str) -> str | None:
    if not annex:
        return None
    reissue = annex[2:]
    if annex[0] not in "1234567" or annex[1:2] not in tuple("1234") or not _is_reissue(reissue):
        raise errors.Invalid(_("A disability certificate ends in class 1–7 and grade 1–4, then B1–B9 if reissued"))
    return annex[:2]


def _is_reissue(text: str) -> bool:
    return text == "" or (len(text) == 2 and text[0] == "B" and text[1] in "123456789")
