"""Numbers that identify a person, encrypted at rest and still findable.

A number is stored twice: sealed with AES-256-GCM, and as a keyed digest (HMAC-SHA256, a blind index) by which equal
numbers can be found and kept unique without opening one. Both keys are derived from one secret: the setting
``PRIVACY_KEY`` (32 bytes, base64), or a file made on first use that only its owner can read. Every machine of an
installation needs the same secret; without it the numbers are lost.
"""

import base64
import binascii
import hmac
import os
import secrets
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from service import errors

NONCE_BYTES = 12
SECRET_BYTES = 32
FORMAT = b"\x01"


@dataclass(frozen=True)
class Vault:
    """Seals, opens and indexes numbers with keys derived from ``secret``."""

    secret: bytes

    def seal(self, text: str) -> bytes:
        """Encrypt; each call gives another result. The first byte names the format for later changes of it."""
        nonce = os.urandom(NONCE_BYTES)
        return FORMAT + nonce + self._cipher.encrypt(nonce, text.encode(), FORMAT)

    def open(self, sealed: bytes) -> str:
        """Decrypt what :meth:`seal` made.

        :raises errors.Unavailable: sealed with another secret, or damaged.
        """
        body = bytes(sealed)
        nonce, text = body[1 : 1 + NONCE_BYTES], body[1 + NONCE_BYTES :]
        try:
            return self._cipher.decrypt(nonce, text, body[:1]).decode()
        except InvalidTag:
            raise errors.Unavailable(
                "A stored number cannot be opened: PRIVACY_KEY is not the one it was stored with; restore the old key"
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
        return HKDF(hashes.SHA256(), length=SECRET_BYTES, salt=None, info=info).derive(self.secret)


def current() -> Vault:
    """The vault of the running application, opened on first use."""
    vault = current_app.extensions.get("lika_vault")
    if vault is None:
        vault = current_app.extensions["lika_vault"] = Vault(_secret())
    return vault


def _secret() -> bytes:
    text = current_app.config.get("PRIVACY_KEY")
    return decode(text) if text else keep(Path(current_app.config["VAR_DIR"]) / "privacy.key")


def decode(text: str) -> bytes:
    """Read the setting; refuses what is not 32 bytes in base64."""
    try:
        secret = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if len(secret) != SECRET_BYTES:
        raise errors.Invalid("PRIVACY_KEY must be 32 bytes in base64, as made by: openssl rand -base64 32")
    return secret


def keep(path: Path) -> bytes:
    """Read the secret in ``path``, or make one there with mode 0600.

    Two processes may start at once: the file is written aside and linked into place, so that one of them wins and
    both read the same secret.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text(base64.b64encode(os.urandom(SECRET_BYTES)).decode() + "\n")
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return decode(path.read_text().strip())
