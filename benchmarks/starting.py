"""Bots, and other things that are measured, each in a process of its own on the one core."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.machine import BOT_CORE, keep_to
from benchmarks.services import Services
from play.people import APP_ID, TENANT

PEERS = Path(__file__).with_name("peers")
ROOT = PEERS.parent.parent
_START_SECONDS = 90.0  # for the tests, on a machine that has much else to do
_LOCK = ROOT / "requirements.lock"
_STAMP = "made-from"


class DidNotStart(Exception):  # noqa: N818 - says what happened
    """What was to be measured said nothing, and ended or was ended."""


@dataclass(frozen=True, slots=True)
class Started:
    """A process that has said its first line. `url`: that line."""

    process: asyncio.subprocess.Process
    url: str

    @property
    def pid(self) -> int:
        return self.process.pid

    async def line(self) -> str:
        """The next line that it prints."""
        assert self.process.stdout is not None
        return (await self.process.stdout.readline()).decode().strip()

    async def ask(self, question: str) -> Any:
        """Write a line to it, and read one line of JSON."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{question}\n".encode())
        return json.loads(await self.line())


@asynccontextmanager
async def started(command: list[str], environment: Mapping[str, str] | None = None) -> AsyncIterator[Started]:
    """What it writes to stderr goes nowhere: a bot that is measured writes a log.

    Raises: DidNotStart.
    """
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=None if "BENCH_TALK" in os.environ else subprocess.DEVNULL,
        env={**os.environ, **(environment or {})},
        preexec_fn=keep_to(BOT_CORE),
    )
    try:
        yield Started(process, await _first_line(process, command))
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _first_line(process: asyncio.subprocess.Process, command: list[str]) -> str:
    assert process.stdout is not None
    try:
        async with asyncio.timeout(_START_SECONDS):
            line = (await process.stdout.readline()).decode().strip()
    except TimeoutError:
        line = ""
    if not line:
        raise DidNotStart(" ".join(command))
    return line


# Ours


def our_python(*, is_alone: bool) -> str:
    """The interpreter of an environment with nothing but what the bot needs: what is installed beside it is loaded too
    where a library of ours makes use of it. `is_alone`: this one will do."""
    return sys.executable if is_alone else str(_environment(PEERS / "ours", _LOCK))


def our_bot(
    python: str, module: str, folder: Path, services: Services, *, database_url: str, service_url: str
) -> list[str]:
    """The command of one of `benchmarks/bots`, with its settings in the folder."""
    settings = {
        "env": "development",
        "database_url": database_url,
        "app_id": APP_ID,
        "app_type": "SingleTenant",
        "tenant_id": TENANT,
        "service_hosts": [service_url.rstrip("/").removeprefix("http://")],
        "openid_metadata_url": services.metadata_url,
        "port": 0,
        "link_key": "0" * 64,
        "log_key": "1" * 64,
    }
    file = folder / f"{module}-{service_url.partition(':')[0]}.json"
    file.write_text(json.dumps(settings), encoding="utf-8")
    return [python, "-m", f"benchmarks.bots.{module}", str(file)]


def environment(services: Services, *, is_registered: bool = False) -> dict[str, str]:
    """For a bot: which authority to trust, and where Microsoft's login hosts are.

    `is_registered`: have a peer check tokens and fetch its own, as a bot in production must.
    """
    authority = str(services.authority)
    registration = {"BENCH_APP_ID": APP_ID, "BENCH_TENANT": TENANT} if is_registered else {}
    return registration | {
        "BENCH_LOGIN_PORT": services.login_port,
        "SSL_CERT_FILE": authority,
        "REQUESTS_CA_BUNDLE": authority,
        "NODE_EXTRA_CA_CERTS": authority,
        "PYTHONPATH": os.pathsep.join((str(PEERS), str(ROOT))),
    }


# Peers


def peer(name: str, script: str) -> list[str] | None:
    """The command of a peer in its own environment, which is made if it is not there; None: not on this machine."""
    folder = PEERS / name
    if script.endswith(".js"):
        return _node(folder, script)
    return [str(_environment(folder, folder / "requirements.txt")), str(folder / script)]


def _environment(folder: Path, requirements: Path) -> Path:
    """The interpreter of the folder's environment, which is made if it is not there or of other requirements."""
    made, wanted = folder / ".venv", requirements.read_text()
    python = made / "bin" / "python"
    if not _is_made(made, wanted):
        _tell(f"making the environment {folder.name}")
        venv.create(made, with_pip=True, clear=True)
        _run([str(python), "-m", "pip", "install", "-qq", "--require-hashes", "-r", str(requirements)], PEERS)
        (made / _STAMP).write_text(wanted)
    return python


def _node(folder: Path, script: str) -> list[str] | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    wanted = (folder / "package-lock.json").read_text()
    if not _is_made(folder / "node_modules", wanted):
        _tell("making the environment node")
        _run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], folder)
        (folder / "node_modules" / _STAMP).write_text(wanted)
    return [node, str(folder / script)]


def _is_made(made: Path, wanted: str) -> bool:
    stamp = made / _STAMP
    return stamp.is_file() and stamp.read_text() == wanted


def _tell(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def _run(command: list[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
