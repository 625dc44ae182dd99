"""Which channel belongs to which region: said in the channel itself, by those who arrange meetings.

What is answered there names the region and nobody.
"""

from dialogs.commands import exact
from dialogs.desk import Desk, House, say
from dialogs.hearing import region_name, region_named
from dialogs.texts import Texts
from domain.access import Action, Actor, may
from domain.messages import Reply, Scope, Turn
from store import channels
from store.work import Work


def wanted(text: str) -> str | None:
    """`kanal salten` -> `salten`; None: it says nothing of the kind."""
    command = exact(text, question_open=False)
    return command.argument if command is not None and command.name == "channel" else None


def bind(house: House, work: Work, turn: Turn, actor: Actor, named: str, t: Texts) -> Reply | None:
    """None: nothing that this person may do here."""
    if turn.address.scope is not Scope.CHANNEL or not may(actor, Action.ARRANGE_MEETINGS):
        return None
    is_whole = named in t.words("words.whole_county")
    region = "" if is_whole else region_named(named, house.forum)
    if region is None:
        names = t.listed(tuple(each.name.in_(t.language) for each in house.forum.regions))
        return say(t("channel.no_such_region", names=names))
    channels.bind(work, region, turn.address)
    return say(t("channel.bound", region=region_name(house.forum, region or None, t)))


def how(desk: Desk, _: str) -> Reply:
    """In a private chat there is no channel to bind; which regions have one."""
    if not may(desk.actor, Action.ARRANGE_MEETINGS):
        return say(desk.t("say.staff_only"))
    bound, forum, t = channels.bound(desk.work.connection), desk.house.forum, desk.t
    missing = [region.name.in_(t.language) for region in forum.regions if region.key not in bound]
    if "" not in bound:
        missing.append(t("say.whole_county"))
    lines = [t("channel.how")]
    if missing:
        lines.append(t("channel.missing", names=t.listed(tuple(missing))))
    return say("\n".join(lines))
