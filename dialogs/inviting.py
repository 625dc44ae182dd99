"""A code for somebody in the register: shown to the staff member who asks for it, and mailed to the person.

Nothing keeps a code in clear, no outbox either: the mail goes out at once after the turn is saved, or not at all, and
which of the two is said.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from dialogs import enrolling, mails
from dialogs.desk import Desk, say
from dialogs.mails import Mail
from dialogs.texts import Texts, texts
from domain.access import Action, RoleKind, may
from domain.errors import SendFailed
from domain.messages import Message, Reply
from store import register

log = logging.getLogger(__name__)

Post = Callable[[Mail], Awaitable[object]]  # raises SendFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited(Reply):
    """The answer as it is without a mail, and the mail."""

    mail: Mail = field(repr=False)
    t: Texts = field(repr=False)


def invite(desk: Desk, person_id: str) -> Reply:
    if not may(desk.actor, Action.INVITE):
        return say(desk.t("say.staff_only"))
    person = register.person(desk.work.connection, person_id)
    if person is None:
        return say(desk.t("enrol.no_such_person", person=person_id))
    code = desk.house.new_code()
    salt = desk.house.new_id().encode()
    until = enrolling.issue(desk.work, person.id, code, salt, desk.house.machine_now()).date()
    staff = register.people_with(desk.work.connection, RoleKind.SECRETARIAT, on=desk.on)
    theirs = texts(person.language or desk.house.default_language)
    return Invited(
        messages=say(desk.t("enrol.code", name=person.name, code=code, day=until)).messages,
        mail=mails.code(person, code, until, theirs, desk.house.forum, staff),
        t=desk.t,
    )


async def posted(invited: Invited, post: Post | None) -> Reply:
    """Mail it, where mail is set up and there is an address, and say so. To be called once the turn is saved."""
    if post is None or not invited.mail.to:
        return Reply(invited.messages)
    key = "mail.code_sent"
    try:
        await post(invited.mail)
    except SendFailed as failure:
        log.warning("code.not_mailed", extra={"fault": failure.fault.value})
        key = "enrol.not_mailed"
    (shown,) = invited.messages
    return Reply((Message(f"{shown.text} {invited.t(key)}"),))
