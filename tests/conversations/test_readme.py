"""The README's conversations can be had word for word: the program is started as it says, and typed into as it says."""

import asyncio
import re
import shlex
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = Path(sys.executable).with_name("forumbot")


@dataclass(frozen=True, slots=True)
class Session:
    """One command of a `console` block: what is typed into it and what the README shows of the answer."""

    command: str
    typed: tuple[str, ...]
    shown: tuple[str, ...]


def sessions() -> list[Session]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found: list[Session] = []
    for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL):
        for part in block.split("$ ")[1:]:
            command, *lines = part.splitlines()
            typed = tuple(line.removeprefix("> ") for line in lines if line.startswith("> "))
            shown = tuple(line for line in lines if line and not line.startswith("> "))
            found.append(Session(command, typed, shown))
    return found


@asynccontextmanager
async def stand_in() -> AsyncIterator[int]:
    """`forumbot play` on ports of its own; gives the one that `chat` needs."""
    process = await asyncio.create_subprocess_exec(
        PROGRAM, "play", "--port", "0", "--bot-port", "0", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            while (
                found := re.search(r"--port (\d+)", line := (await process.stdout.readline()).decode())
            ) is None:
                assert line, "forumbot play ended"
        yield int(found[1])
    finally:
        process.terminate()
        await process.communicate()


async def had(session: Session, port: int) -> str:
    words = shlex.split(session.command)
    typed = "".join(f"{line}\n" for line in session.typed)
    if "<" in words:
        typed = (ROOT / words[words.index("<") + 1]).read_text(encoding="utf-8")
        words = words[: words.index("<")]
    assert words[0] == ".venv/bin/forumbot"
    process = await asyncio.create_subprocess_exec(
        PROGRAM,
        *words[1:],
        "--port",
        str(port),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate(typed.encode())
    assert process.returncode == 0
    return said.decode().replace("\xa0", " ")


async def test_the_conversations_of_the_readme_can_be_had() -> None:
    """Every line that the README shows comes, in its order."""
    found = sessions()
    assert [len(session.typed) for session in found] == [11, 0, 2]
    async with stand_in() as port:
        for session in found:
            said, place = await had(session, port), 0
            for line in session.shown:
                place = said.find(line, place) + len(line)
                assert place >= len(line), f"{line!r} is not in what was said to {session.command!r}:\n{said}"
