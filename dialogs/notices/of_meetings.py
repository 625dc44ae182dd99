"""Notices about meetings: the questions before it, the call and what becomes of it, the minutes. A preview is written
by the same functions, before anybody was called."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from dialogs.cards import meetings as cards
from dialogs.cards.parts import Element
from dialogs.meetings import asking, known
from dialogs.meetings.asking import OPTIONS
from dialogs.meetings.feeds import calendar_file
from dialogs.meetings.known import Known
from dialogs.notices.letter import Kind, Letter, Notice, Post
from dialogs.papers import File
from dialogs.queries import Offer
from domain.calendar import SEATED
from domain.meetings import STANDS, MeetingState, as_it_was, unpacked, with_last_days
from domain.messages import Unwanted
from store import meetings
from store.meetings import Invitee

OVER = Unwanted("meeting_moved_on")
NEVER_CALLED = Unwanted("never_called")
_CALLED_ANEW = STANDS | {MeetingState.HELD}  # since it was cancelled


def _found(letter: Letter) -> Known | None:
    return known.find(letter, letter.payload["meeting"])


def _theirs(letter: Letter) -> Known | None:
    """None: it is not for the person, or no longer, whoever was called."""
    found = _found(letter)
    return found if found is not None and known.is_for(letter.inquiry, found) else None


def _need(letter: Letter) -> Notice | Unwanted | None:
    """For those who speak for an owner of the region still, and have not said it yet."""
    found = _found(letter)
    owners = asking.owners_of(letter.inquiry, found.event.region) if found else ()
    if found is None or not owners:
        return None
    if not letter.is_preview and found.meeting.state is not MeetingState.NEED_ASKED:
        return OVER
    t = letter.t
    card = partial(_question, found, letter, ())
    return Notice(card, t, asking.need_offers(found, t))


def _question(found: Known, letter: Letter, items: tuple[str, ...], buttons: cards.Buttons) -> Element:
    t = letter.t
    head, text = t(f"notice.{letter.kind}_title"), t(f"notice.{letter.kind}")
    return cards.question(found.view(t), t, buttons, head=head, text=text, items=items)


def _poll(letter: Letter) -> Notice | Unwanted | None:
    found = _found(letter)
    if found is None:
        return None
    if not letter.is_preview and found.meeting.state is not MeetingState.POLL:
        return OVER
    t, number = letter.t, meetings.poll(letter.connection, found.id)
    out = meetings.options(letter.connection, found.id, number)
    options = unpacked(letter.payload[OPTIONS]) if OPTIONS in letter.payload else out
    if not letter.is_preview and options != out:
        return OVER  # others are out since
    card = partial(_question, found, letter, asking.listed(options, (), t))
    return Notice(card, t, asking.poll_offers(found, number, options, frozenset(), t))


def _invitee(letter: Letter, found: Known) -> Invitee | None:
    return meetings.invitee(letter.connection, found.id, letter.to.person_id)


def _called(letter: Letter) -> Notice | Unwanted | None:
    found = _theirs(letter)
    if found is None:
        return None
    is_called = found.meeting.state in STANDS
    if not letter.is_preview and not (is_called and _invitee(letter, found)):
        return OVER
    if not is_called and found.meeting.first_on:
        # The last days are set when it goes out. These are right if that is today.
        found = replace(found, meeting=with_last_days(letter.forum.key, found.meeting, letter.on))
    return _call(letter, found, asks=True)


def _call(letter: Letter, found: Known, *, asks: bool, said: str = "") -> Notice:
    """With what can be answered, and the agenda as it stands."""
    t = letter.t
    card = partial(_invitation, letter, found, said, asks)
    offers = asking.call_offers(found, t) if asks else ()
    return Notice(card, t, offers, _file(letter, found))


def _file(letter: Letter, found: Known) -> File | None:
    return calendar_file(letter, found, letter.at) if found.meeting.is_ready else None


def _invitation(letter: Letter, found: Known, said: str, asks: bool, buttons: cards.Buttons) -> Element:
    points = known.points(letter, found.id, with_names=True)
    view = found.view(letter.t, points)
    return cards.invitation(
        view if asks else view.called_off(),
        letter.t,
        buttons,
        head=letter.t(f"notice.{letter.kind}_title"),
        lead=letter.t(f"notice.{letter.kind}"),
        said=said,
        asks=asks,
    )


def _changed(letter: Letter) -> Notice | Unwanted | None:
    """For who may have heard of the call; what was answered and still holds is said."""
    found = _theirs(letter)
    if found is None:
        return None
    if letter.is_preview:
        return _call(letter, found, asks=True)
    invitee = _invitee(letter, found)
    if found.meeting.state not in STANDS:
        return OVER
    if invitee is None or not meetings.may_have_heard(letter.connection, invitee):
        return NEVER_CALLED
    if invitee.answer is None:
        return _call(letter, found, asks=True, said=letter.t("meeting.answer_anew"))
    answered = cards.answer_in_words(invitee.answer, invitee.substitute, letter.t)
    return _call(letter, found, asks=True, said=letter.t("meeting.answered", answer=answered))


def _cancelled(letter: Letter) -> Notice | Unwanted | None:
    """Wanted whatever becomes of the meeting after it and whoever they are by then, but by those who are called to it
    anew."""
    found = _found(letter)
    if found is None:
        return None
    if not letter.is_preview:
        invitee = _invitee(letter, found)
        if found.meeting.state in _CALLED_ANEW:
            if invitee is not None:
                return OVER
        elif invitee is None or not meetings.may_have_heard(letter.connection, invitee):
            return NEVER_CALLED
    t = letter.t
    offers = (Offer(t("button.to_calendar"), "to_calendar", asking.INVITATION, found.id, "to_calendar"),)
    told = _as_told(letter, found)
    return Notice(partial(_invitation, letter, told, "", False), t, offers, _file(letter, told))


def _as_told(told: Letter | Post, found: Known) -> Known:
    """The meeting that was cancelled, when and where it was to be."""
    cancelled = replace(as_it_was(found.meeting, told.payload), state=MeetingState.CANCELLED)
    return replace(found, meeting=cancelled)


def _minutes(letter: Letter) -> Notice | Unwanted | None:
    found = _theirs(letter)
    if found is None:
        return None
    if not letter.is_preview and _invitee(letter, found) is None:
        return NEVER_CALLED
    return Notice(partial(cards.minutes, found.view(letter.t), letter.t), letter.t)


# In channels: nobody's name, and nothing that anybody but staff has written


def _post(post: Post) -> Element | Unwanted:
    found = known.find(post, post.payload["meeting"])
    is_cancelled = post.kind == "meeting_cancelled"
    if found is None:
        return OVER
    is_called = found.meeting.state in (_CALLED_ANEW if is_cancelled else STANDS)
    if is_called is is_cancelled and not post.is_preview:
        return OVER
    t = post.t
    said = t("notice.meeting_cancelled") if is_cancelled else t("meeting.answer_in_chat")
    view = _as_told(post, found).view(t).called_off() if is_cancelled else _without_key(found).view(t)
    return cards.invitation(view, t, (), head=t(f"notice.{post.kind}_title"), said=said)


def _without_key(found: Known) -> Known:
    """The channel of the whole county has others in it than those with a seat, and the link opens their meeting."""
    if found.event.region is not None or found.event.audience not in SEATED:
        return found
    return replace(found, meeting=replace(found.meeting, join_link=""))


_A_DAY = timedelta(days=1)

KINDS = {
    "meeting_need": Kind(_need, mail_after=3 * _A_DAY),
    "meeting_poll": Kind(_poll, mail_after=3 * _A_DAY),
    "meeting_called": Kind(_called, post=_post, mail_after=3 * _A_DAY),
    "meeting_changed": Kind(_changed, post=_post, mail_after=_A_DAY),
    "meeting_cancelled": Kind(_cancelled, post=_post, mail_after=_A_DAY),
    "meeting_minutes": Kind(_minutes),
}
