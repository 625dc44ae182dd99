"""Notices to those who write or speak for an owner: drafts, deadlines, what they take over."""

from dialogs.asking import title_of
from dialogs.notices.letter import Kind, Letter, Notice
from dialogs.queries.handover import taken_over
from domain.access import WRITING_ROLES, Action, RoleKind, may
from store import drafts, extensions


def _of_draft(letter: Letter) -> Notice | None:
    """About a draft that the person may read and that is still one."""
    draft = drafts.get(letter.connection, letter.payload["draft"])
    if draft is None or not draft.is_open:
        return None
    if not may(letter.to, Action.READ_DRAFT, drafts.thing(letter.connection, draft, letter.on)):
        return None
    named = title_of(draft.form, draft.answers, letter.t)
    return letter.says(title=named, owner=letter.owner_name(draft.owner))


def _deadline_extended(letter: Letter) -> Notice | None:
    """For those who speak for the owner still."""
    owner, year = letter.payload["owner"], int(letter.payload["year"])
    deadline_on = extensions.deadline(letter.connection, year, owner)
    if owner not in letter.to.organisations(RoleKind.OWNER_CONTACT) or deadline_on is None:
        return None
    return letter.says(owner=letter.owner_name(owner), year=year, day=deadline_on)


def _handover(letter: Letter) -> Notice | None:
    """What somebody takes over who speaks or writes for an owner from now on; where there is nothing, nothing."""
    owner = letter.payload["owner"]
    if owner not in letter.to.organisations(*WRITING_ROLES):
        return None
    found = taken_over(letter.connection, letter.to, (owner,), letter.t, letter.on)
    items = "\n".join(f"– {name}: {about}" for name, about in found.items)
    return letter.says(sentence=found.sentence, items=items) if found.items else None


KINDS = {
    "draft_shared": Kind(_of_draft),
    "draft_ready": Kind(_of_draft),
    "deadline_extended": Kind(_deadline_extended),
    "handover": Kind(_handover),
}
