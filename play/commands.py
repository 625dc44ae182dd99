"""`forumbot play` and `forumbot chat`; `forumbot rehearse` comes from beside."""

import argparse
import asyncio
import os
import signal
import sys
import tempfile
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TextIO
from urllib.parse import urlsplit

import aiohttp

from bot.settings import WrongSettings
from play.api import TIMEOUT, Api, NotRunning
from play.bot import start_bot
from play.loopback import HOST, NotLoopback
from play.people import Person
from play.proxy import MESSAGES_PATH, configuration
from play.rehearsal.command import add_command as add_rehearsal
from play.run import BOT_PORT, FIRST_DAY, PORT, STRANGER, StartBot, playing
from play.script import Script
from play.teams import Teams
from play.terminal import Terminal

FAILED, WRONG_CALL = 1, 2
LINGER_SECONDS = 1


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add them; the function to run stands in `run` of the parsed arguments and gives the exit status."""
    play = commands.add_parser(
        "play",
        help="prøv boten her på maskinen, uten Teams",
        description="Starter boten med et prøvested i stedet for Teams. Bare på denne maskinen.",
    )
    play.add_argument(
        "--on", type=date.fromisoformat, default=FIRST_DAY, metavar="DATO", help="dagen det er (2023-01-16)"
    )
    play.add_argument("--host", default=HOST, help=f"adressen til prøvestedet ({HOST})")
    play.add_argument("--port", type=int, default=PORT, help=f"porten til prøvestedet ({PORT})")
    play.add_argument("--bot-port", type=int, default=BOT_PORT, help=f"porten til boten ({BOT_PORT})")
    play.add_argument("--keep", type=Path, metavar="FIL", help="behold databasen i filen til neste gang")
    play.add_argument(
        "--playground",
        type=Path,
        metavar="FIL",
        help="skriv oppsettet for Microsofts Agents Playground til filen, og vis hvordan det startes",
    )
    play.set_defaults(run=run_play)

    chat = commands.add_parser(
        "chat",
        help="snakk med boten som en av personene i prøvestedet",
        description="En samtale i terminalen med boten som «forumbot play» har startet. Skriv :hjelp der.",
    )
    chat.add_argument("--as", dest="person", required=True, metavar="PERSON", help="for eksempel eier-bodo")
    chat.add_argument("--port", type=int, default=PORT, help=f"porten til prøvestedet ({PORT})")
    chat.add_argument("--json-lines", action="store_true", help="linjer med JSON inn og ut, for skript")
    chat.set_defaults(run=run_chat)

    add_rehearsal(commands)


# forumbot play


def run_play(arguments: argparse.Namespace, *, bot: StartBot = start_bot) -> int:
    if os.environ.get("FORUMBOT_ENV", "").strip().casefold() == "production":
        return _fail(
            "Prøvestedet slipper inn hvem som helst, og starter ikke når FORUMBOT_ENV er production."
        )
    try:
        with tempfile.TemporaryDirectory(prefix="forumbot-") as folder:
            file = arguments.keep or Path(folder) / "play.db"
            asyncio.run(_play(arguments, f"sqlite:///{file.absolute()}", bot))
    except NotLoopback as error:
        return _fail(f"{error} er ikke denne maskinen selv. Bruk {HOST}.", WRONG_CALL)
    except OSError as error:
        return _fail(f"Prøvestedet kom ikke i gang: {error.strerror or error}.")
    except WrongSettings as error:
        return _fail(f"Innstillingene stemmer ikke:\n{error}")
    except KeyboardInterrupt:
        pass
    return 0


async def _play(arguments: argparse.Namespace, database_url: str, bot: StartBot) -> None:
    stopped = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # not on Windows, where Ctrl-C comes as KeyboardInterrupt
            asyncio.get_running_loop().add_signal_handler(each, stopped.set)
    async with playing(
        bot,
        database_url=database_url,
        on=arguments.on,
        host=arguments.host,
        port=arguments.port,
        bot_port=arguments.bot_port,
    ) as teams:
        _welcome(teams, arguments)
        await stopped.wait()


def _welcome(teams: Teams, arguments: argparse.Namespace) -> None:
    people = list(teams.world.people.values())
    width = max(len(person.handle) for person in people)
    port = urlsplit(teams.url).port
    at = "" if port == PORT else f" --port {port}"
    kept = f"i {arguments.keep}" if arguments.keep else "bare til du avslutter"
    lines = [
        f"Prøvestedet er åpent. Dagen er {arguments.on:%d.%m.%Y}. Alt her er eksempler; det lagres {kept}.",
        "",
        *(f"  {person.handle.ljust(width)}  {person.name}" for person in people),
        "",
        f"Vær en av dem i nettleseren:     {teams.url}/",
        f"eller i et annet vindu:          forumbot chat --as {people[0].handle}{at}",
        f"«{STRANGER}» står ikke i registeret. Avslutt med Ctrl-C.",
    ]
    if arguments.playground:
        lines += ["", *_playground(teams, people, arguments.playground)]
    print("\n".join(lines), flush=True)


def _playground(teams: Teams, people: list[Person], file: Path) -> list[str]:
    file.write_text(configuration(teams, people), encoding="utf-8")
    return [
        f"Oppsettet for Agents Playground står i {file}. I samme mappe, med navnet .m365agentsplayground.yml:",
        "  APPLICATION_INSIGHTS_NO_STATSBEAT=true npx --yes @microsoft/m365agentsplayground@0.2.28 start"
        f" -e {teams.url}{MESSAGES_PATH} -c msteams -p 56150 --disable-telemetry",
    ]


# forumbot chat


def run_chat(arguments: argparse.Namespace, *, typed: TextIO | None = None) -> int:
    try:
        return asyncio.run(_chat(arguments, typed or sys.stdin))
    except NotRunning:
        return _fail(
            f"Prøvestedet svarer ikke på http://{HOST}:{arguments.port}. "
            "Start det med «make run» i et annet vindu."
        )
    except KeyboardInterrupt:
        return 0


async def _chat(arguments: argparse.Namespace, typed: TextIO) -> int:
    async with aiohttp.ClientSession(timeout=TIMEOUT) as session:
        api = Api(session, f"http://{HOST}:{arguments.port}", arguments.person)
        people = await api.people()
        if arguments.person not in people:
            known = "\n".join(f"  {handle}  {name}" for handle, name in people.items())
            return _fail(f"Ingen heter «{arguments.person}» her. Velg en av:\n{known}", WRONG_CALL)
        if arguments.json_lines:
            await Script(api, _show).run(_lines(typed), lingers=LINGER_SECONDS)
            return 0
        _show(f"Du er {people[arguments.person]}. Skriv :hjelp for hjelp.")
        is_alive = typed.isatty()
        lingers = 0 if is_alive else LINGER_SECONDS
        await Terminal(api, _show).run(_lines(typed), listens=is_alive, lingers=lingers)
    return 0


async def _lines(typed: TextIO) -> AsyncIterator[str]:
    """Lines as they are typed. Read in a thread that nobody waits for: it may hang in the terminal for ever."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[str | None] = asyncio.Queue()

    def put(line: str | None) -> None:
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(queue.put_nowait, line)

    def read() -> None:
        for line in typed:
            put(line.rstrip("\r\n"))
        put(None)

    threading.Thread(target=read, name="typed", daemon=True).start()
    while (line := await queue.get()) is not None:
        yield line


def _show(line: str) -> None:
    print(line, flush=True)


def _fail(text: str, status: int = FAILED) -> int:
    print(text, file=sys.stderr)
    return status
