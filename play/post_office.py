"""A mail server on the loopback address that keeps what it takes, and mishaps that a test can order."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from enum import StrEnum
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from play.loopback import HOST


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it came. `message` is what Python's own parser reads in it."""

    sender: str
    to: str
    raw: bytes
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        """With the line ends of this machine."""
        body = self.message.get_body(("plain",))
        assert body is not None
        return str(body.get_content()).replace("\r\n", "\n")

    @property
    def files(self) -> dict[str, tuple[str, bytes]]:
        """What is attached, by name: its media type, and what is in it."""
        return {
            str(part.get_filename()): (part.get_content_type(), bytes(part.get_payload(decode=True)))
            for part in self.message.iter_attachments()
        }


class Step(StrEnum):
    """Where in the talk with a client."""

    HELLO = "hello"
    SENDER = "sender"
    RECIPIENT = "recipient"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Mishap:
    """One step goes wrong: late, refused or hung up on. `is_kept`: the message is taken all the same."""

    step: Step
    answer: str = ""
    late_seconds: float = 0.0
    hang_up: bool = False
    is_kept: bool = False


NO_SUCH_PERSON = Mishap(Step.RECIPIENT, "550 5.1.1 No such person here")
NOT_NOW = Mishap(Step.RECIPIENT, "451 4.7.1 Try again later")
DROPPED = Mishap(Step.MESSAGE, hang_up=True)


@dataclass(slots=True)
class _Planned:
    mishap: Mishap
    left: int


class PostOffice:
    """`tls` encrypts: at once, or after STARTTLS, and then `login` names the user and password that are asked for."""

    def __init__(
        self,
        *,
        tls: ssl.SSLContext | None = None,
        is_starttls: bool = False,
        login: tuple[str, str] | None = None,
    ) -> None:
        self.letters: list[Letter] = []
        self.url = ""
        self.connections = 0
        self.told: Callable[[], None] = lambda: None  # called when something has come
        self._tls, self._is_starttls, self._login = tls, is_starttls, login
        self._planned: list[_Planned] = []
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        at_once = self._tls if not self._is_starttls else None
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connection, HOST, 0, ssl=at_once)
        port = self._server.sockets[0].getsockname()[1]
        scheme = "smtp" if self._tls is None else "smtp+starttls" if self._is_starttls else "smtps"
        login = "{}:{}@".format(*self._login) if self._login else ""
        self.url = f"{scheme}://{login}{HOST}:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    def plan(self, *mishaps: Mishap, times: int = 1) -> None:
        """What is to go wrong, in this order; what nothing is planned for goes well."""
        self._planned += [_Planned(mishap, times) for mishap in mishaps]

    def to(self, address: str) -> list[Letter]:
        """What has come for one address, oldest first."""
        return [letter for letter in self.letters if letter.to == address]

    def _connection(self) -> SMTP:
        self.connections += 1
        return SMTP(
            _Clerk(self),
            hostname="post.example.org",
            ident="play",
            tls_context=self._tls if self._is_starttls else None,
            require_starttls=self._is_starttls,
            auth_required=self._login is not None,
            auth_require_tls=self._is_starttls,
            authenticator=self._knows if self._login else None,
            loop=asyncio.get_running_loop(),
        )

    def _knows(self, server: SMTP, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
        assert self._login is not None
        expected = LoginPassword(*(part.encode() for part in self._login))
        return AuthResult(success=given == expected, handled=False)

    def _next_for(self, step: Step) -> Mishap | None:
        planned = next((each for each in self._planned if each.mishap.step is step), None)
        if planned is None:
            return None
        planned.left -= 1
        if planned.left == 0:
            self._planned.remove(planned)
        return planned.mishap


class _Clerk:
    """What the server does at each step of one connection; the names are those that aiosmtpd looks for."""

    def __init__(self, office: PostOffice) -> None:
        self._office = office

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        refused = await self._mishap(server, Step.HELLO)
        return [refused] if refused else responses

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if refused := await self._mishap(server, Step.SENDER):
            return refused
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if refused := await self._mishap(server, Step.RECIPIENT):
            return refused
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        mishap = self._office._next_for(Step.MESSAGE)
        if mishap is None or mishap.is_kept:
            self._keep(envelope)
        return (await self._carry_out(server, mishap) if mishap else "") or "250 OK"

    def _keep(self, envelope: Any) -> None:
        message = message_from_bytes(envelope.content, policy=policy.default)
        for address in envelope.rcpt_tos:
            letter = Letter(str(envelope.mail_from), str(address), envelope.content, message)
            self._office.letters.append(letter)
        self._office.told()

    async def _mishap(self, server: SMTP, step: Step) -> str:
        """The answer that refuses; empty: it goes well."""
        mishap = self._office._next_for(step)
        return await self._carry_out(server, mishap) if mishap else ""

    async def _carry_out(self, server: SMTP, mishap: Mishap) -> str:
        await asyncio.sleep(mishap.late_seconds)
        if mishap.hang_up and isinstance(server.transport, asyncio.WriteTransport):
            server.transport.abort()
            await asyncio.Event().wait()  # the server ends this task with the connection
        return mishap.answer
