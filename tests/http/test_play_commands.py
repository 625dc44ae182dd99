"""The two commands as processes: one window plays, the other chats."""

import asyncio
import json
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

# The real edge with a tiny bot behind it; `main` is how a command line calls the commands.
PROGRAM = """
import argparse, sys
from play import commands
from tests.http.test_play_run import TinyBot
parser = argparse.ArgumentParser()
commands.add_commands(parser.add_subparsers())
arguments = parser.parse_args()
more = {"bot": TinyBot().start} if arguments.run is commands.run_play else {}
sys.exit(arguments.run(arguments, **more))
"""


async def start(*arguments: str) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, *arguments, stdin=PIPE, stdout=PIPE, stderr=PIPE
    )


async def read_to(process: Process, word: str) -> list[str]:
    assert process.stdout is not None
    lines: list[str] = []
    while not lines or word not in lines[-1]:
        line = await process.stdout.readline()
        assert line, lines
        lines.append(line.decode().rstrip("\n"))
    return lines


def text_of(file: Path) -> str:
    return file.read_text(encoding="utf-8")


@pytest.fixture
def setup_file(tmp_path: Path) -> Path:
    return tmp_path / "oppsett.yml"


@pytest.fixture
async def play(setup_file: Path) -> AsyncIterator[tuple[Process, list[str]]]:
    process = await start("play", "--port", "0", "--bot-port", "0", "--playground", str(setup_file))
    yield process, await read_to(process, "disable-telemetry")
    if process.returncode is None:
        process.kill()
        await process.wait()


async def test_play_and_chat(play: tuple[Process, list[str]], setup_file: Path) -> None:
    process, welcome = play
    assert welcome[0] == (
        "Prøvestedet er åpent. Dagen er 16.01.2023. Alt her er eksempler; det lagres bare til du avslutter."
    )
    assert "  eier-bodo" in "\n".join(welcome)
    assert json.loads(text_of(setup_file))["currentUser"]["name"].startswith("Kontakt for Bodø")
    port = next(line for line in welcome if "forumbot chat" in line).split()[-1]

    chat = await start("chat", "--as", "eier-bodo", "--port", port)
    out, err = await chat.communicate(b"kort\n:1 Bedre lesing\n:trykk Neste\n")
    assert (chat.returncode, err) == (0, b"")
    lines = out.decode().splitlines()[1:]
    # What the bot posts after its answer comes when it comes, but before the end.
    lines.remove("Samarbeidsforum: Kvittering")
    assert lines == [
        "--- samtale med boten ---",
        "--- kort 1 ---",
        "[1] Mål:",
        "(1) Neste",
        "---",
        "[1] Mål: Bedre lesing",
        "--- kort 1 ---",
        "[1] Mål:",
        "(1) etter next",
        "---",
    ]

    process.send_signal(signal.SIGTERM)
    assert await process.wait() == 0


async def test_a_taken_port_is_told() -> None:
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    process = await start("play", "--port", str(port), "--bot-port", "0")
    out, err = await process.communicate()
    server.close()
    await server.wait_closed()
    assert (process.returncode, out) == (1, b"")
    assert err.decode().startswith("Prøvestedet kom ikke i gang")


async def test_a_wrong_call_exits_with_two() -> None:
    process = await start("play", "--on", "i går")
    _, err = await process.communicate()
    assert (process.returncode, b"--on" in err) == (2, True)
