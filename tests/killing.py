"""Processes that die. Each is forked off one in which the program is loaded: to load it takes longer than they live."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from typing import Any

from play.run import settings_for
from play.teams import Teams

Json = dict[str, Any]

_LIVES = multiprocessing.get_context("forkserver")
_LIVES.set_forkserver_preload(
    [
        "tests.conversations.victim",
        "tests.http.victim_of_delivery",
        "tests.http.victim_of_import",
        "tests.store.victim",
        "tests.store.victim_of_backup",
    ]
)

pipe = _LIVES.Pipe


def begun(life: Callable[..., None], *given: object) -> BaseProcess:
    process = _LIVES.Process(target=life, args=given, daemon=True)
    process.start()
    return process


def killed(life: Callable[..., None], *given: object) -> None:
    """Live it to its end, which must be a violent one."""
    process = begun(life, *given)
    process.join()
    assert process.exitcode == -signal.SIGKILL


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def settings_to_hand_over(teams: Teams, url: str, configuration_url: str) -> Json:
    """Of a bot in another process, as `load` takes them."""
    settings = settings_for(teams, database_url=url, port=0)
    given = settings.model_dump(mode="json", exclude_none=True, exclude={"tenants"})
    return given | {
        "database_url": url,
        "openid_metadata_url": configuration_url,
        "link_key": "l" * 64,
        "log_key": "k" * 64,
    }
