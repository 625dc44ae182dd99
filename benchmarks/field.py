"""Where turns are measured: what bots talk to, a database, and the bots' processes, which end with it."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson

from benchmarks import starting
from benchmarks.load import Kind, Load, WentWrong, queued
from benchmarks.owners import ALL_ANSWERED, TYPED, Owner, enrol, owners
from benchmarks.services import Services, serving
from benchmarks.starting import Started, started
from store.migrations import migrate


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured. `warm_up`, `seconds`: of each variant, once and in each round."""

    rounds: int = 7
    seconds: float = 3.0
    warm_up: float = 1.0
    connections: int = 16
    people_each: int = 4
    turns: int = 10_000  # before memory is looked at; five times as many afterwards
    cases: int = 100_000  # the most, when status is asked
    notices: int = 1_000  # in each round, to as many people; ten times as many while others want answers
    reminders: int = 10_000  # that are due at once
    per_second: int = 49  # the pace, where there is one; Microsoft permits 50
    is_alone: bool = False  # without the peers


@dataclass(slots=True)
class Field:
    services: Services
    folder: Path
    stack: AsyncExitStack
    extent: Extent

    def crowd(self, name: str, service_url: str, words: tuple[str, ...] = TYPED) -> list[Owner]:
        return owners(name, self.extent.connections * self.extent.people_each, service_url, words)

    async def database(self, known: list[Owner], name: str = "forumbot") -> str:
        """The address of a new one that knows these."""
        empty, url = self.folder / "empty.db", f"sqlite:///{self.folder / name}.db"
        if not empty.exists():
            migrate(f"sqlite:///{empty}")
        shutil.copy(empty, self.folder / f"{name}.db")
        await enrol(url, known)
        return url

    async def ours(self, module: str, database_url: str, service_url: str, **more: str) -> Started:
        return await self._start(
            self.our_command(module, database_url, service_url), starting.environment(self.services) | more
        )

    def our_command(self, module: str, database_url: str, service_url: str) -> list[str]:
        python = starting.our_python(is_alone=self.extent.is_alone)
        return starting.our_bot(
            python, module, self.folder, self.services, database_url=database_url, service_url=service_url
        )

    async def peer(
        self, name: str, script: str, *, is_registered: bool = False, **more: str
    ) -> Started | None:
        """None: not on this machine, or not wanted."""
        command = self.peer_command(name, script)
        if command is None:
            return None
        about = starting.environment(self.services, is_registered=is_registered)
        return await self._start(command, about | more)

    def peer_command(self, name: str, script: str) -> list[str] | None:
        return None if self.extent.is_alone else starting.peer(name, script)

    async def _start(self, command: list[str], environment: Mapping[str, str]) -> Started:
        return await self.stack.enter_async_context(started(command, environment))

    def load(self, bot: Started, crowd: list[Owner], kind: Kind, authorization: str | None = None) -> Load:
        return Load(bot.url, bot.pid, queued(crowd, self.extent.connections), kind, authorization)

    def signed(self, service_url: str) -> str:
        return f"Bearer {self.services.issuer.token(service_url)}"

    def forged(self, service_url: str) -> str:
        """A good token whose signature was changed."""
        signed, _, signature = self.services.issuer.token(service_url).rpartition(".")
        return f"Bearer {signed}.{signature[10:20]}{signature[10:]}"

    async def check_typing(self, typing: Load, owner: Owner) -> None:
        """One whole report, to see that the answers are understood.

        Raises: WentWrong.
        """
        for _ in TYPED:
            await typing.send(owner, orjson.dumps(owner.types()))
        said = self.services.sent_to(owner.conversation.id)["text"]
        if ALL_ANSWERED not in said:
            raise WentWrong(said)

    async def deal_cards(self, pressing: Load, crowd: list[Owner]) -> None:
        """Begin a report on a card for everybody."""
        for owner in crowd:
            await pressing.send(owner, orjson.dumps(owner.types("ny behovsmelding")))
            sent = self.services.sent_to(owner.conversation.id)
            owner.card = sent["attachments"][0]["content"]


@asynccontextmanager
async def field(extent: Extent) -> AsyncIterator[Field]:
    with tempfile.TemporaryDirectory(prefix="forumbot-benchmarks-") as folder:
        async with serving(Path(folder)) as services, AsyncExitStack() as stack:
            yield Field(services, Path(folder), stack, extent)
