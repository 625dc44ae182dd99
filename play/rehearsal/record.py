"""What the bot told whom by itself, as it arrived, each message with the row of the outbox that it came from."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

from domain.demo import DemoRegister
from domain.forum import load_forum
from play.people import Person
from play.post_office import Letter
from play.rehearsal.people import region_of
from play.rehearsal.stage import FORUM
from play.teams import Teams
from play.world import Activity, Conversation, Kind, Post
from store.outbox import Ended, Way

CHANNEL = "channel:"


@dataclass(frozen=True, slots=True)
class Told:
    """One message. `recipient`: the register's id, or `channel:` and the region. `kind`: empty where no row is known
    that it came from. `times`: how often that row was said already in the same way, this time among them.
    `is_answer_lost`: the bot was not told that it arrived."""

    at: datetime
    kind: str
    recipient: str
    role: str
    region: str
    way: Way
    words: str
    row: Ended | None
    times: int
    is_answer_lost: bool


@dataclass(frozen=True, slots=True)
class _Arrived:
    """As it came, before it is known from where. `id`: what the bot was told that it is called."""

    at: datetime
    recipient: str
    way: Way
    id: str
    words: str
    is_answer_lost: bool = False


class Book:
    """Everything that was told in a year, and every row of the outbox. `sent_as`: the row that went out as that
    activity or mail."""

    def __init__(
        self, teams: Teams, register: DemoRegister, rows: Sequence[Ended], sent_as: Mapping[str, Ended]
    ) -> None:
        self.rows = rows
        self._register = register
        self._regions = {person.id: region_of(register, person.id) for person in register.people}
        self.told = tuple(self._known(sorted(_arrived(teams), key=lambda each: each.at), sent_as))

    def _known(self, arrived: Sequence[_Arrived], sent_as: Mapping[str, Ended]) -> Iterator[Told]:
        said: defaultdict[tuple[str, str], list[Ended]] = defaultdict(list)
        for each in arrived:
            if each.id in sent_as:
                said[each.recipient, each.words].append(sent_as[each.id])
        times: Counter[tuple[int, Way]] = Counter()
        for each in arrived:
            alike = said[each.recipient, each.words]
            row = (
                sent_as.get(each.id)
                or next((row for row in alike if _was_under_way(row, each.at)), None)
                or self._unmarked(each)
                or next(iter(alike), None)
            )
            if row is not None:
                times[row.id, each.way] += 1
            yield Told(
                at=each.at,
                kind=row.kind if row else "",
                recipient=each.recipient,
                role=self._role(each.recipient),
                region=self._regions.get(each.recipient, each.recipient.removeprefix(CHANNEL)),
                way=each.way,
                words=each.words,
                row=row,
                times=times[row.id, each.way] if row else 1,
                is_answer_lost=each.is_answer_lost,
            )

    def _unmarked(self, arrived: _Arrived) -> Ended | None:
        """The row of a message that came, and whose answer never reached the bot: it has no id by that way."""
        candidates = [
            row
            for row in self.rows
            if row.recipient == arrived.recipient
            and (not row.sent_as or row.way is not arrived.way)
            and _was_under_way(row, arrived.at)
        ]
        return candidates[0] if len(candidates) == 1 else None

    def _role(self, recipient: str) -> str:
        roles = self._register.roles_of(recipient)
        return roles[0].kind if roles else ""


def _was_under_way(row: Ended, at: datetime) -> bool:
    return row.created_at <= at and (row.finished_at is None or at <= row.finished_at)


def _arrived(teams: Teams) -> Iterator[_Arrived]:
    lost = {id(call.activity) for call in teams.connector.calls if not 200 <= call.status < 300}
    for conversation in teams.world.conversations.values():
        for post in conversation.posts.values():
            if is_unasked(post):
                yield _Arrived(
                    post.at,
                    _whose(conversation),
                    Way.TEAMS,
                    post.id,
                    words_of(post.activity),
                    is_answer_lost=id(post.activity) in lost,
                )
    handles = {address: handle for handle, address in teams.addresses.items() if address}
    for letter in teams.post_office.letters:
        yield _Arrived(
            _sent_at(letter),
            handles.get(letter.to, letter.to),
            Way.MAIL,
            str(letter.message["Message-ID"]),
            letter.text,
        )


def is_unasked(post: Post) -> bool:
    """Whether the bot wrote it by itself, and not in answer to somebody."""
    return not isinstance(post.sender, Person) and not post.activity.get("replyToId")


def words_of(activity: Activity) -> str:
    """What a message says, whichever card it says it on."""
    attachments = activity.get("attachments") or ()
    said = [str(each["content"].get("fallbackText", "")) for each in attachments if "content" in each]
    return "\n".join(said) or str(activity.get("text") or "")


def _whose(conversation: Conversation) -> str:
    if conversation.kind is Kind.PERSONAL:
        return conversation.people[0].handle
    regions = {region.name.nb: region.key for region in load_forum(FORUM).regions}
    return f"{CHANNEL}{regions.get(conversation.name, '')}"


def _sent_at(letter: Letter) -> datetime:
    return parsedate_to_datetime(str(letter.message["Date"]))
