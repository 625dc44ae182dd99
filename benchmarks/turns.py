"""Turns over HTTP, ours and the peers': plain, over TLS, and with everything slow; and requests that are forged.

The peers' samples check no token and keep nothing, but where it is said that they are registered. Ours checks a token
with each turn, and has committed it with synchronous=FULL before it is answered.
"""

from dataclasses import replace
from functools import partial

from benchmarks import load
from benchmarks.alternate import Figures, Rounds, alternate
from benchmarks.field import Extent, Field, field
from benchmarks.load import Load, WentWrong
from benchmarks.owners import TYPED, Owner
from benchmarks.services import Services

DIALOG = (
    "begin",
    "decentralised",
    "Lesing i alle fag",
    "yes",
    "700000",
    "yes",
)  # of peers/botbuilder/dialog.py
CARD = {  # of peers/botbuilder/invoke.py
    "body": [{"type": "Input.Text", "id": f"field_{number}", "value": "svar " * 10} for number in range(5)],
    "actions": [{"verb": "next", "data": {"card": "1"}}],
}

TYPED_TURN, CARD_STEP, OUR_ECHO = "typed answer", "card step", "our echo"
NO_HEADER, BAD_SIGNATURE = "no header", "bad signature"
SDK_ECHO, SDK_INVOKE, SDK_DIALOG = "SDK echo", "SDK invoke", "SDK dialog"
AGENTS_ECHO, BARE_ECHO, NODE_ECHO = "Agents SDK echo", "bare aiohttp", "Node echo"

_PEERS = (
    (SDK_ECHO, "botbuilder", "echo.py", load.TYPED, TYPED),
    (SDK_INVOKE, "botbuilder", "invoke.py", load.SAME_PRESS, TYPED),
    (SDK_DIALOG, "botbuilder", "dialog.py", load.TYPED, DIALOG),
    (AGENTS_ECHO, "agents", "echo.py", load.TYPED, TYPED),
    (BARE_ECHO, "bare", "echo.py", load.TYPED, TYPED),
    (NODE_ECHO, "node", "echo.js", load.TYPED, TYPED),
)

CONNECTOR_MS, TOKEN_MS = 100, 50


async def plain(extent: Extent) -> Rounds:
    async with field(extent) as here:
        url = f"{here.services.plain}/"
        typing, pressing = here.crowd("typing", url), here.crowd("pressing", url)
        database_url = await here.database(typing + pressing)
        ours = await here.ours("product", database_url, url)
        echo = await here.ours("echo", database_url, url)
        loads = {
            TYPED_TURN: here.load(ours, typing, load.TYPED, here.signed(url)),
            CARD_STEP: here.load(ours, pressing, load.PRESSED, here.signed(url)),
            NO_HEADER: here.load(ours, typing, load.FORGED),
            BAD_SIGNATURE: here.load(ours, typing, load.FORGED, here.forged(url)),
            OUR_ECHO: here.load(echo, here.crowd("echo", url), load.TYPED, here.signed(url)),
        }
        for name, folder, script, kind, words in _PEERS:
            if bot := await here.peer(folder, script):
                loads[name] = here.load(bot, _with_card(here.crowd(name, url, words)), kind)
        await here.check_typing(loads[TYPED_TURN], typing[0])
        await here.deal_cards(loads[CARD_STEP], pressing)
        return await _measured("plain", loads, here)


async def tls(extent: Extent) -> Rounds:
    """The connector is reached over TLS."""
    async with field(extent) as here:
        return await _measured("tls", await _typed_and_echo(here), here)


async def slow(extent: Extent) -> Rounds:
    """TLS, a connector that takes 100 ms, a token endpoint that takes 50, 64 connections; the echo is registered."""
    extent = replace(extent, connections=4 * extent.connections, people_each=1, seconds=4 * extent.seconds)
    async with field(extent) as here:
        here.services.connector_seconds, here.services.token_delay = CONNECTOR_MS / 1000, TOKEN_MS / 1000
        return await _measured("slow", await _typed_and_echo(here, is_registered=True), here)


async def _typed_and_echo(here: Field, *, is_registered: bool = False) -> dict[str, Load]:
    url = f"{here.services.tls}/"
    typing = here.crowd("typing", url)
    ours = await here.ours("product", await here.database(typing), url)
    loads = {TYPED_TURN: here.load(ours, typing, load.TYPED, here.signed(url))}
    if bot := await here.peer("botbuilder", "echo.py", is_registered=is_registered):
        authorization = here.signed(url) if is_registered else None
        loads[SDK_ECHO] = here.load(bot, here.crowd("echo", url), load.TYPED, authorization)
    return loads


async def _measured(part: str, loads: dict[str, Load], here: Field) -> Rounds:
    extent = here.extent
    for each in loads.values():
        await each.run(extent.warm_up)
    variants = {name: partial(_run, here.services, each, extent.seconds) for name, each in loads.items()}
    return await alternate(part, variants, extent.rounds)


async def _run(services: Services, each: Load, seconds: float) -> Figures:
    """Raises: WentWrong - turns were said to be done, and nothing was said to anybody."""
    before = services.taken
    figures = await each.run(seconds)
    expected = figures["turns"] if each.kind is load.TYPED else 0
    if services.taken - before < expected:
        raise WentWrong(f"{expected} turns, and only {services.taken - before} replies")
    return figures


def _with_card(crowd: list[Owner]) -> list[Owner]:
    for owner in crowd:
        owner.card = dict(CARD)
    return crowd
