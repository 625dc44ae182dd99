"""The machine: its cores, what a process uses of it, and how it is described."""

import os
import platform
import sqlite3
import subprocess
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

LOAD_CORE, BOT_CORE = 0, 1


def has_two_cores() -> bool:
    return hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) >= 2


def keep_to(core: int) -> Callable[[], None] | None:
    """Keeps the calling process to one core; None where the system has no say in it, or one core only."""
    return (lambda: os.sched_setaffinity(0, {core})) if has_two_cores() else None


def cpu_seconds(pid: int) -> float:
    """Of all threads of the process so far; 0 where the system does not say."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mib(pid: int) -> dict[str, float]:
    """`peak` and `now`, resident, in MiB; empty where the system does not say."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return {}
    found = dict(line.split(":", 1) for line in lines if ":" in line)
    names = {"peak": "VmHWM", "now": "VmRSS"}
    return {name: int(found[key].split()[0]) / 1024 for name, key in names.items()}


def describe() -> dict[str, str]:
    """What stands beside figures: processor, cores, system and versions; no names, no paths."""
    return {
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "system": f"{_system()}, Linux {platform.release().partition('-')[0]}"
        if platform.system() == "Linux"
        else platform.platform(terse=True),
        "Python": platform.python_version(),
        "Node": _said("node", "--version"),
        "SQLite": sqlite3.sqlite_version,
        **{name: version(name) for name in ("aiohttp", "sqlalchemy", "uvloop", "botbuilder-core")},
    }


def commit() -> str:
    """Which code this is; "changed" where it is not quite that."""
    named = _said("git", "rev-parse", "--short", "HEAD")
    changed = _said("git", "status", "--porcelain", "--untracked-files=no", "--", "*.py")
    return f"{named}, changed" if changed and changed != "none" else named


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return platform.system()


def _said(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "none"
