"""E-mail, the second way to reach people: one message on one connection, handed to the mail server of the settings.

Nothing is tried twice here: who sends knows whether a second try can do harm. What goes wrong is said in the words of
the chat service (`Fault`), so that one table decides what to do about it.
"""

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from enum import StrEnum
from urllib.parse import unquote, urlsplit

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from bot.teams.watch import Unwatched, Watch
from dialogs.mails import Mail
from domain.errors import Fault, SendFailed

log = logging.getLogger(__name__)

OUR_NAME = "Samarbeidsforum"
AWAY = timedelta(minutes=1)  # so long a server that did not answer is left alone


class Security(StrEnum):
    """How the way to the server is protected, by the scheme of its address."""

    NONE = "smtp"
    STARTTLS = "smtp+starttls"
    TLS = "smtps"


PORTS = {Security.NONE: 25, Security.STARTTLS: 587, Security.TLS: 465}


@dataclass(frozen=True, slots=True)
class MailServer:
    host: str
    port: int
    security: Security
    user: str | None = None
    password: str | None = field(default=None, repr=False)


def read_url(url: str) -> MailServer | None:
    """`smtps://<user>:<password>@<host>:<port>`, parts of user and password percent-encoded. None: that is not one."""
    try:
        parts = urlsplit(url)
        security, port = Security(parts.scheme), parts.port
    except ValueError:
        return None
    has_half_a_login = bool(parts.username) != bool(parts.password)
    if not parts.hostname or has_half_a_login or parts.path not in ("", "/") or parts.query or parts.fragment:
        return None
    user, password = (unquote(part) if part else None for part in (parts.username, parts.password))
    return MailServer(parts.hostname, port or PORTS[security], security, user, password)


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds for each part. Together they fit into a lease with the mark (`scheduler.delivery.ENOUGH_OF_LEASE`)."""

    reach: float = 8  # connect, encrypt, log in
    address: float = 6  # each of sender and recipient
    hand_over: float = 18  # servers look for viruses before they say yes
    goodbye: float = 1


class Mailer:
    """Sends mails in the name of `sender`. `now` and `seconds` are the machine's clocks.

    `tls`: whom to trust, by default the authorities that the machine trusts. A certificate is always checked.
    """

    def __init__(
        self,
        server: MailServer,
        sender: str,
        *,
        now: Callable[[], datetime],
        seconds: Callable[[], float],
        tls: ssl.SSLContext | None = None,
        patience: Patience | None = None,
        watch: Watch | None = None,
    ) -> None:
        self._server, self._sender = server, sender
        self._now, self._seconds = now, seconds
        self._tls = tls or ssl.create_default_context()
        self._patience = patience or Patience()
        self._watch = watch or Unwatched()
        self._away_until = float("-inf")

    async def send(self, mail: Mail, key: str) -> str:
        """Hand it over; gives its Message-ID, which is the same for the same `key` (of letters, digits and dots), so
        that a mail that is sent again is known as the same.

        Raises: SendFailed - UNSENT: no server, or not now; BLOCKED: the address is not taken; REJECTED: the message
            or we are not taken; AMBIGUOUS: it may have been delivered.
        """
        started, outcome = self._seconds(), "sent"
        try:
            return await self._send(mail, key)
        except SendFailed as failure:
            outcome = failure.fault.value
            raise
        except BaseException:
            outcome = "broken_off"
            raise
        finally:
            self._watch.sent("mail", outcome, self._seconds() - started)

    async def _send(self, mail: Mail, key: str) -> str:
        to = _on_the_wire(mail.to)
        message_id = f"<{key}@{self._sender.rpartition('@')[2]}>"
        raw = self._written(mail, to, message_id)
        if self._seconds() < self._away_until:
            raise SendFailed(Fault.UNSENT, code="away")
        client = self._client()
        try:
            await self._reach(client)
            await self._hand_over(client, to, raw)
            await _goodbye(client, self._patience.goodbye)
        finally:
            client.close()
        return message_id

    async def _reach(self, client: SMTP) -> None:
        """Whatever a server says before it knows what we want: later, or when the settings are mended."""
        try:
            await _step(_hello(client), self._patience.reach, refused=Fault.UNSENT)
        except SendFailed as failure:
            # Loudly: it may be the password, and then every mail waits until somebody mends it.
            log.error("mail.no_server", extra={"code": failure.code})
            self._away_until = self._seconds() + AWAY.total_seconds()
            raise

    async def _hand_over(self, client: SMTP, to: str, raw: bytes) -> None:
        wait = self._patience
        await _step(client.mail(self._sender), wait.address, refused=Fault.REJECTED)
        await _step(client.rcpt(to), wait.address, refused=Fault.BLOCKED)
        await _step(client.data(raw), wait.hand_over, refused=Fault.REJECTED, lost=Fault.AMBIGUOUS)

    def _client(self) -> SMTP:
        server = self._server
        return SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.security is Security.TLS,
            start_tls=server.security is Security.STARTTLS,
            tls_context=self._tls,
            local_hostname=self._sender.rpartition("@")[2],  # else the name of the machine is told
            timeout=None,  # a step has a time limit as a whole
        )

    def _written(self, mail: Mail, to: str, message_id: str) -> bytes:
        """Of the person there is nothing in the headers but the address. All of it is ASCII on the way."""
        message = EmailMessage(WIRE)
        message["From"] = Address(OUR_NAME, addr_spec=self._sender)
        message["To"] = Address(addr_spec=to)
        message["Subject"] = one_line(mail.subject)
        message["Date"] = self._now()
        message["Message-ID"] = message_id
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no "I am on holiday" in return
        message["X-Auto-Response-Suppress"] = "All"  # the same for Exchange
        message.set_content(mail.text, cte="quoted-printable")  # which takes away other Content- headers
        message["Content-Language"] = mail.language
        if mail.file:
            main, _, sub = mail.file.media_type.partition("/")
            message.add_attachment(mail.file.make(), maintype=main, subtype=sub, filename=mail.file.name)
        return message.as_bytes()


def one_line(text: str) -> str:
    """The same words on one line: what stands in a header must not be able to begin another one, nor be read as code
    for something else (`=?utf-8?…?=`)."""
    line = "".join(char for char in " ".join(text.split()) if char.isprintable())
    return line.replace("=?", "= ?")


def _on_the_wire(address: str) -> str:
    """Raises: SendFailed - BLOCKED: no server could take it."""
    name, _, domain = address.rpartition("@")
    try:
        wire = f"{name}@{domain.encode('idna').decode()}"
        wire.encode("ascii")
        return Address(addr_spec=wire).addr_spec
    except (MessageError, ValueError, IndexError) as error:
        raise SendFailed(Fault.BLOCKED, code="address") from error


async def _step(
    asked: Awaitable[object], seconds: float, *, refused: Fault, lost: Fault = Fault.UNSENT
) -> None:
    """One part of the talk with the server: `refused` is what its final no means, `lost` what no answer means."""
    try:
        async with asyncio.timeout(seconds):
            await asked
    except SMTPResponseException as answer:
        fault = {4: Fault.UNSENT, 5: refused}.get(answer.code // 100, lost)
        raise SendFailed(fault, code=str(answer.code)) from answer
    except (SMTPException, OSError) as error:  # among them TimeoutError and a certificate that does not hold
        raise SendFailed(lost, code=type(error).__name__) from error


async def _hello(client: SMTP) -> None:
    await client.connect()
    if client.is_ehlo_or_helo_needed:
        await client.ehlo()


async def _goodbye(client: SMTP, seconds: float) -> None:
    """It has been taken already, whatever comes of this."""
    try:
        async with asyncio.timeout(seconds):
            await client.quit()
    except (SMTPException, OSError):
        return
