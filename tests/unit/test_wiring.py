"""Which time it is for the bot."""

from datetime import UTC, date, datetime

import pytest

from bot.settings import Env, Settings, load
from bot.wiring import Machine, domain_clock, machine_now
from domain.errors import Final

IN_2023 = datetime(2023, 6, 1, 12, tzinfo=UTC)
A_REHEARSAL = Machine(now=lambda: IN_2023)


def settings(env: Env) -> Settings:
    return load({"env": env, "database_url": "sqlite:///never-opened.db"})


def test_a_rehearsal_has_its_own_time_outside_production() -> None:
    assert domain_clock(settings(Env.DEVELOPMENT), None, A_REHEARSAL)() == IN_2023
    assert domain_clock(settings(Env.PRODUCTION), None) is machine_now


@pytest.mark.parametrize(("on", "machine"), [(date(2023, 1, 16), Machine()), (None, A_REHEARSAL)])
def test_nobody_moves_the_time_in_production(on: date | None, machine: Machine) -> None:
    with pytest.raises(Final):
        domain_clock(settings(Env.PRODUCTION), on, machine)
