"""Links over real HTTP: what is sent to whom, and what everybody else gets (threats.md, 28 and 48)."""

import hashlib
import json
import logging
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from io import BytesIO

import aiohttp
import jwt
import pytest
from aiohttp import web
from openpyxl import load_workbook

from bot.app import serving
from bot.files import Files, Links
from bot.teams.limits import Limits, Window
from dialogs.desk import House, Wanted
from dialogs.texts import texts
from dialogs.turns import Turns
from domain.forum import load_forum
from store import audit, cases
from store.audit import Entry
from tests.conversations.dekom import LAST, PAGES
from tests.conversations.harness import MACHINE_NOW, Talk, Town
from tests.conversations.test_needs_report import fill_in
from tests.dialogs.bench import draft_of, end_roles
from tests.unit.test_paper_report import Read

KEY = "a key that is long enough for signing links with"
CASE = "2023-DEKOM-001"
NB = texts("nb")
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SENT = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Got:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class Office:
    """A town whose links lead to a server of its own, with a machine clock that can be moved."""

    def __init__(self, town: Town, http: aiohttp.ClientSession) -> None:
        self.town = town
        self.http = http
        self.machine: datetime = MACHINE_NOW
        self.seconds = 0.0
        self.links = self.signing("http://not.yet")
        self.house = House(load_forum("nordland"), lambda: self.machine, town.new_id, town.new_code, "nb")
        self.files = Files(
            town.store,
            self.house,
            self.links,
            lambda: town.at,
            limits=Limits(per_person=(Window(60, 5),)),
            seconds=lambda: self.seconds,
        )

    def signing(self, url: str) -> Links:
        return Links(url, KEY, machine_now=lambda: self.machine, new_id=self.town.new_id)

    async def get(self, url: str, method: str = "GET") -> Got:
        async with self.http.request(method, url) as response:
            return Got(response.status, dict(response.headers), await response.read())

    async def downloads(self, subject: str) -> list[Entry]:
        entries = await self.town.store.read(lambda connection: audit.history(connection, subject))
        return [entry for entry in entries if entry.action == "downloaded"]

    async def draft_link(self) -> str:
        """Of a complete draft, as the owner's card has it."""
        owner = self.town.person("eier-bodo")
        await fill_in(owner, PAGES)
        await owner.says("dokument")
        return link(owner)

    async def case_link(self, person_id: str = "eier-bodo") -> str:
        """Of a case, as the card of that person has it."""
        owner, talk = self.town.person("eier-bodo"), self.town.person(person_id)
        await fill_in(owner)
        await owner.presses("Send inn", LAST)
        await talk.says(f"dokument {CASE}")
        return link(talk)

    async def list_link(self, person_id: str = "eier-bodo") -> str:
        talk = self.town.person(person_id)
        await talk.says("liste")
        return link(talk)


def link(talk: Talk) -> str:
    assert talk.card is not None
    address: str = talk.card["actions"][0]["url"]
    return address


@pytest.fixture
async def office(url_of_everybody: str) -> AsyncIterator[Office]:
    town = Town(url_of_everybody)
    await town.start()
    app = web.Application()
    async with aiohttp.ClientSession() as http:
        office = Office(town, http)
        app.add_routes(office.files.routes())
        async with serving(app, "127.0.0.1", 0) as url:
            # Where the links lead is known only now; what reads them looks at the token alone.
            town.turns = Turns(town.store, replace(office.house, link=office.signing(url)))
            yield office
    await town.store.close()


# What is sent


async def test_draft_comes_as_a_file_that_nobody_keeps_and_is_noted(office: Office) -> None:
    got = await office.get(await office.draft_link())
    draft = await draft_of(office.town)
    expected = SENT | {
        "Content-Type": WORD,
        "Content-Disposition": 'attachment; filename="behovsmelding-utkast-2023.docx"',
    }
    assert got.status == 200
    assert {name: got.headers[name] for name in expected} == expected
    assert Read(got.body).headings(1) == ["Behovsmelding: Lesing i alle fag"]
    assert Read(got.body).top == NB("paper.draft")
    (entry,) = await office.downloads(f"draft:{draft.id}")
    assert (entry.actor, entry.detail) == ("eier-bodo", {"what": "draft", "language": "nb"})
    assert re.fullmatch(r"link:id-[0-9]+", entry.cause)


async def test_version_comes_as_it_was_filed(office: Office) -> None:
    got = await office.get(await office.case_link("uh-nord"))
    assert got.headers["Content-Disposition"] == f'attachment; filename="{CASE}-v1.docx"'
    read = Read(got.body)
    assert read.top == NB("paper.filed", number=CASE, version=1)
    assert "Ansvarlig eier: Bodø kommune" in read.text
    assert "Sendt inn av: Kontakt for Bodø kommune (eksempel)" in read.text
    assert read.table[-2][1:] == ["210\xa0000", "180\xa0000", "300\xa0001", "690\xa0001"]
    version = await office.town.store.read(lambda connection: cases.version(connection, CASE, 1))
    assert version is not None
    assert hashlib.sha256(version.report).hexdigest() in read.text
    (entry,) = await office.downloads(f"case:{CASE}")
    assert entry.actor == "uh-nord"
    assert entry.detail == {"what": "version", "language": "nb", "submission": 1}


async def test_list_has_the_cases_that_the_person_may_see(office: Office) -> None:
    await office.case_link()
    numbers = {}
    for person_id in ("eier-bodo", "eier-rana"):
        got = await office.get(await office.list_link(person_id))
        assert got.headers["Content-Type"] == EXCEL
        assert got.headers["Content-Disposition"] == 'attachment; filename="saker-2023-01-16.xlsx"'
        (sheet,) = load_workbook(BytesIO(got.body)).worksheets
        numbers[person_id] = [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)]
        (entry,) = await office.downloads(f"person:{person_id}")
        assert entry.detail == {"what": "list", "language": "nb"}
    assert numbers == {"eier-bodo": [CASE, "I alt"], "eier-rana": ["I alt"]}


async def test_each_language_has_a_link_of_its_own(office: Office) -> None:
    await office.draft_link()
    owner = office.town.person("eier-bodo")
    await owner.says("dokument")
    assert owner.card is not None
    addresses = [each["url"] for each in owner.card["actions"] if "url" in each]
    tops = [Read((await office.get(address)).body).top for address in addresses]
    assert tops == [texts(code)("paper.draft") for code in ("nb", "en", "nn")]


async def test_link_may_be_followed_again_within_its_minutes_and_sends_the_same(office: Office) -> None:
    address = await office.case_link()
    once, again = await office.get(address), await office.get(address)
    assert (again.status, again.body) == (200, once.body)
    assert len(await office.downloads(f"case:{CASE}")) == 2


async def test_draft_that_was_changed_meanwhile_comes_as_it_is_now(office: Office) -> None:
    address = await office.draft_link()
    owner = office.town.person("eier-bodo")
    await owner.says("fortsett")
    await owner.says("endre 2")
    await owner.presses("Lagre", {"measure_title": "Skriving"})
    assert Read((await office.get(address)).body).headings(1) == ["Behovsmelding: Skriving"]


async def test_draft_comes_to_those_who_may_read_it_until_it_is_closed_to_them(office: Office) -> None:
    owner, nord = office.town.person("eier-bodo"), office.town.person("uh-nord")
    await office.draft_link()
    draft = await draft_of(office.town)
    await owner.says("oppsummering")
    await owner.presses("La universitetene lese")
    await nord.says("dokument")
    address = link(nord)
    got = await office.get(address)
    assert got.headers["Content-Disposition"] == 'attachment; filename="behovsmelding-utkast-2023.docx"'
    assert Read(got.body).headings(1) == ["Behovsmelding: Lesing i alle fag"]
    assert [entry.actor for entry in await office.downloads(f"draft:{draft.id}")] == ["uh-nord"]
    await owner.presses("Steng for universitetene")
    got = await office.get(address)
    assert (got.status, NB("paper.no_right") in got.text) == (403, True)
    assert len(await office.downloads(f"draft:{draft.id}")) == 1
    await owner.presses("La universitetene lese")
    assert (await office.get(address)).status == 200


async def test_reader_is_not_told_of_the_owners_other_cases(office: Office) -> None:
    """The measure has the title of an earlier one, of which the owner is warned."""
    await office.case_link()
    owner, fauske = office.town.person("eier-bodo"), office.town.person("eier-fauske")
    await fill_in(owner, tuple(page | {"priority_by_network": "2"} for page in PAGES))
    read = {}
    for talk in (owner, fauske):
        await talk.says("dokument")
        read[talk.person_id] = Read((await office.get(link(talk))).body).text
    warning = NB("warning.title_taken", title="Lesing i alle fag")
    assert {who: warning in text for who, text in read.items()} == {"eier-bodo": True, "eier-fauske": False}


async def test_looking_ahead_is_not_following(office: Office) -> None:
    """A client that only wants to know what is there gets nothing, and nothing is noted."""
    address = await office.case_link()
    got = await office.get(address, "HEAD")
    assert (got.status, got.body) == (405, b"")
    assert await office.downloads(f"case:{CASE}") == []


# What is not


def altered(token: str) -> Iterator[tuple[str, str]]:
    head, claims, signature = token.split(".")
    known = json.loads(urlsafe_b64decode(claims + "=="))
    yield "nothing", "x"
    yield "signature", f"{head}.{claims}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"
    yield "no signature", f"{head}.{claims}."
    yield "claims", f"{head}.{_part({**known, 'sub': 'sekretariat'})}.{signature}"
    yield "another key", jwt.encode(known, "another key that is long enough to sign", "HS256")
    yield "no algorithm", f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(known)}."
    yield "another algorithm", jwt.encode(known, KEY.ljust(64, "x"), "HS512")
    yield "another purpose", jwt.encode({**known, "aud": "forumbot:calendar"}, KEY, "HS256")
    yield "no purpose", jwt.encode({k: v for k, v in known.items() if k != "aud"}, KEY, "HS256")
    yield "no end", jwt.encode({k: v for k, v in known.items() if k != "exp"}, KEY, "HS256")
    yield "an end in words", jwt.encode({**known, "exp": "9999999999"}, KEY, "HS256")
    yield "more claims", jwt.encode({**known, "role": "secretariat"}, KEY, "HS256")
    yield "longer than any", token + "A" * 5_000


def _part(value: dict[str, object]) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


async def test_altered_and_unknown_links_get_one_answer(office: Office) -> None:
    address = await office.case_link()
    place, _, token = address.rpartition("/")
    unknown = await office.get(f"{place}/unknown")
    for name, forged in altered(token):
        got = await office.get(f"{place}/{forged}")
        assert (got.status, got.body) == (404, unknown.body), name
        assert {key: got.headers[key] for key in SENT} == SENT, name
    assert NB("paper.no_such_link") in unknown.text
    assert await office.downloads(f"case:{CASE}") == []
    assert (await office.get(address)).status == 200


async def test_link_is_good_for_its_minutes(office: Office) -> None:
    address = await office.case_link()
    office.machine += timedelta(minutes=15) - timedelta(seconds=1)
    assert (await office.get(address)).status == 200
    office.machine += timedelta(seconds=1)
    got = await office.get(address)
    assert (got.status, got.headers["Content-Type"]) == (410, "text/html; charset=utf-8")
    assert NB("paper.expired") in got.text
    assert '<html lang="nb">' in got.text


@pytest.mark.parametrize("what", ["draft", "case", "list"])
async def test_who_has_lost_the_role_meanwhile_gets_nothing(office: Office, what: str) -> None:
    """By the rights of the day on which the link is followed, in force to the end of the role's last day."""
    address = await getattr(office, f"{what}_link")()
    await end_roles(office.town, "eier-bodo", office.town.at.date())
    assert (await office.get(address)).status == 200
    office.town.at += timedelta(days=1)
    got = await office.get(address)
    assert (got.status, NB("paper.no_right") in got.text) == (403, True)
    assert NB("say.ask_secretariat") in got.text
    assert "Lesing" not in got.text


async def test_link_for_somebody_who_may_not_is_no_key(office: Office) -> None:
    """Were one made by mistake, or a right taken away in the same minute."""
    place = (await office.case_link()).rpartition("/")[0]
    await office.town.person("eier-fauske").says("ny behovsmelding")
    draft = await draft_of(office.town, "eier-fauske")
    wanted = {
        "no case of theirs": Wanted("version", f"{CASE}/1", "eier-rana", "nn"),
        "no version": Wanted("version", f"{CASE}/2", "eier-bodo", "nn"),
        "no case": Wanted("version", "2023-DEKOM-999/1", "eier-bodo", "nn"),
        "somebody else's draft": Wanted("draft", draft.id, "eier-rana", "nn"),
        "no draft": Wanted("draft", "none", "eier-rana", "nn"),
        "nobody": Wanted("list", "", "nobody", "nn"),
    }
    for name, each in wanted.items():
        got = await office.get(f"{place}/{office.links(each).rpartition('/')[2]}")
        assert (got.status, texts("nn")("paper.no_right") in got.text) == (403, True), name
        assert '<html lang="nn">' in got.text, name


async def test_draft_that_was_filed_meanwhile_is_not_a_draft_any_more(office: Office) -> None:
    address = await office.draft_link()
    owner = office.town.person("eier-bodo")
    await owner.says("oppsummering")
    await owner.presses("Send inn", LAST)
    got = await office.get(address)
    assert (got.status, NB("paper.gone") in got.text) == (410, True)


async def test_one_person_cannot_keep_the_bot_busy(office: Office) -> None:
    address, others = await office.case_link(), await office.list_link("sekretariat")
    assert [(await office.get(address)).status for _ in range(6)] == [200] * 5 + [429]
    assert (await office.get(others)).status == 200
    office.seconds += 60
    assert (await office.get(address)).status == 200


async def test_without_a_database_nothing_is_sent(office: Office) -> None:
    address = await office.case_link()
    await office.town.store.close()
    got = await office.get(address)
    assert (got.status, got.headers["Retry-After"]) == (503, "1")
    assert NB("paper.unavailable") in got.text


async def test_log_names_the_route_and_not_the_link(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    address = await office.case_link()
    token = address.rpartition("/")[2]
    with caplog.at_level(logging.DEBUG):
        await office.get(address)
        await office.get(address + "x")
    requests = [record for record in caplog.records if record.name == "bot.app"]
    assert [record.__dict__["route"] for record in requests] == ["/files/{token}"] * 2
    ours = [
        record for record in caplog.records if record.name.partition(".")[0] in ("bot", "dialogs", "store")
    ]
    assert [record for record in ours if token in str(record.__dict__)] == []
