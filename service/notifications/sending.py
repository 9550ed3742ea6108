"""Hands a message to a mail server or to Apprise. Raises Temporary when another try may help, Permanent when not."""

import contextlib
import logging
import smtplib
import ssl
from collections.abc import Iterator
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

from service import clock
from service.notifications.channels import Channel

TIMEOUT = 20
"""Seconds that a mail server gets to answer."""


class Temporary(Exception):
    """It did not go out; later it may."""


class Permanent(Exception):
    """It will never go out like this."""


def send(channel: Channel, address: str, subject: str, text: str, number: int) -> None:
    """Send one message; `number` names it for good, so that who gets it twice can see that it is the same."""
    if channel.is_mail:
        _mail(channel, address, subject, text, number)
    else:
        _apprise(address, subject, text)


def _mail(channel: Channel, address: str, subject: str, text: str, number: int) -> None:
    try:
        message = _message(channel.sender, address, subject, text, number)
        with _server(channel.url) as server:
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        code, reason = next(iter(error.recipients.values()))
        raise (Permanent if code >= 500 else Temporary)(f"{code} {_readable(reason)}") from error
    except smtplib.SMTPResponseException as error:
        kind = Permanent if error.smtp_code >= 500 else Temporary
        raise kind(f"{error.smtp_code} {_readable(error.smtp_error)}") from error
    except (ValueError, smtplib.SMTPNotSupportedError) as error:
        raise Permanent(str(error)) from error
    except (OSError, smtplib.SMTPException) as error:
        raise Temporary(str(error)) from error


def _message(sender: str, address: str, subject: str, text: str, number: int) -> EmailMessage:
    name, own = parseaddr(sender)
    message = EmailMessage()
    message["From"] = Address(name, addr_spec=own)
    message["To"] = Address(addr_spec=address)
    message["Subject"] = subject
    message["Date"] = clock.now()
    message["Message-ID"] = f"<{number}@{own.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


@contextlib.contextmanager
def _server(url: str) -> Iterator[smtplib.SMTP]:
    """A mail server, signed in; what it offers of encryption is used, and a password goes through that only."""
    parts = urlsplit(url)
    host, secure = parts.hostname or "", ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT, context=secure)
    else:
        server = smtplib.SMTP(host, parts.port or 587, timeout=TIMEOUT)
    with server:
        server.ehlo()
        encrypted = parts.scheme == "smtps"
        if not encrypted and server.has_extn("starttls"):
            server.starttls(context=secure)
            server.ehlo()
            encrypted = True
        if parts.username:
            if not encrypted:
                raise smtplib.SMTPNotSupportedError("the server offers no encryption, so it gets no password")
            server.login(unquote(parts.username), unquote(parts.password or ""))
        yield server


def _apprise(url: str, subject: str, text: str) -> None:
    import apprise

    with apprise.LogCapture(level=logging.WARNING) as heard:  # type: ignore[no-untyped-call]
        sender = apprise.Apprise()
        if not sender.add(url):
            raise Permanent("Apprise does not know the URL")
        if not sender.notify(title=subject, body=text):
            raise Temporary(heard.getvalue().strip()[-500:] or "Apprise could not send it")


def _readable(reason: bytes | str) -> str:
    return reason.decode(errors="replace") if isinstance(reason, bytes) else reason
