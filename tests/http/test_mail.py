"""Handing a mail over: a real SMTP server, its faults, and what Python's own parser reads in what has come."""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from bot.mail import AWAY, Mailer, Patience, one_line, read_url
from dialogs.mails import Mail
from dialogs.papers import File
from domain.errors import Fault, SendFailed
from play.loopback import HOST
from play.post_office import DROPPED, NO_SUCH_PERSON, NOT_NOW, Mishap, PostOffice, Step
from scheduler.delivery import ENOUGH_OF_LEASE, STORE_PATIENCE

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SENDER = "forum@example.org"
TEXT = "Hei, Kåre!\n\nBodø kommune har sendt inn «Lesing i alle fag».\n\n.\n\nHelsing\nSamarbeidsforum\n"
MAIL = Mail("kari@example.org", "Behovsmelding sendt inn (2023-DEKOM-001)", TEXT, "nb")
SHORT = Patience(reach=0.3, address=0.3, hand_over=0.3)


@dataclass(slots=True)
class Seconds:
    at: float = 0.0

    def __call__(self) -> float:
        return self.at


def a_mailer(
    url: str,
    *,
    seconds: Callable[[], float] = Seconds(),  # noqa: B008 - stands still
    tls: ssl.SSLContext | None = None,
    patience: Patience = SHORT,
) -> Mailer:
    server = read_url(url)
    assert server is not None
    return Mailer(server, SENDER, now=lambda: NOW, seconds=seconds, tls=tls, patience=patience)


async def fault_of(mailer: Mailer, mail: Mail = MAIL) -> tuple[Fault, str]:
    with pytest.raises(SendFailed) as failed:
        await mailer.send(mail, "notice.7.1")
    return failed.value.fault, failed.value.code


@pytest.fixture
async def office() -> AsyncIterator[PostOffice]:
    async with PostOffice() as office:
        yield office


# What arrives.


async def test_a_mail_arrives_as_it_was_written(office: PostOffice) -> None:
    """Among it a line that is only a full stop, which ends a message where nobody takes care."""
    assert await a_mailer(office.url).send(MAIL, "notice.7.1") == "<notice.7.1@example.org>"
    (letter,) = office.letters
    assert (letter.sender, letter.to, letter.subject) == (SENDER, MAIL.to, MAIL.subject)
    assert letter.text == TEXT
    assert letter.raw.isascii()


async def test_headers_name_nobody_but_the_address(office: PostOffice) -> None:
    await a_mailer(office.url).send(MAIL, "notice.7.1")
    (letter,) = office.letters
    assert dict(letter.message.items()) == {
        "From": "Samarbeidsforum <forum@example.org>",
        "To": "kari@example.org",
        "Subject": "Behovsmelding sendt inn (2023-DEKOM-001)",
        "Date": "Tue, 24 Nov 2026 12:00:00 +0000",
        "Message-ID": "<notice.7.1@example.org>",
        "Content-Language": "nb",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": "quoted-printable",
        "MIME-Version": "1.0",
    }


async def test_a_file_comes_as_it_was_beside_the_words(office: PostOffice) -> None:
    content = "BEGIN:VCALENDAR\r\nSUMMARY:Møte i Bodø\r\nEND:VCALENDAR\r\n".encode()
    file = File("møte-2023.ics", "text/calendar", lambda: content)
    await a_mailer(office.url).send(replace(MAIL, file=file), "notice.7.1")
    (letter,) = office.letters
    assert letter.text == TEXT
    assert letter.files == {"møte-2023.ics": ("text/calendar", content)}
    assert letter.raw.isascii()


async def test_a_mail_that_is_sent_again_is_the_same_mail(office: PostOffice) -> None:
    mailer = a_mailer(office.url)
    for key in ("notice.7.1", "notice.7.1", "notice.8.1"):
        await mailer.send(MAIL, key)
    first, again, other = office.letters
    assert first.raw == again.raw
    assert other.message["Message-ID"] == "<notice.8.1@example.org>"


HOSTILE = [
    "Sak\r\nBcc: felle@example.org",
    "Sak\nBcc: felle@example.org",
    "Sak\rBcc: felle@example.org",
    "Sak\r\n\r\nNytt innhold",
    "Sak\x0bBcc: felle@example.org\x0c\x85\u2028\u2029",
    "Sak\x00\x1b[2J",
    "=?utf-8?q?Sak=0ABcc=3A_felle=40example=2Eorg?=",
    "Lesing " * 300,
]


@pytest.mark.parametrize("subject", HOSTILE)
async def test_a_subject_begins_no_header(office: PostOffice, subject: str) -> None:
    await a_mailer(office.url).send(replace(MAIL, subject=subject), "notice.7.1")
    (letter,) = office.letters
    assert "Bcc" not in letter.message
    assert (letter.text, office.to("felle@example.org")) == (TEXT, [])
    assert letter.subject == one_line(subject)


@pytest.mark.parametrize(
    "to",
    [
        "kari@example.org\r\nRCPT TO:<felle@example.org>",
        "kari@example.org>\r\nDATA\r\n",
        "kari@example.org, felle@example.org",
        "Kari <kari@example.org>",
        "<kari@example.org>",
        "kari",
        "@example.org",
        "kåre@example.org",
        "kari@",
        "kari@ex ample.org",
        "kari@" + "a" * 70 + ".org",
        "",
    ],
)
async def test_what_is_no_address_is_never_sent_to(office: PostOffice, to: str) -> None:
    assert await fault_of(a_mailer(office.url), replace(MAIL, to=to)) == (Fault.BLOCKED, "address")
    assert (office.connections, office.letters) == (0, [])


async def test_a_domain_with_norwegian_letters_is_written_as_servers_know_it(office: PostOffice) -> None:
    await a_mailer(office.url).send(replace(MAIL, to="post@bodø.example"), "notice.7.1")
    assert [letter.to for letter in office.letters] == ["post@xn--bod-2na.example"]


# What goes wrong.

FAULTS: dict[str, tuple[Mishap, Fault, str]] = {
    "hello: 421": (Mishap(Step.HELLO, "421 4.3.2 Closing"), Fault.UNSENT, "421"),
    "hello: 550": (Mishap(Step.HELLO, "550 5.7.1 Not you"), Fault.UNSENT, "550"),
    "hello: hung up": (Mishap(Step.HELLO, hang_up=True), Fault.UNSENT, "SMTPServerDisconnected"),
    "hello: late": (Mishap(Step.HELLO, late_seconds=9), Fault.UNSENT, "TimeoutError"),
    "sender: 451": (Mishap(Step.SENDER, "451 4.7.1 Later"), Fault.UNSENT, "451"),
    "sender: 553": (Mishap(Step.SENDER, "553 5.1.8 Unknown sender"), Fault.REJECTED, "553"),
    "sender: hung up": (Mishap(Step.SENDER, hang_up=True), Fault.UNSENT, "SMTPServerDisconnected"),
    "sender: late": (Mishap(Step.SENDER, late_seconds=9), Fault.UNSENT, "TimeoutError"),
    "recipient: 451": (NOT_NOW, Fault.UNSENT, "451"),
    "recipient: 550": (NO_SUCH_PERSON, Fault.BLOCKED, "550"),
    "recipient: hung up": (Mishap(Step.RECIPIENT, hang_up=True), Fault.UNSENT, "SMTPServerDisconnected"),
    "recipient: late": (Mishap(Step.RECIPIENT, late_seconds=9), Fault.UNSENT, "TimeoutError"),
    "message: 452": (Mishap(Step.MESSAGE, "452 4.3.1 Full"), Fault.UNSENT, "452"),
    "message: 554": (Mishap(Step.MESSAGE, "554 5.6.0 No"), Fault.REJECTED, "554"),
    "message: hung up": (DROPPED, Fault.AMBIGUOUS, "SMTPServerDisconnected"),
    "message: late": (Mishap(Step.MESSAGE, late_seconds=9, is_kept=True), Fault.AMBIGUOUS, "TimeoutError"),
    "message: strange": (Mishap(Step.MESSAGE, "299 Perhaps", is_kept=True), Fault.AMBIGUOUS, "299"),
}


@pytest.mark.parametrize("name", FAULTS)
async def test_what_goes_wrong_is_said_in_our_words(office: PostOffice, name: str) -> None:
    """Only once the message itself was under way can it be that it arrived all the same."""
    mishap, fault, code = FAULTS[name]
    office.plan(mishap)
    assert await fault_of(a_mailer(office.url)) == (fault, code)
    assert [letter.to for letter in office.letters] == ([MAIL.to] if mishap.is_kept else [])


async def test_what_was_taken_is_sent_whatever_comes_after(office: PostOffice) -> None:
    """The server hangs up where it should say goodbye."""

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 ready\r\n")
        while line := await reader.readline():
            match line[:4]:
                case b"QUIT":
                    break
                case b"DATA":
                    writer.write(b"354 go on\r\n")
                    await reader.readuntil(b"\r\n.\r\n")
                    writer.write(b"250 taken\r\n")
                case _:
                    writer.write(b"250 fine\r\n")
        writer.transport.abort()

    async with a_server(relay) as url:
        assert await a_mailer(url).send(MAIL, "notice.7.1") == "<notice.7.1@example.org>"


@asynccontextmanager
async def a_server(
    talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[str]:
    server = await asyncio.start_server(talk, HOST, 0)
    async with server:
        yield f"smtp://{HOST}:{server.sockets[0].getsockname()[1]}"


async def test_a_server_that_is_away_is_left_alone_for_a_while() -> None:
    """One that never says a word would else hold up every tick for everybody."""
    met, is_over = [], asyncio.Event()

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        met.append(writer)
        await is_over.wait()
        writer.close()

    clock = Seconds()
    async with a_server(say_nothing) as url:
        mailer = a_mailer(url, seconds=clock)
        assert await fault_of(mailer) == (Fault.UNSENT, "TimeoutError")
        clock.at = AWAY.total_seconds() - 0.001
        assert await fault_of(mailer) == (Fault.UNSENT, "away")
        assert len(met) == 1
        clock.at = AWAY.total_seconds()
        assert await fault_of(mailer) == (Fault.UNSENT, "TimeoutError")
        assert len(met) == 2
        is_over.set()


async def test_one_address_that_is_refused_holds_up_no_other(office: PostOffice) -> None:
    mailer = a_mailer(office.url)
    office.plan(NOT_NOW, NO_SUCH_PERSON)
    assert (await fault_of(mailer))[0] is Fault.UNSENT
    assert (await fault_of(mailer))[0] is Fault.BLOCKED
    await mailer.send(MAIL, "notice.7.1")
    assert len(office.letters) == 1


async def test_nobody_listens_and_the_log_says_so(caplog: pytest.LogCaptureFixture) -> None:
    assert await fault_of(a_mailer(f"smtp://{HOST}:1")) == (Fault.UNSENT, "SMTPConnectError")
    (record,) = [record for record in caplog.records if record.name == "bot.mail"]
    assert (record.getMessage(), record.levelno) == ("mail.no_server", logging.ERROR)


def test_a_mail_and_its_mark_fit_into_what_is_left_of_a_lease() -> None:
    whole = Patience()
    seconds = whole.reach + 2 * whole.address + whole.hand_over + whole.goodbye
    assert seconds <= (ENOUGH_OF_LEASE - STORE_PATIENCE).total_seconds()


# The way to the server.


def a_certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """For a server on loopback, and for a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "post.example.org")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    pem, secret = folder / "post.pem", folder / "post.key"
    pem.write_bytes(certificate.public_bytes(Encoding.PEM))
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem, secret)
    return server, ssl.create_default_context(cafile=str(pem))


@pytest.mark.parametrize("is_starttls", [False, True])
async def test_an_encrypted_way(tmp_path: Path, is_starttls: bool) -> None:
    server, trusting = a_certificate(tmp_path)
    async with PostOffice(tls=server, is_starttls=is_starttls) as office:
        await a_mailer(office.url, tls=trusting, patience=Patience()).send(MAIL, "notice.7.1")
        assert len(office.letters) == 1


@pytest.mark.parametrize("is_starttls", [False, True])
async def test_a_certificate_that_nobody_trusts_gets_nothing(tmp_path: Path, is_starttls: bool) -> None:
    server, _ = a_certificate(tmp_path)
    async with PostOffice(tls=server, is_starttls=is_starttls) as office:
        fault, _ = await fault_of(a_mailer(office.url, patience=Patience()))
        assert (fault, office.letters) == (Fault.UNSENT, [])


async def test_without_encryption_there_is_no_mail_where_it_is_asked_for(office: PostOffice) -> None:
    """A server, or somebody before it, that offers none. Nothing goes in clear instead."""
    url = office.url.replace("smtp://", "smtp+starttls://")
    assert await fault_of(a_mailer(url)) == (Fault.UNSENT, "SMTPException")
    assert office.letters == []


@pytest.mark.parametrize(("password", "count"), [("hemmelig", 1), ("feil", 0)])
async def test_a_login(tmp_path: Path, password: str, count: int) -> None:
    server, trusting = a_certificate(tmp_path)
    async with PostOffice(tls=server, is_starttls=True, login=("bot", "hemmelig")) as office:
        url = office.url.replace("hemmelig", password)
        sending = a_mailer(url, tls=trusting, patience=Patience()).send(MAIL, "notice.7.1")
        (outcome,) = await asyncio.gather(sending, return_exceptions=True)
        assert len(office.letters) == count
        if not count:
            assert isinstance(outcome, SendFailed)
            assert (outcome.fault, outcome.code) == (Fault.UNSENT, "535")


@pytest.mark.parametrize(
    ("url", "host", "port", "user"),
    [
        ("smtp://127.0.0.1:2525", "127.0.0.1", 2525, None),
        ("smtp://localhost", "localhost", 25, None),
        ("smtps://mail.example.org", "mail.example.org", 465, None),
        ("smtp+starttls://bot%40x:hemmelig@mail.example.org/", "mail.example.org", 587, "bot@x"),
    ],
)
def test_an_address_of_a_server(url: str, host: str, port: int, user: str | None) -> None:
    server = read_url(url)
    assert server is not None
    assert (server.host, server.port, server.user) == (host, port, user)
    assert "hemmelig" not in repr(server)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mail.example.org",
        "http://mail.example.org",
        "smtp://",
        "smtp://:25",
        "smtp://host:99999",
        "smtp://host:x",
        "smtps://bot@host",
        "smtps://:hemmelig@host",
        "smtps://host/inbox",
        "smtps://host?tls=no",
        "smtps://host#1",
    ],
)
def test_what_is_no_address_of_a_server(url: str) -> None:
    assert read_url(url) is None
