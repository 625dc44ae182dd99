"""The stand-in with a forum's example people in it, and the bot behind it."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from secrets import token_hex
from urllib.parse import urlsplit

from bot.settings import Env, Settings, load
from domain.access import RoleKind
from domain.demo import DemoRegister, demo_register
from domain.forum import Forum, load_forum
from domain.messages import Address, Identity, Scope
from play import gallery, site
from play.clock import Clock
from play.http import Desk, from_here_only
from play.issuer import CONFIGURATION_PATH, Issuer
from play.loopback import HOST
from play.people import APP_ID
from play.proxy import Proxy
from play.teams import Teams
from play.world import Conversation

PORT = 3979
BOT_PORT = 3978
FIRST_DAY = date(2023, 1, 16)
STRANGER = "ukjent"
MAIL_FROM = "samarbeidsforum@example.org"
GENERAL = "Generelt"

_GROUPS = {
    RoleKind.OWNER_CONTACT: "Eiere av barnehager og skoler",
    RoleKind.FILER: "Regionkontor som skriver for eiere",
    RoleKind.UNIVERSITY_CONTACT: "Universitet og høgskole",
    RoleKind.SEAT: "Fagutvalg og forum",
    RoleKind.SUBSTITUTE: "Fagutvalg og forum",
    RoleKind.SECRETARIAT: "Statsforvalteren",
    RoleKind.DECISION_MAKER: "Statsforvalteren",
    RoleKind.ADMINISTRATOR: "Statsforvalteren",
}
_OTHERS = "Andre"
_LOCALES = {"nb": "nb-NO", "nn": "nn-NO", "en": "en-GB"}


@dataclass(frozen=True, slots=True)
class Plan:
    """What the bot is started with. `identities`: of the people in the demo register, by their id."""

    settings: Settings
    now: Callable[[], datetime]  # the forum's time
    identities: Mapping[str, Identity]
    channels: Mapping[str, Address] = field(default_factory=dict)  # by region; "" is the general one


StartBot = Callable[[Plan], AbstractAsyncContextManager[str]]  # gives the address for activities


@asynccontextmanager
async def playing(
    start_bot: StartBot,
    *,
    database_url: str,
    on: date = FIRST_DAY,
    host: str = HOST,
    port: int = PORT,
    bot_port: int = BOT_PORT,
) -> AsyncIterator[Teams]:
    """Raises: NotLoopback; OSError - a port is taken; WrongSettings."""
    forum = load_forum("nordland")
    issuer = Issuer(APP_ID)
    teams = Teams(issuer, host=host, port=port)
    teams.app.middlewares.append(from_here_only)
    teams.app.add_routes([*issuer.routes(), *Desk(teams).routes(), *Proxy(teams).routes()])
    teams.app.add_routes([*site.routes(), *gallery.routes()])
    teams.clock = Clock(on)
    identities = populate(teams, forum, demo_register(forum))
    async with teams.post_office, teams:
        settings = settings_for(teams, database_url=database_url, port=bot_port)
        async with start_bot(
            Plan(settings, teams.clock.now, identities, channels_of(teams, forum))
        ) as endpoint:
            teams.endpoint = endpoint
            await move_in(teams)
            yield teams


def settings_for(teams: Teams, *, database_url: str, port: int) -> Settings:
    """The settings of a bot that serves this stand-in."""
    return load(
        {
            "env": Env.DEVELOPMENT,
            "database_url": database_url,
            "app_id": teams.bot.app_id,
            "app_type": "SingleTenant",
            "tenant_id": teams.world.tenant_id,
            "service_hosts": (urlsplit(teams.url).netloc,),
            "openid_metadata_url": teams.url + CONFIGURATION_PATH,
            "host": HOST,
            "port": port,
            # Port 0 is known only when it is taken, and a link must be right before that.
            "public_url": f"http://{HOST}:{port}" if port else None,
            "link_key": token_hex(32),
            "log_key": token_hex(32),
            **({"smtp_url": teams.post_office.url, "mail_from": MAIL_FROM} if teams.post_office.url else {}),
        }
    )


def populate(teams: Teams, forum: Forum, register: DemoRegister) -> dict[str, Identity]:
    """The people of the register, a stranger, and the forum's team with a channel for each region."""
    people = register.people
    for person in people:
        teams.add(person.id, person.name, locale=_LOCALES[person.language or "nb"])
        teams.addresses[person.id] = person.email or ""
        roles = register.roles_of(person.id)
        teams.groups[person.id] = _GROUPS[roles[0].kind] if roles else _OTHERS
    regions = [region.name.nb for region in forum.regions]
    teams.team(forum.name.nb, [GENERAL, *regions], [person.id for person in people])
    known = dict(teams.world.people)
    teams.add(STRANGER, "Ukjent person (eksempel)")
    teams.groups[STRANGER] = _OTHERS
    return {
        handle: Identity(person.tenant_id, person.object_id)
        for handle, person in known.items()
        if person.object_id
    }


def channels_of(teams: Teams, forum: Forum) -> dict[str, Address]:
    """Where each region's channel is, and the general one."""
    names = {"": GENERAL} | {region.key: region.name.nb for region in forum.regions}
    return {key: _address(teams, teams.world.channel(name)) for key, name in names.items()}


def _address(teams: Teams, channel: Conversation) -> Address:
    return Address(
        tenant_id=teams.world.tenant_id,
        conversation_id=channel.id,
        scope=Scope.CHANNEL,
        service_url=teams.service_url,
        bot_id=teams.bot.id,
        team_id=channel.team.id if channel.team else None,
        channel_id=channel.id,
    )


async def move_in(teams: Teams) -> None:
    """Give everybody the app, as a policy of the organisation would; the bot hears of each."""
    teams.connector.is_limited = False  # such a policy takes its time, which nobody here should wait for
    for handle in teams.world.people:
        await teams.chat(handle).installs()
    await teams.chat(next(iter(teams.world.people)), _general(teams)).installs()
    teams.connector.is_limited = True


def _general(teams: Teams) -> Conversation:
    return teams.world.channel(GENERAL)
