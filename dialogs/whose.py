"""Whose an act on a case is: what is said to somebody else, and to whoever did not say which case is meant."""

from itertools import islice

from dialogs.asking import quoted
from dialogs.cards.forms import whom_to_ask
from dialogs.desk import Desk, say
from dialogs.offers import offers
from dialogs.texts import Texts
from domain.access import Action, RoleKind, Visible, may, visible_cases
from domain.cases import Case
from domain.messages import Reply
from store import cases, register, views

_MOST = 5

# By the command's name: any of the rights will do. What is not here is open to all who see the case.
_RIGHTS: dict[str, tuple[Action, ...]] = {
    "new_version": (Action.CHANGE_CASE,),
    "copy": (Action.CHANGE_CASE,),
    "withdraw": (Action.CHANGE_CASE, Action.HANDLE_CASE),
    "reopen": (Action.CHANGE_CASE,),
    "send_back": (Action.HANDLE_CASE,),
    "correct": (Action.HANDLE_CASE,),
    "journal": (Action.HANDLE_CASE,),
    "confirm_part": (Action.CONFIRM_PART,),
}
# What comes nearest to it on the other side.
_INSTEAD = {"new_version": "correct", "correct": "new_version", "reopen": "send_back"}


def not_theirs(desk: Desk, verb: str, case: Case) -> str:
    """That somebody else does this to the case, whom to ask, and what the person can do. Empty: it is theirs to do."""
    rights, t = _rights(verb), desk.t
    if any(may(desk.actor, right, case.thing) for right in rights):
        return ""
    if Action.CONFIRM_PART in rights:
        names = tuple(partner.name for partner in desk.inquiry.directory.named(case.partners))
        return (
            f"{t('case.university_does', universities=t.listed(names))} {whom_to_ask(desk.inquiry.staff, t)}"
        )
    told = _owner_does(desk, case.lead_owner) if Action.CHANGE_CASE in rights else staff_do(desk)
    instead = _INSTEAD.get(verb)
    if instead not in offers(desk.inquiry, case):
        return told
    return f"{told} {t(f'case.instead.{instead}', number=case.number)}"


def staff_do(desk: Desk) -> str:
    """That it is for the secretariat to do, and whom of them to ask."""
    return f"{desk.t('say.staff_do')} {whom_to_ask(desk.inquiry.staff, desk.t)}"


def _owner_does(desk: Desk, owner: str) -> str:
    connection = desk.work.connection
    contacts = register.people_with(connection, RoleKind.OWNER_CONTACT, organisation=owner, on=desk.on)
    ask = min(contacts, key=lambda person: person.phone is None, default=desk.inquiry.staff)
    name = register.directory(connection).organisations[owner].name
    return f"{desk.t('case.owner_does', owner=name)} {whom_to_ask(ask, desk.t)}"


def ask_which(desk: Desk, verb: str) -> Reply:
    """Which case is meant: the few newest for which it goes now, each to be named with the command."""
    t, rights = desk.t, _rights(verb)
    ask = whom_to_ask(desk.inquiry.staff, t)
    seen = views.cases(desk.work.connection, visible_cases(desk.actor))
    found = list(islice((case for case in seen if _goes_now(desk, verb, case)), _MOST + 1))
    if not found and all(visible_cases(desk.actor, right) == Visible() for right in rights):
        return say(f"{_who_does(rights, t)} {ask}")
    if not found:
        return say(f"{t('which.none')} {ask}")
    newest = found[0]
    example = _example(desk, verb, newest)
    if len(found) == 1:
        return say(t("which.one", number=newest.number, title=quoted(newest.title), example=example))
    lines = [f"– {case.number}: {quoted(case.title)}" for case in found[:_MOST]]
    more = [t("which.more")] if len(found) > _MOST else []
    return say("\n".join([t("which.several", example=example), *lines, *more]))


def _who_does(rights: tuple[Action, ...], t: Texts) -> str:
    if Action.CONFIRM_PART in rights:
        return t("case.university_does", universities=t("case.any_university"))
    return t("case.owner_does", owner=t("ball.owner")) if Action.CHANGE_CASE in rights else t("say.staff_do")


def _rights(verb: str) -> tuple[Action, ...]:
    return _RIGHTS.get(verb, (Action.SEE_CASE,))


def _goes_now(desk: Desk, verb: str, case: Case) -> bool:
    if verb == "journal":
        return may(desk.actor, Action.HANDLE_CASE) and case.journal_number is None
    if verb == "confirm_part" and not _waits_for(desk, case):
        return False
    return verb in offers(desk.inquiry, case)


def _waits_for(desk: Desk, case: Case) -> bool:
    """Whether one of the person's universities has not confirmed its part."""
    missing = cases.unconfirmed(desk.work.connection, case)
    return any(key in missing for key in desk.actor.organisations(RoleKind.UNIVERSITY_CONTACT))


def _example(desk: Desk, verb: str, case: Case) -> str:
    """What to type, with the case's number in it."""
    typed = f"{desk.t.words(f'command.{verb}')[0]} {case.number}"
    return f"{typed} {case.cycle_year}/1234" if verb == "journal" else typed
