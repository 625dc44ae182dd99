"""One turn: read, decide, save, answer.

Everything up to the reply happens in one job of the store, so a turn is saved whole or not at all, and nothing is
said before it is saved. A turn that comes twice is not done twice: it gets the present state.
"""

import logging
from collections.abc import Callable
from functools import partial

from dialogs import (
    answering,
    commands,
    confirming,
    drafting,
    elsewhere,
    enrolling,
    granted,
    inviting,
    mass,
    moving,
    offering,
    paper,
    phoning,
    pressing,
    proposals,
    queries,
    registering,
    reminding,
    reporting,
    versions,
    whose,
)
from dialogs.asking import place_named
from dialogs.cards.forms import whom_to_ask
from dialogs.cards.lists import menu
from dialogs.commands import Command
from dialogs.desk import Desk, House, message, say
from dialogs.engine import Kind
from dialogs.forms import FORMS
from dialogs.hearing import heard
from dialogs.meetings import arranging, asking, binding, feeds, invited
from dialogs.texts import language_of_locale, languages, texts
from domain.access import Action, RoleKind, Visible, may, visible_cases
from domain.days import local_day
from domain.errors import Retryable
from domain.messages import Joined, Left, Message, Pressed, Reply, Said, Scope, Turn
from store import activities, cards, conversations, drafts, register
from store.cards import CardInstance
from store.drafts import Draft, Purpose
from store.work import Store, Work

log = logging.getLogger(__name__)

QUERIES = queries.every()


class Turns:
    """Answers turns. `answer` never raises for what a person or a database can do. `post`: None, where mail is not
    set up."""

    def __init__(self, store: Store, house: House, post: inviting.Post | None = None) -> None:
        self._store = store
        self._house = house
        self._post = post

    async def answer(self, turn: Turn) -> Reply:
        """Do the turn and say what is shown for it. Where nothing could be saved, that is said."""
        try:
            reply = await self._store.work(
                lambda work: _turn(self._house, work, turn),
                actor=f"{turn.identity.object_id}" if turn.identity else "unknown",
                cause=turn.activity_id,
                now=turn.received_at,
            )
        except Retryable as failure:
            extra = {"correlation_id": turn.correlation_id, "error": type(failure).__name__}
            log.error("turn.not_saved", extra=extra)
            return Reply((Message(texts(_spoken(self._house, turn))("say.not_saved")),))
        return await inviting.posted(reply, self._post) if isinstance(reply, inviting.Invited) else reply


def _spoken(house: House, turn: Turn) -> str:
    """The language to use before it is known who writes."""
    return language_of_locale(turn.address.locale, house.default_language)


def _turn(house: House, work: Work, turn: Turn) -> Reply:
    first = activities.first_time(work, turn.address.conversation_id, turn.activity_id)
    # One that comes again tells of what may be over: by now the bot may have been removed, or be back.
    begins = first and conversations.seen(work, turn.address, turn.received_at)
    if isinstance(turn.happening, Left):
        if first:
            conversations.set_state(
                work, turn.address.conversation_id, conversations.ConversationState.NOT_INSTALLED
            )
        return Reply()
    if turn.address.scope is not Scope.PERSONAL:
        return _in_public(house, work, turn, first)
    if isinstance(turn.happening, Joined) and not begins:
        return Reply()  # Teams tells of an installation twice, and again with each new version of the app
    on = local_day(turn.received_at)
    actor = register.actor(work.connection, turn.identity, on) if turn.identity else None
    if actor is None:
        return _stranger(house, work, turn, first)
    work = work.by(actor.person_id)
    t = texts(actor.language or _spoken(house, turn))
    desk = Desk(house, work, turn, actor, t)
    return offering.note(desk, _known(desk, first))


def _in_public(house: House, work: Work, turn: Turn, first: bool) -> Reply:
    """In a channel or a group nothing about a person or a case is said (threats.md, 18). Those who arrange meetings say
    there which region's channel it is."""
    if isinstance(turn.happening, Joined) or not first:
        return Reply()
    t = texts(_spoken(house, turn))
    named = binding.wanted(turn.happening.text) if isinstance(turn.happening, Said) else None
    if named is not None and turn.identity is not None:
        actor = register.actor(work.connection, turn.identity, local_day(turn.received_at))
        if actor is not None and (
            bound := binding.bind(house, work.by(actor.person_id), turn, actor, named, t)
        ):
            return bound
    return Reply((Message(t("say.only_in_private")),))


def _stranger(house: House, work: Work, turn: Turn, first: bool) -> Reply:
    """Somebody whom the register does not know: how to be let in, and nothing else."""
    t = texts(_spoken(house, turn))
    code = enrolling.read_code(turn.happening.text) if isinstance(turn.happening, Said) else None
    if code is None or turn.identity is None or not first:
        return say(t("enrol.who"))
    result = enrolling.redeem(work, turn.identity, code, house.machine_now())
    if isinstance(result, enrolling.Refused):
        return say(t(result.key))
    on = local_day(turn.received_at)
    actor = register.actor(work.connection, turn.identity, on)
    if actor is None:
        return say(t("enrol.who"))
    t = texts(actor.language or _spoken(house, turn))
    desk = Desk(house, work.by(actor.person_id), turn, actor, t)
    welcome = _menu(desk, t("enrol.welcome", name=actor.name))
    taken_over = QUERIES["handover"].answer(desk.inquiry, "")
    if taken_over.json.get("drafts") or taken_over.json.get("cases"):
        return Reply((welcome, queries.shown(desk, taken_over)))
    return Reply((welcome,))


def _known(desk: Desk, first: bool) -> Reply:
    match desk.turn.happening:
        case Pressed() as pressed:
            return _pressed(desk, pressed, first)
        case Said(text):
            return _said(desk, text, first)
        case _:
            return Reply((_menu(desk, desk.t("menu.hello", name=desk.actor.name)),)) if first else Reply()


# Buttons.


def _pressed(desk: Desk, pressed: Pressed, first: bool) -> Reply:
    """A button. An unknown card, a card of another person or chat, and a button it never had: one neutral answer."""
    instance = cards.get(desk.work.connection, pressed.card)
    if instance is None or not _is_for(desk, instance):
        return say(desk.t("say.unknown_card"))
    reply = _BUTTONS[instance.kind](desk, pressed, instance, first)
    return reply or say(desk.t("say.unknown_card"))


def _is_for(desk: Desk, instance: CardInstance) -> bool:
    return (instance.person_id, instance.conversation_id) == (
        desk.actor.person_id,
        desk.turn.address.conversation_id,
    )


def _verbs(instance: CardInstance) -> tuple[str, ...]:
    """The buttons that the row says the card was given."""
    return tuple(verb for verb in instance.page.split(",") if verb)


def _form_button(desk: Desk, pressed: Pressed, instance: CardInstance, first: bool) -> Reply | None:
    if not first or pressed.verb == "refresh":
        return pressing.press_again(desk, instance)
    return pressing.press(desk, pressed, instance)


def _draft_button(desk: Desk, pressed: Pressed, instance: CardInstance, first: bool) -> Reply | None:
    if pressed.verb not in ("open", *_verbs(instance)) or pressed.inputs:
        return None
    if pressed.verb == "paper" and first:
        return paper.beside_draft(desk, instance.subject)
    return drafting.go_on(desk, instance.subject)


def _case_button(desk: Desk, pressed: Pressed, instance: CardInstance, first: bool) -> Reply | None:
    acts = _verbs(instance)
    if pressed.verb not in ("refresh", "paper", *acts) or pressed.inputs:
        return None
    if pressed.verb in acts and first:
        return versions.act(desk, pressed.verb, instance.subject)
    if pressed.verb == "paper" and first:
        return paper.beside_case(desk, instance.subject)
    return _ask(desk, "case_status", instance.subject)


def _withdrawal_button(desk: Desk, pressed: Pressed, instance: CardInstance, first: bool) -> Reply | None:
    if pressed.verb not in ("withdraw_yes", "withdraw_no") or pressed.inputs:
        return None
    if not first:
        return _ask(desk, "case_status", instance.subject)
    return versions.answer_withdraw(desk, instance.subject, yes=pressed.verb == "withdraw_yes")


def _paper_button(desk: Desk, pressed: Pressed, instance: CardInstance, first: bool) -> Reply | None:
    return paper.again(desk, instance) if pressed.verb == "paper" and not pressed.inputs else None


def _answer_button(desk: Desk, pressed: Pressed, instance: CardInstance, first: bool) -> Reply | None:
    """The answer as a file: it stays as it is, and the link comes below it. Or (`ask`) the answer itself."""
    if pressed.verb not in ("sheet", "ask") or pressed.inputs or instance.page not in QUERIES:
        return None
    query, argument = instance.page, instance.subject
    if pressed.verb == "ask":
        return _ask(desk, query, argument)
    return Reply(
        (*_ask(desk, query, argument).messages, *paper.list_of_answer(desk, query, argument).messages)
    )


def _menu_button(desk: Desk, pressed: Pressed, instance: CardInstance, first: bool) -> Reply | None:
    if pressed.verb not in _verbs(instance) or pressed.inputs:
        return None
    if not first and pressed.verb == "new":
        return _present(desk)
    return _command(desk, Command(pressed.verb))


_BUTTONS: dict[str, Callable[[Desk, Pressed, CardInstance, bool], Reply | None]] = {
    **dict.fromkeys(pressing.VERBS, _form_button),
    "draft": _draft_button,
    "case": _case_button,
    "withdrawal": _withdrawal_button,
    "paper": _paper_button,
    "menu": _menu_button,
    "answer": _answer_button,
    "year": moving.press_year,
    "move": moving.press,
    "role": registering.press,
    "reminders": reminding.press,
    "elsewhere": elsewhere.press,
    "part": confirming.press,
    "proposal": proposals.press,
    "report": reporting.press,
    "phone": phoning.press,
    "batch": mass.press,
    "meeting": arranging.press,
    "meeting_list": arranging.press_list,
    "meeting_attendance": arranging.press_attendance,
    "meeting_write": invited.press_write,
    asking.INVITATION: invited.press_invitation,
    asking.NEED: invited.press_need,
    asking.POLL: invited.press_poll,
}


# Words.


def _said(desk: Desk, text: str, first: bool) -> Reply:
    focus = drafts.focus(desk.work.connection, desk.actor.person_id)
    aside = focus if focus is not None and focus.question in _ASIDES else None
    draft = drafting.own_draft(desk, focus.subject) if focus and not aside else None
    question = focus.question if focus and draft and draft.is_open else None
    asked = FORMS[draft.form].kind(question) if draft else None
    is_asked = question is not None or aside is not None
    if not is_asked and (pressed := offering.named(desk, text)) is not None:
        return _pressed(desk, pressed, first)
    command = commands.exact(text, question_open=is_asked, case_is_answer=asked is Kind.CASE)
    if command is not None and text.rstrip().endswith("?") and command.name not in commands.FORGIVING:
        return _not_understood(desk, text)  # who asks wants to know, and not that it is done
    if draft is not None and draft.is_open and question is None and _is_on_button(desk, draft, text):
        command = Command("submit")
    if not first and (command is None or command.name not in _QUESTIONS):
        return _present(desk)
    if command is not None and command.name in commands.TAKES_ANY_WORDS and not is_asked:
        understood = _understood(desk, text)
        if understood is not None:
            return understood
    if command is not None:
        if draft is not None and question in answering.YES_OR_NO:
            drafting.focus_on(desk, draft, None)  # a "ja" that comes later is not about it any more
        if aside is not None:
            drafts.set_focus(desk.work, desk.actor.person_id, None)
            if command.name in _LEAVE_OUT and aside.question in invited.QUESTIONS:
                leave = invited.cleared if command.name == "clear" else invited.left_out
                return leave(desk, aside.subject, aside.question)
        return _command(desk, command)
    if aside is not None and aside.question is not None:
        return _ASIDES[aside.question](desk, aside.subject, text)
    if draft is not None and question is not None:
        return answering.answer(desk, draft, question, text)
    if focus is not None and draft is None:
        return drafting.out_of_reach(desk)  # what they were at when they last wrote
    understood = _understood(desk, text)
    if understood is not None:
        return understood
    meant = commands.nearest(text)
    return _command(desk, meant) if meant else _not_understood(desk, text)


def _answer_withdraw(desk: Desk, number: str, text: str) -> Reply:
    """Only a plain yes withdraws, and only a plain no leaves the question."""
    if answering.is_yes(desk, text, "withdraw_yes"):
        return versions.answer_withdraw(desk, number, yes=True)
    if answering.is_no(desk, text, "withdraw_no"):
        kept = Message(desk.t("case.not_withdrawn", number=number))
        return Reply((kept, *versions.answer_withdraw(desk, number, yes=False).messages))
    return say(desk.t("case.withdraw_again", number=number))


# Questions that are no fields of a form, and what becomes of a text that answers them.
_ASIDES: dict[str, Callable[[Desk, str, str], Reply]] = {
    versions.WITHDRAW: _answer_withdraw,
    arranging.ATTENDANCE: arranging.write_attendance,
    **{question: partial(invited.written, question=question) for question in invited.QUESTIONS},
}
_LEAVE_OUT = frozenset({"skip", "pause", "clear"})


def _understood(desk: Desk, text: str) -> Reply | None:
    """The answer to a question in the person's own words. None: it is no question that is known.

    An owner is not told who has begun and who is missing, and the secretariat has no case of its own to look for: where
    something else can be meant, it is likelier.
    """
    sees_round = may(desk.actor, Action.SEE_ROUND)
    closed = (
        ("whereabouts",) if sees_round else ("begun", "missing", "unconfirmed", "reports", "reports_missing")
    )
    found = heard(text, desk.house.forum, desk.inquiry.directory, desk.turn.received_at, closed)
    if found is None:
        return None
    if found.query == "round_status" and not sees_round:
        return _ask(desk, "my_cases", found.argument)  # what they may see of it
    if found.query in ("reports", "reports_missing") and not sees_round:
        return _ask(desk, "duties", "")  # likewise
    if not found.is_file:
        return _ask(desk, found.query, found.argument)
    answer = QUERIES[found.query].answer(desk.inquiry, found.argument)
    if answer.sheet is not None:
        return paper.list_of_answer(desk, found.query, found.argument)
    said = (Message(desk.t("say.no_sheet")),) if answer.json.get("found") is not False else ()
    return Reply((*said, queries.shown(desk, answer)))


def _is_on_button(desk: Desk, draft: Draft, text: str) -> bool:
    """Whether it is what the form's last button says: with nothing left to ask, "send tilbake" sends back."""
    key = "submit_correction" if draft.purpose is Purpose.CORRECTION else "submit"
    return commands.fold(text) == commands.fold(desk.t(f"{draft.form}.{key}"))


def _present(desk: Desk) -> Reply:
    """The present state, for a message that came twice: what is asked now, or the menu."""
    focus = drafts.focus(desk.work.connection, desk.actor.person_id)
    draft = drafting.own_draft(desk, focus.subject) if focus else None
    if draft is None or not draft.is_open:
        return Reply((_menu(desk, desk.t("menu.hello", name=desk.actor.name)),))
    return Reply((drafting.show(desk, draft),))


def _not_understood(desk: Desk, text: str) -> Reply:
    """What could be meant, and whom to ask; the secretariat is not told to ask itself."""
    near = commands.suggestions(text, desk.t.language, without=_closed_to(desk))
    lines = [desk.t("say.not_understood"), *(f"– {phrase}" for phrase in near)]
    if not any(role.kind is RoleKind.SECRETARIAT for role in desk.actor.roles):
        lines.append(whom_to_ask(desk.inquiry.staff, desk.t))
    return say("\n".join(lines))


def _closed_to(desk: Desk) -> set[str]:
    """The commands that would get this person nowhere now."""
    closed = set[str]() if desk.inquiry.drafts else {*answering.COMMANDS, "continue"}
    if not desk.actor.organisations(RoleKind.OWNER_CONTACT):
        closed.add("new")
    if not may(desk.actor, Action.INVITE):
        closed.add("invite")
    if visible_cases(desk.actor, Action.SEE_HISTORY) == Visible():
        closed.add("history")
    if not may(desk.actor, Action.HANDLE_CASE):
        closed |= {"send_back", "correct", "journal", "extend", "on_behalf"}
    if not may(desk.actor, Action.SEE_ROUND):
        closed |= {f"{form}{question}" for form in granted.REPORTS for question in ("_list", "_missing")}
    if not desk.actor.organisations(RoleKind.OWNER_CONTACT, RoleKind.UNIVERSITY_CONTACT):
        closed |= set(granted.REPORTS)
    if not desk.actor.organisations(RoleKind.OWNER_CONTACT):
        closed |= {"new_version", "copy", "reopen", "handover"}
    if not desk.actor.organisations(RoleKind.UNIVERSITY_CONTACT):
        closed.add("confirm_part")
    if not may(desk.actor, Action.KEEP_CALENDAR):
        closed |= {"approve_year", "move_event"}
    if not may(desk.actor, Action.KEEP_REGISTER):
        closed |= {"role", "end_role", "revoke", "holders"}
    if not (may(desk.actor, Action.SEE_ROUND) and may(desk.actor, Action.INVITE)):
        closed.add("notices_sent")
    closed |= {"whereabouts"} if may(desk.actor, Action.SEE_ROUND) else {"begun", "missing", "unconfirmed"}
    if not may(desk.actor, Action.PHONE):
        closed |= {"phone_list", "phoned"}
    if not may(desk.actor, Action.SEND_OUT):
        closed |= {"mass_messages", "send_out", "stop_sending"}
    if not may(desk.actor, Action.SEE_FRAMES):
        closed.add("frames")
    if not may(desk.actor, Action.ARRANGE_MEETINGS):
        closed |= {"meeting", "meeting_status", "channel"}
    if desk.house.link is None:
        closed |= {"paper", "list"}
    if desk.house.feed is None:
        closed |= {"feed", "new_feed"}
    return closed


def _command(desk: Desk, command: Command) -> Reply:
    if command.name in answering.COMMANDS:
        return _draft_command(desk, command)
    return _COMMANDS[command.name](desk, command.argument)


def _draft_command(desk: Desk, command: Command) -> Reply:
    focus = drafts.focus(desk.work.connection, desk.actor.person_id)
    draft = drafting.own_draft(desk, focus.subject) if focus else None
    if focus is not None and draft is None:
        return drafting.out_of_reach(desk)
    if draft is not None and not draft.is_open:
        # Somebody else has filed it or thrown it away: a "send inn" that was meant for it is for no other draft.
        drafts.set_focus(desk.work, desk.actor.person_id, None)
        return Reply((drafting.ended(desk, draft),))
    if draft is None:
        begun = desk.inquiry.drafts
        if len(begun) != 1:
            return _continue(desk, "")
        draft, focus = begun[0], None
    field = focus.question if focus else None
    return answering.command(desk, draft, field, command)


def _new(desk: Desk, _: str) -> Reply:
    return drafting.begin(desk, FORMS["needs_report"])


def _continue(desk: Desk, argument: str) -> Reply:
    """Go on with a draft: the one there is, the one with that number in the list, or ask which."""
    begun = desk.inquiry.drafts
    if not begun:
        may_begin = desk.actor.organisations(RoleKind.OWNER_CONTACT, RoleKind.FILER)
        ask = "" if may_begin else whom_to_ask(desk.inquiry.staff, desk.t)
        return Reply((_menu(desk, f"{desk.t('say.no_drafts')} {ask}".rstrip()),))
    place = 1 if len(begun) == 1 and not argument else place_named(argument, len(begun))
    if place is None:
        return _ask(desk, "my_cases", "")
    return drafting.go_on(desk, begun[place - 1].id)


def _status(desk: Desk, number: str) -> Reply:
    if number:
        return _ask(desk, "case_status", number)
    return _ask(desk, "round_status" if may(desk.actor, Action.SEE_ROUND) else "my_cases", "")


def _help(desk: Desk, _: str) -> Reply:
    if may(desk.actor, Action.SEE_ROUND):
        return Reply((_menu(desk, f"{desk.t('menu.help_staff')} {_what_can_be_done(desk)}".rstrip()),))
    ask = whom_to_ask(desk.inquiry.staff, desk.t)
    return Reply((_menu(desk, f"{desk.t('menu.help')} {ask}"),))


# What those who treat cases do, in the order of a case's life.
_HANDLING = (
    *("on_behalf", "send_back", "correct", "journal", "extend", "move_event", "approve_year"),
    *("notices_sent", "role"),
)


def _what_can_be_done(desk: Desk) -> str:
    if not may(desk.actor, Action.HANDLE_CASE):
        return ""
    words = (desk.t.words(f"command.{name}")[0] for name in _HANDLING)
    return desk.t("menu.help_handling", words=", ".join(words))


def _language(desk: Desk, code: str) -> Reply:
    """Write to the person in that language from now on; without one, say which there are."""
    if not code:
        names = tuple(texts(each)("language") for each in languages())
        return say(desk.t("say.languages", names=desk.t.listed(names)))
    register.set_language(desk.work, desk.actor.person_id, code)
    return say(texts(code)("say.language_set"))


def _report(form: str, desk: Desk, argument: str) -> Reply:
    """Report on a grant; who holds none and sees the round is shown what others have reported."""
    if may(desk.actor, Action.SEE_ROUND):
        return _ask(desk, "reports", form)
    return reporting.begin(desk, form, argument)


def _on_case(desk: Desk, argument: str, *, verb: str) -> Reply:
    """Do it to the case that is named; where none is, ask which."""
    if not argument:
        return whose.ask_which(desk, verb)
    if verb == "journal":
        return versions.note_journal_number(desk, argument)
    return versions.act(desk, verb, argument)


def _meeting(desk: Desk, which: str) -> Reply:
    """For those who arrange meetings; others mean the calendar."""
    if may(desk.actor, Action.ARRANGE_MEETINGS):
        return arranging.begin(desk, which)
    return _ask(desk, "calendar", "")


_COMMANDS: dict[str, Callable[[Desk, str], Reply]] = {
    "new": _new,
    "continue": _continue,
    "my_cases": lambda desk, _: _ask(desk, "my_cases", ""),
    "status": _status,
    "deadlines": lambda desk, _: _ask(desk, "deadlines", ""),
    "paper": paper.document,
    "list": lambda desk, _: paper.list_of_cases(desk),
    "help": _help,
    "language": _language,
    "invite": inviting.invite,
    **{verb: partial(_on_case, verb=verb) for verb in (*versions.VERBS, "journal")},
    "handover": lambda desk, _: _ask(desk, "handover", ""),
    "extend": lambda desk, _: versions.begin_extension(desk),
    "approve_year": moving.approve,
    "move_event": moving.begin,
    "on_behalf": lambda desk, _: versions.begin_on_behalf(desk),
    "history": lambda desk, number: _ask(desk, "history", number),
    "role": registering.give,
    "end_role": registering.end,
    "revoke": registering.revoke,
    "holders": registering.holders,
    "reminders": reminding.reminders,
    "notices_sent": lambda desk, of_what: _ask(desk, "notices_sent", of_what),
    "phoned": phoning.phoned,
    "send_out": mass.release_newest,
    "stop_sending": mass.stop_newest,
    "meeting": _meeting,
    "meeting_status": lambda desk, which: _ask(desk, "meeting_status", which),
    "rsvp": invited.show,
    "point": invited.name_point,
    "channel": binding.how,
    "feed": feeds.link,
    "new_feed": feeds.renew,
    "frames": lambda desk, of_what: _ask(desk, "frames", of_what),
    **{form: partial(_report, form) for form in granted.REPORTS},
    **{
        f"{form}_list": partial(lambda desk, _, form: _ask(desk, "reports", form), form=form)
        for form in granted.REPORTS
    },
    **{
        f"{form}_missing": partial(lambda desk, _, form: _ask(desk, "reports_missing", form), form=form)
        for form in granted.REPORTS
    },
    **{
        name: partial(lambda desk, _, name: _ask(desk, name, ""), name=name)
        for name in (
            *("whereabouts", "contact", "begun", "missing", "unconfirmed", "calendar", "duties", "claims"),
            *("phone_list", "mass_messages"),
        )
    },
}
# They change nothing.
_QUESTIONS = frozenset(
    {
        "my_cases",
        "status",
        "deadlines",
        "help",
        "history",
        "notices_sent",
        "phone_list",
        "mass_messages",
        "frames",
        "holders",
        "handover",
        "confirm_part",
        "paper",
        "list",
        "differences",
        "whereabouts",
        "contact",
        "begun",
        "missing",
        "unconfirmed",
        "calendar",
        "duties",
        "claims",
        *(f"{form}{question}" for form in granted.REPORTS for question in ("_list", "_missing")),
        "meeting",
        "meeting_status",
        "rsvp",
        "channel",
    }
)


def _ask(desk: Desk, query: str, argument: str) -> Reply:
    answer = QUERIES[query].answer(desk.inquiry, argument)
    return Reply((queries.shown(desk, answer),))


def _menu(desk: Desk, text: str) -> Message:
    """What this person can do, by role."""
    owner = bool(desk.actor.organisations(RoleKind.OWNER_CONTACT))
    staff = may(desk.actor, Action.SEE_ROUND)
    verbs = [
        *(["new"] if owner else []),
        *(["continue"] if desk.inquiry.drafts else []),
        *(["status"] if staff else ["my_cases"]),
        "deadlines",
    ]
    card_id = desk.new_card("menu", page=",".join(verbs))
    return message(menu(desk.t, card_id, title=desk.t("menu.title"), text=text, verbs=verbs))
