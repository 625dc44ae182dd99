"""What is asked of those whom a meeting is for, as buttons: the same on a notice and on a card in chat."""

from collections.abc import Collection, Sequence

from dialogs.cards.meetings import of_option
from dialogs.desk import Inquiry
from dialogs.engine import digest
from dialogs.hearing import region_of
from dialogs.meetings.known import Known
from dialogs.queries import Offer
from dialogs.texts import Texts
from domain.access import RoleKind
from domain.meetings import DateOption, MeetingState, answers_to, when_and_how

INVITATION, NEED, POLL = "invitation", "meeting_need", "meeting_poll"  # the kinds of their card rows
OPTIONS = "options"  # in the payload of dates to choose from: those that were looked at


def owners_of(asked: Inquiry, region: str | None) -> tuple[str, ...]:
    """The owners of the region for whom the person speaks."""
    return tuple(
        owner
        for owner in asked.actor.organisations(RoleKind.OWNER_CONTACT)
        if region is not None and region_of(asked.forum, asked.directory, owner, asked.on) == region
    )


def as_asked(found: Known) -> str:
    """The subject of a card that asks for an answer: the meeting, and as which it was shown."""
    return f"{found.id}/{_seen(found)}"


def is_as_asked(found: Known, subject: str) -> bool:
    """Whether an answer on the card still answers the meeting. Cards of earlier versions do not say what that was."""
    _, _, seen = subject.partition("/")
    return seen == _seen(found) if seen else found.meeting.state is not MeetingState.CHANGED


def _seen(found: Known) -> str:
    return digest(" ".join(map(str, when_and_how(found.meeting))))


def call_offers(found: Known, t: Texts) -> tuple[Offer, ...]:
    subject = as_asked(found)
    answers = (
        Offer(t(f"button.{answer}"), str(answer), INVITATION, subject, str(answer))
        for answer in answers_to(found.meeting)
    )
    return (
        *answers,
        Offer(t("button.point"), "point", INVITATION, found.id, "point"),
        Offer(t("button.to_calendar"), "to_calendar", INVITATION, found.id, "to_calendar"),
    )


def need_offers(found: Known, t: Texts) -> tuple[Offer, ...]:
    return tuple(Offer(t(f"button.{verb}"), verb, NEED, found.id, verb) for verb in ("need_yes", "need_no"))


def poll_offers(
    found: Known, number: int, options: Sequence[DateOption], chosen: Collection[int], t: Texts
) -> tuple[Offer, ...]:
    """A button for each date that takes it or lets it go again, so that pressing one twice does no harm."""
    subject = f"{found.id}/{number}"
    verbs = (("cannot" if option.place in chosen else "can", option.place) for option in options)
    each = (
        Offer(t(f"button.{verb}", number=place), f"{verb}_{place}", POLL, subject, f"{verb}_{place}")
        for verb, place in verbs
    )
    return (*each, Offer(t("button.none_fits"), "none_fits", POLL, subject, "none_fits"))


def listed(options: Sequence[DateOption], chosen: Collection[int], t: Texts) -> tuple[str, ...]:
    """The dates with their numbers; a tick stands behind those that were chosen."""
    return tuple(
        f"{option.place}. {of_option(option, t)}{' ✓' if option.place in chosen else ''}"
        for option in options
    )
