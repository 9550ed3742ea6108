"""Numbers that identify a person, encrypted at rest and still findable.

A number is stored twice: sealed with AES-256-GCM, and as a keyed digest (HMAC-SHA256, a blind index) by which equal
numbers are found and kept unique without opening one. Both keys are derived from the installation's secret
``PRIVACY_KEY``, which all its machines share; without it the numbers are lost.
"""

import base64
import hmac
import os
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256

import flask
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from service import errors
from service.errors import _

NONCE_BYTES = 12
KEY_BYTES = 32
SHORTEST_SECRET = 32
FORMAT = b"\x01"
SEALED = "sealed:"
"""What a sealed text among readable values begins with."""


@dataclass(frozen=True)
class Vault:
    """Seals, opens and indexes numbers with keys derived from ``secret``."""

    secret: str

    def __post_init__(self) -> None:
        if len(self.secret) < SHORTEST_SECRET:
            raise errors.Unavailable(_("PRIVACY_KEY is too short; make one with: openssl rand -base64 32"))

    def seal(self, text: str) -> bytes:
        """Encrypt; each call gives another result. The first byte names the format, so that it can change later."""
        nonce = os.urandom(NONCE_BYTES)
        return FORMAT + nonce + self._cipher.encrypt(nonce, text.encode(), FORMAT)

    def open(self, sealed: bytes) -> str:
        """Decrypt what :meth:`seal` made.

        :raises errors.Unavailable: sealed with another secret, or damaged.
        """
        form, nonce, text = sealed[:1], sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            return self._cipher.decrypt(nonce, text, form).decode()
        except (InvalidTag, ValueError):
            raise errors.Unavailable(
                _("A stored number cannot be opened: PRIVACY_KEY has changed since; restore the old one")
            ) from None

    def index(self, text: str, *, purpose: str) -> bytes:
        """The digest by which ``text`` is found; ``purpose`` keeps the same digits in two columns apart."""
        return hmac.digest(self._index_key, f"{purpose}\0{text}".encode(), sha256)

    @cached_property
    def _cipher(self) -> AESGCM:
        return AESGCM(self._derive(b"lika seal"))

    @cached_property
    def _index_key(self) -> bytes:
        return self._derive(b"lika index")

    def _derive(self, info: bytes) -> bytes:
        return HKDF(hashes.SHA256(), length=KEY_BYTES, salt=None, info=info).derive(self.secret.encode())


def current() -> Vault:
    """The vault of the running application."""
    return _of(flask.current_app.config["PRIVACY_KEY"])


def sealed_text(text: str) -> str:
    """A text as it may stand among readable values. Sealed once, it is left alone."""
    return text if opened_text(text) != text else SEALED + base64.b64encode(current().seal(text)).decode()


def opened_text(text: str) -> str:
    """What :func:`sealed_text` sealed; any other text as it is."""
    if not text.startswith(SEALED):
        return text
    try:
        return current().open(base64.b64decode(text.removeprefix(SEALED), validate=True))
    except (errors.Unavailable, ValueError):
        return text


@lru_cache(maxsize=4)
def _of(secret: str) -> Vault:
    return Vault(secret)
