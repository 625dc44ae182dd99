"""What the tests of rights and of forged cards share: one town with a case, a draft, and a card of every kind."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from dialogs.texts import texts
from domain.access import Role
from domain.demo import demo_register
from domain.messages import Address, Joined, Left, Message, Pressed, Reply, Said, Scope, Turn
from domain.register import Person
from store import cards, drafts, enrolment, outbox, register, roster, views
from store.cards import CardInstance
from store.tables import draft as draft_table
from store.tables import metadata
from store.tables import outbox as outbox_table
from store.work import Work
from tests.conversations.dekom import LAST, PAGES
from tests.conversations.harness import MACHINE_NOW, Talk, Town, buttons_on, identity_of, standing_in
from tests.conversations.test_mass import propose
from tests.conversations.test_needs_report import fill_in

OWNER = "eier-bodo"
T = texts("nb")

Contents = Mapping[str, list[tuple[Any, ...]]]

NOTED = frozenset({"activity", "conversation"})  # that something came, and from where
SHOWN = frozenset({"card_instance", "focus", "offered"})  # what is before a person now


async def contents(town: Town, *, but: frozenset[str] = NOTED) -> Contents:
    """Everything in the database, but for these tables."""

    def read(connection: Connection) -> Contents:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
            if table.name not in but
        }

    return await town.store.read(read)


async def kept(town: Town) -> Contents:
    """What must not change when no more than the present state is shown."""
    return await contents(town, but=NOTED | SHOWN)


async def answer(
    town: Town,
    person_id: str,
    happening: Said | Pressed | Joined | Left,
    *,
    activity_id: str = "",
    **address: Any,
) -> Reply:
    """One turn of that person in the personal chat, or wherever `address` says otherwise."""
    place: Address = replace(town.person(person_id).address, **address)
    return await town.turns.answer(
        Turn(
            activity_id=activity_id or town.new_id(),
            received_at=town.at,
            identity=identity_of(person_id),
            address=place,
            happening=happening,
            correlation_id="c",
            invoked=isinstance(happening, Pressed),
        )
    )


def said(reply: Reply) -> str:
    return "\n\n".join(message.text for message in reply.messages)


def alike(reply: Reply, *told: str) -> list[tuple[str, str]]:
    """The reply without what two equal answers may differ in: the ids of new cards, and what was asked for."""
    pattern = "|".join(["id-[0-9]+", *map(re.escape, told)])
    return [
        (re.sub(pattern, "…", message.text), re.sub(pattern, "…", str(message.card)))
        for message in reply.messages
    ]


NEUTRAL = Reply((Message(T("say.unknown_card")),))
IN_PUBLIC: Mapping[str, Any] = {
    "channel": {"scope": Scope.CHANNEL, "conversation_id": "19:forum@thread.tacv2;messageid=1"},
    "group": {"scope": Scope.GROUP, "conversation_id": "19:group@thread.v2"},
}


@dataclass(frozen=True, slots=True)
class Posted:
    """A card as somebody has it before them: its row's id, its buttons, and what stands in its fields."""

    id: str
    verbs: tuple[str, ...]
    inputs: Mapping[str, str]
    holder: str = OWNER

    def pressed(self, verb: str, **inputs: str) -> Pressed:
        return Pressed(verb, self.id, {**self.inputs, **inputs})


def posted(card: Mapping[str, Any] | None, holder: str = OWNER, **typed: str) -> Posted:
    """The buttons of a card, and with them the refresh that a client asks for by itself; where they have rows of their
    own, those of the first. `typed`: into its fields."""
    assert card is not None
    actions = [*buttons_on(card), *([card["refresh"]["action"]] if "refresh" in card else [])]
    id_ = actions[0]["data"]["ci"]
    standing = {field: text for field, text in standing_in(card).items() if text}
    return Posted(
        id_,
        tuple(action["verb"] for action in actions if action["data"]["ci"] == id_),
        standing | typed,
        holder,
    )


TITLE = "Regning i alle fag"  # of the draft; the case has another
CASE = "2023-DEKOM-001"


async def furnish(town: Town) -> dict[str, Posted]:
    """File a case, begin another draft, and leave a card of every kind before the owner."""
    owner = town.person(OWNER)
    shown = {"case": await _filed(owner)}
    case = owner.card
    shown["page"] = await _draft_page(owner)
    for name, button in (("review", "Oppsummering"), ("discard", "Kast utkastet")):
        await owner.presses(button)
        shown[name] = posted(owner.card)
    await owner.presses("Nei, behold det")
    await owner.presses("Svar ved å skrive")
    shown["typing"] = posted(owner.card)
    await owner.presses("Trekk saken", on=case)
    shown["withdrawal"] = posted(owner.card)
    await owner.says("mine saker")
    shown["draft"] = posted(owner.card)
    await owner.says("liste")
    shown["paper"] = posted(owner.card)
    await owner.says("hjelp")
    shown["menu"] = posted(owner.card)
    return shown


# What the other contact was to be told of the case did not reach them.
_NOT_REACHED = (
    update(outbox_table)
    .where(outbox_table.c.recipient == "eier-bodo-2", outbox_table.c.kind == "receipt_copy")
    .values(state="dropped", reason="no_chat", finished_at=bindparam("at"), phone_at=bindparam("at"))
)


async def furnish_office(town: Town) -> dict[str, Posted]:
    """In a furnished town, leave a card of every kind of theirs before the secretariat, and before a university that is
    let in. What is asked is filled in, so that each could be pressed to the end."""
    staff, nord = town.person("sekretariat"), town.person("uh-nord")
    await town.person(OWNER).says("del utkastet")
    shown: dict[str, Posted] = {}

    def keep(name: str, talk: Talk, **typed: str) -> None:
        shown[name] = posted(talk.card, talk.person_id, **typed)

    await staff.says("rolle")
    keep("role", staff, person="eier-rana", kind="owner_contact", where="1841", why="Ny i jobben")
    await staff.says(CASE)
    keep("staff's case", staff)
    await staff.presses("Trekk saken")
    keep("staff's withdrawal", staff)
    await staff.says(f"send tilbake {CASE}")
    keep("send_back, fields", staff, fields="goal")
    await staff.presses("Neste", {"fields": "goal"})
    keep("send_back, reasons", staff, **{"reason.goal": "Si mer."})
    await staff.presses("Neste", {"reason.goal": "Si mer."})
    keep("send_back, review", staff, answer_by_on="1. mars")
    await staff.presses("Svar ved å skrive")
    keep("staff's typing", staff)
    await staff.says(f"rett sak {CASE}")
    keep("correction, review", staff, correction_reason="Feil navn.")
    await staff.presses("Gå til siden", {"go_to": "who"})
    keep("correction, page", staff, contact_name="En annen")
    await staff.says("registrer for eier")
    keep("on_behalf, page", staff, measure_title="På vegne av")
    await staff.says("oppsummering")
    keep("on_behalf, review", staff)
    await staff.says("utsett frist")
    keep("extension", staff, owner="1804", deadline_on="1. mars", why="Sykdom")
    await staff.presses("Kast utkastet")
    keep("staff's discard", staff)
    await staff.says("flytt dato")
    await staff.presses("Neste", {"event": "region_yh_autumn"})
    keep("move_event", staff, first_on="11. oktober")
    await staff.presses("Se hva det betyr", {"first_on": "11. oktober"})
    keep("move", staff)
    await staff.says("hvem mangler")
    keep("answer", staff)
    await staff.says("årshjul 2024")
    keep("year", staff)
    await propose(staff, "eier-rana", subject="first")
    keep("batch", staff)
    await propose(staff, "eier-rana", subject="second")
    await staff.presses("Send til 1")
    keep("batch, going", staff)
    (who,) = (each for each in buttons_on(staff.card or {}) if each["verb"] == "ask")
    shown["batch, who"] = Posted(who["data"]["ci"], ("ask",), {}, staff.person_id)
    await town.work(lambda work: work.connection.execute(_NOT_REACHED, {"at": town.at}) and None)
    await staff.says("ringeliste")
    keep("phone", staff)
    shown["reminders"] = Posted(await card_row(town, "reminders", ""), ("weekly", "last"), {})
    shown["elsewhere"] = Posted(
        await card_row(town, "elsewhere", "2023|needs_report_deadline|1804"), ("not_this_year", "show"), {}
    )
    await nord.says(CASE)
    keep("partner's case", nord)
    await nord.says("mine saker")
    await nord.presses("Les utkast 1")
    keep("reading", nord)
    await nord.says(f"bekreft {CASE}")
    keep("part", nord)
    await nord.presses("Foreslå en retting")
    keep("university_part", nord, **{"budget_uh.nord.2023": "450 000", "reason": "Færre timer."})
    shown["proposal"] = await _proposal(town)
    return shown | await _meetings(town) | await _report(town)


async def _report(town: Town) -> dict[str, Posted]:
    """What an owner has reported on its grant in the autumn, as the university has it; each button has its own row."""
    now, town.at = town.at, datetime(2023, 9, 4, 9, tzinfo=UTC)
    grants = demo_register(town.house.forum).grants
    await town.work(lambda work: roster.seed_grants(work, grants))
    owner, nord = town.person("eier-friskole"), town.person("uh-nord")
    await owner.says("halvårsrapport")
    answers = {
        "status": "green",
        "activities": "To samlinger.",
        "participants_staff": "40",
        "unspent_risk": "no",
    }
    await owner.presses("Send inn halvårsrapporten", answers)
    await nord.says("halvårsrapport 2")
    town.at = now
    assert nord.card is not None
    confirm, change = (
        Posted(each["data"]["ci"], (each["verb"],), {}, nord.person_id) for each in buttons_on(nord.card)
    )
    return {"report": confirm, "report, change": change}


async def _meetings(town: Town) -> dict[str, Posted]:
    """A meeting that is called, one that is asked about and one with dates to choose from, as staff and those whom they
    are for have them; each button of the invited has its own row."""
    staff, shown = town.person("sekretariat"), dict[str, Posted]()

    async def opened(meeting_id: str, *titles: str, **typed: str) -> None:
        await staff.says("møte")
        await staff.presses("Åpne møtet", {"meeting": meeting_id})
        for title in titles:
            await staff.presses(title, typed)

    async def asked(name: str, person_id: str) -> Talk:
        talk = town.person(person_id)
        await talk.says("språk bokmål")
        await talk.says("innkallinger")
        shown[name] = posted(talk.card, person_id)
        return talk

    await staff.says("møte")
    shown["meeting_list"] = posted(staff.card, staff.person_id, meeting="2023-committee_evaluation")
    town.at += timedelta(minutes=1)  # "send ut" lets the newest go
    await opened("2023-region_lofoten", "Spør om behov")
    await staff.says("send ut")
    await asked("meeting_need", "eier-vagan")
    town.at += timedelta(minutes=1)
    await opened("2023-region_narvik", "Legg ut datoer")
    await staff.presses("Gå videre", {"dates": "12. april 9-11\n13. april 9-11"})
    await staff.says("send ut")
    await asked("meeting_poll", "eier-narvik")
    town.at += timedelta(minutes=1)
    await opened("2023-committee_evaluation")
    shown["meeting"] = posted(staff.card, staff.person_id)
    await staff.presses("Kall inn")
    await staff.says("send ut")
    member = await asked("invitation", "medlem-skole")
    await member.presses("En annen kommer")
    shown["meeting_write"] = posted(member.card, member.person_id, substitute="Kari Nordmann")
    now, town.at = town.at, datetime(2023, 5, 24, 9, tzinfo=UTC)
    await opened("2023-committee_evaluation", "Før oppmøtet")
    shown["meeting_attendance"] = posted(staff.card, staff.person_id)
    await staff.says("avbryt")
    town.at = now
    return shown


async def _proposal(town: Town) -> Posted:
    """What the other university proposes, as the owner has it."""
    uit = town.person("uh-uit")
    await uit.says(f"bekreft {CASE}")
    await uit.presses("Foreslå en retting")
    await uit.presses(
        "Send forslaget til eieren", {"budget_uh.uit.2023": "160 000", "reason": "Flere timer."}
    )
    pending = await town.store.read(lambda c: outbox.in_state(c, outbox.OutboxState.PENDING))
    (payload,) = [row.payload for row in pending if (row.kind, row.recipient) == ("part_proposed", OWNER)]
    page = str(payload["confirmation"])
    return Posted(await card_row(town, "proposal", str(payload["draft"]), page=page), ("take_over",), {})


async def _filed(owner: Talk) -> Posted:
    await fill_in(owner)
    await owner.presses("Send inn", LAST)
    return posted(owner.card)


# What a second report of the same network must have of its own.
OTHERWISE = {"measure_title": TITLE, "priority_by_network": "2"}


async def _draft_page(owner: Talk) -> Posted:
    """The page of a draft that could be filed as it is, but for its declaration."""
    await fill_in(owner, tuple(page | OTHERWISE for page in PAGES))
    await owner.presses("Gå til siden", {"go_to": "measure"})
    return posted(owner.card)


async def card_row(town: Town, kind: str, subject: str, *, page: str = "") -> str:
    """A card of the owner's about something that no card of theirs should be about."""
    row = CardInstance(
        id=town.new_id(),
        kind=kind,
        subject=subject,
        page=page,
        person_id=OWNER,
        conversation_id=town.person(OWNER).address.conversation_id,
        shown={},
        typed={},
        made_at=town.at,
    )
    await town.work(lambda work: cards.add(work, row))
    return row.id


async def draft_of(town: Town, person_id: str = OWNER) -> drafts.Draft:
    """The one draft that the person began and that is open."""
    own = select(draft_table.c.id).where(draft_table.c.author == person_id, draft_table.c.state == "open")
    draft = await town.store.read(lambda c: drafts.get(c, c.execute(own).scalar_one()))
    assert draft is not None
    return draft


async def number_of_cases(town: Town) -> int:
    counts = await town.store.read(lambda connection: views.round_counts(connection, 2023))
    return sum(count.cases for count in counts)


async def add_person(town: Town, person_id: str, *roles: Role) -> None:
    """Somebody more, known to the bot."""

    def add(work: Work) -> None:
        register.seed(work, (), [Person(person_id, person_id, "nb")], [(person_id, role) for role in roles])
        expires_at = MACHINE_NOW + timedelta(days=1)
        enrolment.issue(work, person_id, selector=person_id, salt=b"", digest=b"", expires_at=expires_at)
        code = enrolment.candidate(work.connection, person_id, MACHINE_NOW)
        assert code is not None
        enrolment.bind(work, code, identity_of(person_id), MACHINE_NOW)

    await town.work(add)


async def end_roles(town: Town, person_id: str, last_day: date) -> None:
    def end(work: Work) -> None:
        for role_id in register.roles(work.connection, person_id):
            register.end_role(work, role_id, last_day)

    await town.work(end)
