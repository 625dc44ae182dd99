"""What those do whom a meeting is for: answer the call, say whether there is a need, choose dates, name points.

Whoever was not called or is one of them no longer, or speaks for no owner of the region, is told the same as of a
meeting that is not.
"""

from collections.abc import Callable

from dialogs import paper
from dialogs.cards import meetings as cards
from dialogs.cards.lists import listing
from dialogs.desk import Desk, message, say
from dialogs.meetings import asking, known
from dialogs.meetings.known import Known
from dialogs.queries import Offer, buttons
from domain.meetings import MOST_OPTIONS, STANDS, TOLD_OF, Answer, MeetingState, answers_to
from domain.messages import Message, Pressed, Reply, Said
from store import drafts, meetings
from store.cards import CardInstance
from store.drafts import Focus
from store.meetings import Invitee

LONGEST = 300
_MOST_BUTTONS = 6
_MOST_POINTS = 20  # of one meeting

# Questions that are no fields of a form; a typed message answers them.
SUBSTITUTE, DIET, POINT, WORD = ("meeting.substitute?", "meeting.diet?", "meeting.point?", "meeting.word?")
QUESTIONS = (SUBSTITUTE, DIET, POINT, WORD)
_QUESTION = {"substitute": SUBSTITUTE, "diet": DIET, "point": POINT, "word": WORD}


def show(desk: Desk, _: str) -> Reply:
    """What is asked of the person: the card where it is one thing, otherwise the list with a button to each."""
    offers = tuple(_open_questions(desk))
    if not offers:
        return say(desk.t("meeting.nothing_asked"))
    if len(offers) == 1:
        return _opened(desk, offers[0])
    items = [(offer.title, about) for offer, about in zip(offers, _about(desk, offers), strict=True)]
    title = desk.t("meeting.asked_title")
    sentence = desk.t("meeting.asked", count=len(offers))
    return Reply((message(listing(title, sentence, items, offers=buttons(desk, offers[:_MOST_BUTTONS]))),))


def _open_questions(desk: Desk) -> list[Offer]:
    """Calls to what is to come, answered or not, and questions before a call."""
    asked, t = desk.inquiry, desk.t
    invited = meetings.invited_to(desk.work.connection, desk.actor.person_id, desk.on, tuple(STANDS))
    found = [called[0] for meeting in invited if (called := known.called(asked, meeting.id))]
    offers = [Offer(each.short(t), "open", asking.INVITATION, each.id) for each in found]
    for each in known.of_this_and_next_year(asked):
        if each.meeting.state is MeetingState.NEED_ASKED and asking.owners_of(asked, each.event.region):
            offers.append(Offer(each.short(t), "open", asking.NEED, each.id))
        if each.meeting.state is MeetingState.POLL and known.is_for(asked, each):
            number = meetings.poll(desk.work.connection, each.id)
            offers.append(Offer(each.short(t), "open", asking.POLL, f"{each.id}/{number}"))
    return offers


def _about(desk: Desk, offers: tuple[Offer, ...]) -> list[str]:
    """What has been answered so far."""
    said = []
    for offer in offers:
        invitee = meetings.invitee(desk.work.connection, offer.subject, desk.actor.person_id)
        is_call = offer.kind == asking.INVITATION and invitee is not None
        said.append(
            cards.answer_in_words(invitee.answer, invitee.substitute, desk.t)
            if is_call and invitee is not None
            else desk.t(f"meeting.asks.{offer.kind}")
        )
    return said


def _opened(desk: Desk, offer: Offer) -> Reply:
    if offer.kind == asking.INVITATION:
        return Reply((_invitation(desk, offer.subject),))
    if offer.kind == asking.NEED:
        return _need(desk, offer.subject)
    return _poll(desk, offer.subject)


def _nothing_there(desk: Desk) -> Reply:
    return say(desk.t("meeting.not_invited"))


def _quoted(desk: Desk, text: str) -> str:
    return desk.t("meeting.quoted", text=text)


# The call


def press_invitation(desk: Desk, pressed: Pressed, instance: CardInstance, first: bool) -> Reply | None:
    """None: not a button that it has."""
    if pressed.verb not in ("open", instance.page) or pressed.inputs:
        return None
    meeting_id, _, _ = instance.subject.partition("/")
    found, invitee = _called(desk, meeting_id)
    if found is None or invitee is None:
        return _nothing_there(desk)
    if pressed.verb == "to_calendar" and first and found.meeting.state in TOLD_OF:
        return Reply((_invitation(desk, found.id), paper.offer(desk, "meeting", found.id)))
    if pressed.verb == "point" and first:
        return _ask_point(desk, found)
    if pressed.verb in set(Answer) and first:
        if not asking.is_as_asked(found, instance.subject):
            return _changed_since(desk, found)
        return _answer(desk, found, invitee, Answer(pressed.verb))
    return Reply((_invitation(desk, found.id),))


def _changed_since(desk: Desk, found: Known) -> Reply:
    """As it is now, for an answer to that; none is taken to what it was."""
    is_open = found.meeting.state in STANDS
    return Reply((_invitation(desk, found.id, refusal=desk.t("meeting.changed_since") if is_open else ""),))


def _called(desk: Desk, meeting_id: str) -> tuple[Known | None, Invitee | None]:
    return known.called(desk.inquiry, meeting_id) or (None, None)


def _invitation(desk: Desk, meeting_id: str, *, refusal: str = "") -> Message:
    """The call as it stands now, with what the person has answered."""
    found, invitee = _called(desk, meeting_id)
    if found is None or invitee is None:
        return Message(desk.t("meeting.not_invited"))
    t, meeting = desk.t, found.meeting
    if meeting.state not in TOLD_OF:
        return Message(t("meeting.no_day"))
    stands = meeting.state in STANDS and not meeting.is_over(desk.turn.received_at)
    answered = cards.answer_in_words(invitee.answer, invitee.substitute, t)
    view = found.view(t, known.points(desk.inquiry, found.id, with_names=True))
    said = t("meeting.answered", answer=answered) if invitee.answer else ""
    if invitee.answer and invitee.diet:
        said = f"{said} {t('meeting.eats', diet=_quoted(desk, invitee.diet))}"
    if meeting.state is MeetingState.CANCELLED:
        view, said = view.called_off(), t("notice.meeting_cancelled")
    elif not stands:
        said = f"{said} {t('meeting.has_been')}".strip()
    offers = asking.call_offers(found, t) if stands else ()
    return message(
        cards.invitation(
            view,
            t,
            buttons(desk, offers),
            head=t("meeting.invitation"),
            said=said,
            refusal=refusal,
            asks=stands,
        )
    )


def _answer(desk: Desk, found: Known, invitee: Invitee, answer: Answer) -> Reply:
    meeting = found.meeting
    stands = meeting.state in STANDS and not meeting.is_over(desk.turn.received_at)
    if not stands or answer not in answers_to(meeting):
        return Reply((_invitation(desk, found.id),))
    if answer is Answer.SUBSTITUTE:
        return _ask(desk, found, "substitute", invitee.substitute or "")
    is_own = (
        invitee.answer is not Answer.SUBSTITUTE
    )  # what another would have eaten is nothing to show or keep
    diet = invitee.diet if answer is Answer.COMES and is_own else None
    meetings.answer(desk.work, found.id, invitee.person_id, answer, diet=diet)
    return _then_diet(desk, found, answer)


def _then_diet(desk: Desk, found: Known, answer: Answer) -> Reply:
    """What was answered; where food is served and somebody comes, what they eat is asked."""
    shown = _invitation(desk, found.id)
    eats = answer in (Answer.COMES, Answer.SUBSTITUTE)
    if not (found.meeting.has_food and eats):
        _done(desk)
        return Reply((shown,))
    _, invitee = _called(desk, found.id)
    return Reply((shown, *_ask(desk, found, "diet", (invitee.diet if invitee else None) or "").messages))


# Things to write


def _ask(desk: Desk, found: Known, field: str, value: str = "", refusal: str = "") -> Reply:
    """A card with one field. Whoever has no cards writes it as the next message."""
    subject = asking.as_asked(found)
    drafts.set_focus(desk.work, desk.actor.person_id, Focus(subject, _QUESTION[field]))
    card_id = desk.new_card("meeting_write", subject, field)
    t = desk.t
    text = t(f"meeting.ask.{field}", title=found.event.title(t.language))
    if field == "diet" and value:
        text = f"{text} {t('meeting.clear_diet')}"
    return Reply(
        (
            message(
                cards.write(
                    t,
                    card_id,
                    head=t(f"meeting.ask.{field}_title"),
                    text=text,
                    field=field,
                    value=value,
                    longest=LONGEST,
                    refusal=refusal,
                )
            ),
        )
    )


def press_write(desk: Desk, pressed: Pressed, instance: CardInstance, first: bool) -> Reply | None:
    field = instance.page
    if pressed.verb not in (field, "leave_out") or not pressed.inputs.keys() <= {field}:
        return None
    if not first:  # what was asked after it stays asked
        return _as_answered(desk, instance.subject, _QUESTION[field])
    if pressed.verb == "leave_out":
        return left_out(desk, instance.subject, _QUESTION[field])
    return written(desk, instance.subject, pressed.inputs.get(field, ""), _QUESTION[field])


def left_out(desk: Desk, subject: str, question: str) -> Reply:
    """It is not written; what was answered before stands."""
    _done(desk)
    return _as_answered(desk, subject, question)


def cleared(desk: Desk, subject: str, question: str) -> Reply:
    """What may be empty is emptied; of the rest, what was answered before stands."""
    if question == DIET:
        return written(desk, subject, "", DIET)
    return left_out(desk, subject, question)


def _as_answered(desk: Desk, subject: str, question: str) -> Reply:
    """What the person was asked about, as it stands."""
    meeting_id, _, _ = subject.partition("/")
    return _need(desk, meeting_id) if question == WORD else Reply((_invitation(desk, meeting_id),))


def written(desk: Desk, subject: str, text: str, question: str) -> Reply:
    """What was written, on the card or as a message."""
    meeting_id, _, _ = subject.partition("/")
    found = known.find(desk.inquiry, meeting_id)
    words = " ".join(text.split())
    if found is None:
        _done(desk)
        return _nothing_there(desk)
    field = next(each for each, asked in _QUESTION.items() if asked == question)
    if not words and question != DIET:
        return _ask(desk, found, field, refusal=desk.t("error.missing"))
    if len(words) > LONGEST:
        too_long = desk.t("error.too_long", most=LONGEST, length=len(words))
        return _ask(desk, found, field, words[:LONGEST], refusal=too_long)
    if question == SUBSTITUTE and words.endswith("?"):
        return _ask(desk, found, field, refusal=desk.t("meeting.no_name"))
    _done(desk)
    if question == SUBSTITUTE and not asking.is_as_asked(found, subject):
        return _changed_since(desk, found)
    return _WRITTEN[question](desk, found, words)


def _done(desk: Desk) -> None:
    focus = drafts.focus(desk.work.connection, desk.actor.person_id)
    if focus is not None and focus.question in _WRITTEN:
        drafts.set_focus(desk.work, desk.actor.person_id, None)


def _substitute(desk: Desk, found: Known, name: str) -> Reply:
    _, invitee = _called(desk, found.id)
    if invitee is None:
        return _nothing_there(desk)
    if found.meeting.state in STANDS and not found.meeting.is_over(desk.turn.received_at):
        meetings.answer(desk.work, found.id, invitee.person_id, Answer.SUBSTITUTE, substitute=name)
    return _then_diet(desk, found, Answer.SUBSTITUTE)


def _diet(desk: Desk, found: Known, words: str) -> Reply:
    """Nothing written takes away what was."""
    _, invitee = _called(desk, found.id)
    eats = invitee is not None and invitee.answer in (Answer.COMES, Answer.SUBSTITUTE)
    stands = found.meeting.state in STANDS and not found.meeting.is_over(desk.turn.received_at)
    if invitee is None or not eats or not found.meeting.has_food or not stands:
        return Reply((_invitation(desk, found.id),))
    assert invitee.answer is not None
    meetings.answer(
        desk.work,
        found.id,
        invitee.person_id,
        invitee.answer,
        substitute=invitee.substitute,
        diet=words or None,
    )
    return Reply((_invitation(desk, found.id),))


# Points for the agenda


def name_point(desk: Desk, argument: str) -> Reply:
    """`sak til møtet …`; of several meetings, with the number of the one that is meant before it."""
    found = _meetings_with_agenda(desk)
    if not found:
        return say(desk.t("meeting.no_agenda"))
    place, _, rest = argument.partition(" ")
    if len(found) > 1 and not (place.isdecimal() and 1 <= int(place) <= len(found)):
        lines = (
            desk.t("meeting.numbered", number=number, title=each.short(desk.t))
            for number, each in enumerate(found, start=1)
        )
        return say("\n".join([desk.t("meeting.which_agenda"), *lines]))
    chosen, words = (found[int(place) - 1], rest) if len(found) > 1 else (found[0], argument)
    if not words:
        return _ask_point(desk, chosen)
    return written(desk, chosen.id, _as_typed(desk, words), POINT)


def _as_typed(desk: Desk, folded: str) -> str:
    """The last words of the message, with the letters that they were written with."""
    happening = desk.turn.happening
    words = happening.text.split() if isinstance(happening, Said) else folded.split()
    return " ".join(words[-len(folded.split()) :])


def _meetings_with_agenda(desk: Desk) -> list[Known]:
    """Those that the person was called to and that still take points."""
    invited = meetings.invited_to(desk.work.connection, desk.actor.person_id, desk.on, tuple(STANDS))
    return [
        called[0]
        for meeting in invited
        if meeting.agenda_by_on is not None
        and desk.on <= meeting.agenda_by_on
        and (called := known.called(desk.inquiry, meeting.id)) is not None
    ]


def _ask_point(desk: Desk, found: Known) -> Reply:
    if (refusal := _no_more_points(desk, found)) is not None:
        return Reply((_invitation(desk, found.id, refusal=refusal),))
    return _ask(desk, found, "point")


def _no_more_points(desk: Desk, found: Known) -> str | None:
    until = found.meeting.agenda_by_on
    if found.meeting.state not in STANDS or until is None:
        return desk.t("meeting.no_agenda")
    if desk.on > until:
        return desk.t("meeting.points_over", day=until)
    if len(meetings.points(desk.work.connection, found.id)) >= _MOST_POINTS:
        return desk.t("meeting.points_full", most=_MOST_POINTS)
    return None


def _point(desk: Desk, found: Known, words: str) -> Reply:
    """On the agenda, once: who sends the same again has it there already."""
    _, invitee = _called(desk, found.id)
    if invitee is None:
        return _nothing_there(desk)
    if (refusal := _no_more_points(desk, found)) is not None:
        return Reply((_invitation(desk, found.id, refusal=refusal),))
    standing = {(each.person_id, each.text) for each in meetings.points(desk.work.connection, found.id)}
    if (desk.actor.person_id, words) not in standing:
        meetings.add_point(desk.work, found.id, desk.actor.person_id, words)
    return Reply(
        (Message(desk.t("meeting.point_taken", point=_quoted(desk, words))), _invitation(desk, found.id))
    )


# Whether there is a need


def press_need(desk: Desk, pressed: Pressed, instance: CardInstance, first: bool) -> Reply | None:
    if pressed.verb not in ("open", instance.page) or pressed.inputs:
        return None
    found = known.find(desk.inquiry, instance.subject)
    owners = asking.owners_of(desk.inquiry, found.event.region) if found else ()
    if found is None or not owners:
        return _nothing_there(desk)
    is_open = found.meeting.state is MeetingState.NEED_ASKED
    if first and is_open and pressed.verb == "word":
        return _ask(desk, found, "word")
    if first and is_open and pressed.verb in ("need_yes", "need_no"):
        said = {each.owner: each for each in meetings.needs(desk.work.connection, found.id)}
        for owner in owners:
            word = said[owner].word if owner in said else None
            meetings.say_need(desk.work, found.id, owner, pressed.verb == "need_yes", word)
    return _need(desk, found.id)


def _need(desk: Desk, meeting_id: str) -> Reply:
    """The question, and what was said for the owners that the person speaks for."""
    found = known.find(desk.inquiry, meeting_id)
    owners = asking.owners_of(desk.inquiry, found.event.region) if found else ()
    if found is None or not owners:
        return _nothing_there(desk)
    t = desk.t
    needs = [each for each in meetings.needs(desk.work.connection, found.id) if each.owner in owners]
    is_open = found.meeting.state is MeetingState.NEED_ASKED
    offers = list(asking.need_offers(found, t)) if is_open else []
    if is_open and needs:
        offers.append(Offer(t("button.word"), "word", asking.NEED, found.id, "word"))
    said = t("meeting.need_said." + ("yes" if needs[-1].is_needed else "no")) if needs else ""
    if not is_open:
        said = f"{said} {t('meeting.need_over')}".strip()
    return Reply(
        (
            message(
                cards.question(
                    found.view(t),
                    t,
                    buttons(desk, offers),
                    head=t("notice.meeting_need_title"),
                    text=t("notice.meeting_need"),
                    said=said,
                    word=_quoted(desk, needs[-1].word) if needs and needs[-1].word else "",
                )
            ),
        )
    )


def _word(desk: Desk, found: Known, words: str) -> Reply:
    said = {each.owner: each for each in meetings.needs(desk.work.connection, found.id)}
    if found.meeting.state is MeetingState.NEED_ASKED:
        for owner in asking.owners_of(desk.inquiry, found.event.region):
            if owner in said:
                meetings.say_need(desk.work, found.id, owner, said[owner].is_needed, words)
    return _need(desk, found.id)


# Dates to choose from


_POLL_VERBS = frozenset(
    {
        *("open", "none_fits"),
        *(f"{verb}_{place}" for verb in ("can", "cannot") for place in range(1, MOST_OPTIONS + 1)),
    }
)


def press_poll(desk: Desk, pressed: Pressed, instance: CardInstance, first: bool) -> Reply | None:
    meeting_id, _, number = instance.subject.partition("/")
    verb, _, place = pressed.verb.partition("_")
    if pressed.verb not in ("open", instance.page) or pressed.inputs:
        return None
    verb, _, place = pressed.verb.partition("_")
    found = known.find(desk.inquiry, meeting_id)
    if found is None or not known.is_for(desk.inquiry, found):
        return _nothing_there(desk)
    is_open = found.meeting.state is MeetingState.POLL and number == str(
        meetings.poll(desk.work.connection, meeting_id)
    )
    if first and is_open and verb != "open":
        chosen = set(_chosen(desk, meeting_id, int(number)) or ())
        known_places = {
            each.place for each in meetings.options(desk.work.connection, meeting_id, int(number))
        }
        asked = {int(place)} & known_places if place.isdecimal() else set[int]()
        after = {"can": chosen | asked, "cannot": chosen - asked, "none": set[int]()}[verb]
        meetings.vote(desk.work, meeting_id, int(number), desk.actor.person_id, after)
    return _poll(desk, instance.subject)


def _chosen(desk: Desk, meeting_id: str, number: int) -> tuple[int, ...] | None:
    """None: nothing was said yet."""
    votes = meetings.votes(desk.work.connection, meeting_id, number)
    return next((each.places for each in votes if each.person_id == desk.actor.person_id), None)


def _poll(desk: Desk, subject: str) -> Reply:
    """The dates of the latest poll, whichever card was pressed."""
    meeting_id, _, _ = subject.partition("/")
    found = known.find(desk.inquiry, meeting_id)
    if found is None or not known.is_for(desk.inquiry, found):
        return _nothing_there(desk)
    t, number = desk.t, meetings.poll(desk.work.connection, meeting_id)
    options, chosen = (
        meetings.options(desk.work.connection, meeting_id, number),
        _chosen(desk, meeting_id, number),
    )
    is_open = found.meeting.state is MeetingState.POLL
    offers = asking.poll_offers(found, number, options, chosen or (), t) if is_open else ()
    days = tuple(cards.of_option(option, t) for option in options if option.place in (chosen or ()))
    said = (
        ""
        if chosen is None
        else t("meeting.chosen", days=t.listed(days))
        if days
        else t("meeting.chosen_none")
    )
    if not is_open:
        said = f"{said} {t('meeting.poll_over')}".strip()
    return Reply(
        (
            message(
                cards.question(
                    found.view(t),
                    t,
                    buttons(desk, offers),
                    head=t("notice.meeting_poll_title"),
                    text=t("notice.meeting_poll"),
                    items=asking.listed(options, chosen or (), t),
                    said=said,
                )
            ),
        )
    )


_WRITTEN: dict[str, Callable[[Desk, Known, str], Reply]] = {
    SUBSTITUTE: _substitute,
    DIET: _diet,
    POINT: _point,
    WORD: _word,
}
