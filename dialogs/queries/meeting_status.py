"""Who comes to a meeting, who does not, and who has not said: for those who arrange it."""

from collections import Counter

from dialogs.cards.lists import listing
from dialogs.cards.meetings import answer_in_words, of_option
from dialogs.desk import Inquiry
from dialogs.meetings import known
from dialogs.meetings.known import Known
from dialogs.papers.tables import Column, Table
from dialogs.queries import Answer, Query, sheet_offers, told
from dialogs.texts import Texts
from domain.access import Action, may
from domain.meetings import Answer as Answered
from domain.meetings import MeetingState, Presence
from store import meetings
from store.meetings import Invitee

_MOST = 60


def _answer(asked: Inquiry, argument: str) -> Answer:
    t, title = asked.t, asked.t("meeting.status_title")
    if not may(asked.actor, Action.ARRANGE_MEETINGS):
        return told(title, t("say.staff_only"), found=False)
    found = known.named(asked, argument) if argument else _next(asked)
    if found is None:
        return told(title, t("meeting.no_such", text=argument), found=False)
    invitees = meetings.invitees(asked.connection, found.id)
    counts = _counts(invitees)
    sentence = t(
        "meeting.status",
        title=found.short(t),
        invited=len(invitees),
        come=sum(counts[each] for each in _COMING),
        silent=counts[None],
    )
    items = [(each.name, _said(asked, each)) for each in invitees]
    about = [*items[:_MOST], *tally(asked, found)]
    return Answer(
        lambda offers: listing(title, sentence, about, offers=offers),
        {
            "answer": sentence,
            "found": True,
            "meeting": found.id,
            "state": found.meeting.state,
            "people": [_json(each) for each in invitees],
        },
        sheet_offers(asked, "meeting_status", found.id),
        lambda: Table((Column(t("notices_sent.person")), Column(t("meeting.answer_column"))), tuple(items)),
    )


_COMING = (Answered.COMES, Answered.COMES_DIGITALLY, Answered.SUBSTITUTE)


def _next(asked: Inquiry) -> Known | None:
    """The next one that people were called to."""
    called = [
        each
        for each in known.of_this_and_next_year(asked)
        if each.meeting.first_on
        and each.meeting.sequence
        and each.meeting.state in (MeetingState.CALLED, MeetingState.CHANGED)
    ]
    return min(called, key=lambda each: each.meeting.begins_at, default=None)


def _counts(invitees: tuple[Invitee, ...]) -> Counter[Answered | None]:
    return Counter(each.answer for each in invitees)


def _said(asked: Inquiry, invitee: Invitee) -> str:
    answered = answer_in_words(invitee.answer, invitee.substitute, asked.t)
    if invitee.presence is None:
        return answered
    return f"{answered}. {asked.t(f'meeting.presence.{invitee.presence}')}"


def _json(invitee: Invitee) -> dict[str, str | None]:
    return {
        "person": invitee.name,
        "answer": invitee.answer,
        "substitute": invitee.substitute,
        "presence": invitee.presence,
    }


def tally(asked: Inquiry, found: Known) -> list[tuple[str, str]]:
    """What has come in: need, dates, answers to the call, who was there. What people eat has no names beside it."""
    return [
        *_of_need(asked, found),
        *_of_poll(asked, found),
        *_of_call(asked, found),
        *_of_attendance(asked, found),
    ]


def _of_need(asked: Inquiry, found: Known) -> list[tuple[str, str]]:
    """Owner by owner; those who have said nothing are not among them."""
    if found.meeting.state is not MeetingState.NEED_ASKED:
        return []
    t, directory = asked.t, asked.directory.organisations
    needs = meetings.needs(asked.connection, found.id)
    yes = sum(each.is_needed for each in needs)
    rows = [
        (
            directory[each.owner].name,
            t("meeting.yes" if each.is_needed else "meeting.no")
            + (f" – {t('meeting.quoted', text=each.word)}" if each.word else ""),
        )
        for each in needs
    ]
    return [(t("meeting.need"), t("meeting.need_count", yes=yes, no=len(needs) - yes)), *rows]


def _of_poll(asked: Inquiry, found: Known) -> list[tuple[str, str]]:
    """How many can come on each day."""
    if found.meeting.state is not MeetingState.POLL:
        return []
    number = meetings.poll(asked.connection, found.id)
    votes = meetings.votes(asked.connection, found.id, number)
    return [
        (
            f"{option.place}. {of_option(option, asked.t)}",
            asked.t(
                "meeting.can_count", count=sum(option.place in vote.places for vote in votes), all=len(votes)
            ),
        )
        for option in meetings.options(asked.connection, found.id, number)
    ]


def _of_call(asked: Inquiry, found: Known) -> list[tuple[str, str]]:
    invitees, t = meetings.invitees(asked.connection, found.id), asked.t
    if not invitees:
        return []
    counts = _counts(invitees)
    rows = [
        (t(f"meeting.count.{answer or 'none'}"), str(counts[answer]))
        for answer in (*Answered, None)
        if counts[answer]
    ]
    diets = Counter(each.diet.strip() for each in invitees if each.diet)
    eaten = ", ".join(f"{count} × {t('meeting.quoted', text=diet)}" for diet, count in sorted(diets.items()))
    return [*rows, *([(t("meeting.diets"), eaten)] if eaten else [])]


def _of_attendance(asked: Inquiry, found: Known) -> list[tuple[str, str]]:
    """Who was noted, by name, so that a mistake is seen."""
    invitees, t = meetings.invitees(asked.connection, found.id), asked.t
    if found.meeting.state is not MeetingState.HELD or not invitees:
        return []
    there = [_there(each, t) for each in invitees if each.presence in (Presence.SELF, Presence.SUBSTITUTE)]
    numbers = {"count": len(there), "all": len(invitees)}
    said = t("meeting.were_there", names=t.listed(tuple(there)), **numbers) if there else ""
    return [(t("meeting.attendance"), said or t("meeting.nobody_there", **numbers))]


def _there(invitee: Invitee, t: Texts) -> str:
    if invitee.presence is Presence.SELF:
        return invitee.name
    return t("meeting.instead_of", substitute=invitee.substitute or t("meeting.somebody"), name=invitee.name)


QUERY = Query("meeting_status", _answer)
