"""Many owners who fill in needs reports, by typing or on cards, as the channel brings it to the bot."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count, cycle
from typing import Any

from domain import register as registered
from domain.access import OPERATOR, Role, RoleKind
from domain.forum import load_forum
from domain.messages import Identity
from play import activities
from play.activities import Scene
from play.people import Bot, Person
from play.world import Conversation, Kind
from store import enrolment, register
from store.work import Store, Work

Json = dict[str, Any]

# Every question of a Dekom report of two years with one university, in the order of asking; what is known of the
# person is not asked.
ANSWERS: Mapping[str, str] = {
    "scheme": "decentralised",
    "measure_title": "Lesing i alle fag",
    "other_owners": "1841",
    "units": "Skole A\nSkole B",
    "participants_staff": "120",
    "private_invited": "no",
    "private_invited_how": "Ingen av dem har ungdomstrinn.",
    "need_description": "Vi ser at mange elever på mellomtrinnet forstår for lite av fagtekstene. " * 4,
    "need_evidence": "Nasjonale prøver og kartlegging høsten 2022",
    "plan_anchor": "Oppvekstplan for regionen, vedtatt 2021",
    "special_challenge": "Mange små skoler.",
    "sami_perspective": "Samisk innhold i to av samlingene.",
    "staff_involved": "Drøftet i personalmøte på hver skole i september og oktober.",
    "union_involved": "yes",
    "union_involved_on": "2022-11-15",
    "union_involved_text": "Møte i november.",
    "goal": "Elevene forstår det de leser i alle fag.",
    "measures": "Fire samlinger i året, og utprøving i klassene mellom samlingene.",
    "collective_process": "Hele personalet prøver ut og deler i faste møter.",
    "reach_to_classroom": "Lærerne observerer hverandre og justerer.",
    "evaluation_plan": "Ny kartlegging hver høst og samtaler med elevene.",
    "parallel_measures": "0",
    "coordinator": "no",
    "priority_by_network": "1",
    "uh_partner": "nord",
    "uh_dialogue": "Møter; enige om innhold og arbeidsdeling.",
    "uh_dialogue_on": "2022-12-01",
    "duration_years": "2",
    "prior_commitment": "Ingen",
    "attachments": "Kartlegging 2022 https://example.org/kartlegging",
    "budget_owner.2023": "700 000,-",
    "budget_uh.nord.2023": "0,5 mill",
    "own_contribution.2023": "210'",
    "own_contribution_kind.2023": "cash",
    "budget_owner.2024": "600 000",
    "budget_uh.nord.2024": "400 000",
    "own_contribution.2024": "180 000",
    "own_contribution_kind.2024": "working_hours",
    "declaration": "ja",
    "declaration_name": "Rådgiver skole",
}
TYPED = ("ny behovsmelding", "skriv", *ANSWERS.values())
ALL_ANSWERED = "Alt er besvart"
# One text of each page, which is another each time, so that every press has something to save.
CHANGED = (
    "measure_title",
    "units",
    "need_evidence",
    "staff_involved",
    "goal",
    "uh_dialogue",
    "prior_commitment",
    "budget_uh.nord.2023",
    "budget_uh.nord.2024",
)


@dataclass(slots=True)
class Owner:
    """One person in their chat with the bot. `card`: the one before them."""

    person: Person
    conversation: Conversation
    bot: Bot
    service_url: str
    card: Json = field(default_factory=dict)
    words: Iterator[str] = field(default_factory=lambda: cycle(TYPED))
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def types(self, text: str | None = None) -> Json:
        """The next words of the report, or these."""
        said = next(self.words) if text is None else text
        return activities.message(self._scene(), self._id(), said, mentions_bot=False)

    def presses(self) -> Json:
        """On to the next page with this one filled in, and from the last page back to the first."""
        buttons = {action["verb"]: action["data"] for action in self.card["actions"]}
        verb = "next" if "next" in buttons else "goto"
        inputs = {each["id"]: each.get("value", "") for each in _inputs(self.card["body"])}
        inputs |= {"go_to": "who"} if verb == "goto" else self._filled_in(inputs)
        data = buttons[verb] | {name: text for name, text in inputs.items() if text}
        action = {"type": "Action.Execute", "verb": verb, "data": data}
        return activities.execution(self._scene(), self._id(), action, card_id="card")

    def _filled_in(self, inputs: Mapping[str, str]) -> dict[str, str]:
        return {name: self._text(name) for name in inputs if name in ANSWERS}

    def _text(self, name: str) -> str:
        if name not in CHANGED:
            return ANSWERS[name]
        number = next(self.numbers)
        return str(300_000 + number) if name.startswith("budget") else f"{ANSWERS[name]} {number}"

    def _scene(self) -> Scene:
        return Scene(self.person, self.conversation, self.bot, self.service_url, datetime.now(UTC))

    def _id(self) -> str:
        return f"{self.person.handle}-{next(self.numbers)}"


def _inputs(elements: Any) -> Iterator[Json]:
    for element in elements:
        if element["type"].startswith("Input."):
            yield element
        yield from _inputs(element.get("items", ()))


def owners(name: str, number: int, service_url: str, words: tuple[str, ...] = TYPED) -> list[Owner]:
    """People who say these words, over and over."""
    people = [Person.named(f"{name}-{place}") for place in range(number)]
    return [
        Owner(
            person,
            Conversation(f"a:{person.handle}", Kind.PERSONAL, person.name),
            Bot(),
            service_url,
            words=cycle(words),
        )
        for person in people
    ]


async def enrol(database_url: str, known: list[Owner]) -> None:
    """Have the owners in the register of a new database, each with their account, as contacts of Bodø."""
    store = Store(database_url)
    await store.start()
    try:
        await store.work(
            lambda work: _enrol(work, known),
            actor=OPERATOR.person_id,
            cause="benchmark",
            now=datetime.now(UTC),
        )
    finally:
        await store.close()


def _enrol(work: Work, known: list[Owner]) -> None:
    people = [each.person for each in known]
    register.seed(
        work,
        load_forum("nordland").organisations(),
        [registered.Person(p.handle, p.name, "nb", f"{p.handle}@example.org", "00 00 00 01") for p in people],
        [(person.handle, Role(RoleKind.OWNER_CONTACT, "1804")) for person in people],
    )
    soon = work.now + timedelta(minutes=1)
    for person in people:
        enrolment.issue(work, person.handle, selector=person.handle, salt=b"", digest=b"", expires_at=soon)
        code = enrolment.candidate(work.connection, person.handle, work.now)
        assert code is not None
        enrolment.bind(work, code, Identity(person.tenant_id, str(person.object_id)), work.now)
