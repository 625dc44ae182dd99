"""One question at a time by typing, and the commands that a person can give about the draft."""

from collections.abc import Callable
from dataclasses import replace

from dialogs import drafting, moving, sharing, submitting
from dialogs.asking import LONGEST_ANSWER, place_named, quoted, shown, taken
from dialogs.cards import questions
from dialogs.cards.forms import DraftView, owner_decides
from dialogs.commands import Command, fold
from dialogs.desk import Desk, say
from dialogs.engine import Question, digest
from dialogs.forms import FORMS
from domain.messages import Message, Reply
from store import drafts
from store.drafts import Draft, Focus, Purpose


def answer(desk: Desk, draft: Draft, field: str, text: str) -> Reply:
    """A typed answer to the question last asked. What fits nothing is kept and asked again."""
    if field in YES_OR_NO:
        return YES_OR_NO[field](desk, draft, text)
    form, around = FORMS[draft.form], drafting.circumstances(desk.inquiry, draft, {field: text})
    answers = form.renamed(draft.answers)
    question = next((each for each in form.path(answers, around) if each.field == field), None)
    if question is None or not text.strip() or len(text) > LONGEST_ANSWER:
        return _ask_again(desk, draft, drafting.view(desk, draft, around), question, text)
    if (meanwhile := _meanwhile(desk, draft, answers, field, text)) is not None:
        seen = drafting.view(desk, draft, around)
        return Reply((drafting.ask(desk, draft, seen, question, before=meanwhile),))
    answers[field] = taken(question, text.strip(), around, desk.t)
    draft = drafting.save(desk, draft, answers, confirmed=(field,))
    seen = drafting.view(desk, draft, around)
    if field in seen.checked.problems:
        return Reply((drafting.ask(desk, draft, seen, question),))
    following = seen.checked.next(after=field)
    return Reply(
        (drafting.ask(desk, draft, seen, following, before=questions.saved(seen, question, desk.t)),)
    )


def _meanwhile(desk: Desk, draft: Draft, answers: dict[str, str | None], field: str, text: str) -> str | None:
    """That somebody else has answered since the question was asked: nobody's words are written over unseen."""
    focus = drafts.focus(desk.work.connection, desk.actor.person_id)
    who, _ = draft.writers.get(field, (desk.actor.person_id, ""))
    stands = digest(answers.get(field) or "")
    if focus is None or focus.shown in ("", stands) or who == desk.actor.person_id:
        return None
    return desk.t("type.changed_meanwhile", name=sharing.name_of(desk, who), text=quoted(text))


def _ask_again(desk: Desk, draft: Draft, seen: DraftView, question: Question | None, text: str) -> Reply:
    """Nothing was taken: the question has left the path, or there is nothing in the answer, or too much."""
    too_long = desk.t("error.too_long", most=LONGEST_ANSWER, length=len(text))
    before = too_long if len(text) > LONGEST_ANSWER else ""
    return Reply((drafting.ask(desk, draft, seen, question or seen.checked.next(), before=before),))


def _answer_discard(desk: Desk, draft: Draft, text: str) -> Reply:
    if is_yes(desk, text, "discard_yes") and drafting.view(desk, draft).is_masters:
        return drafting.discard(desk, draft)
    drafts.set_focus(desk.work, desk.actor.person_id, Focus(draft.id, None))
    return Reply((drafting.show(desk, draft, before=desk.t("say.kept")),))


def _answer_move(desk: Desk, draft: Draft, text: str) -> Reply:
    """Only a plain yes moves the date, and only a plain no leaves it."""
    yes, no = is_yes(desk, text, "move_yes"), is_no(desk, text, "move_no")
    focus = drafts.focus(desk.work.connection, desk.actor.person_id)
    if focus is None or not (yes or no):
        return say(desk.t("move.again"))
    return moving.answer(desk, draft, yes=yes, shown_version=focus.shown)


# What is asked of a draft beside its fields.
YES_OR_NO: dict[str, Callable[[Desk, Draft, str], Reply]] = {
    drafting.DISCARD: _answer_discard,
    drafting.MOVE: _answer_move,
}


def is_yes(desk: Desk, text: str, button: str = "") -> bool:
    """Whether the text is a yes: one of the words for it, or what stands on the button of that key."""
    return _is_one_of(desk, text, "words.yes", button)


def is_no(desk: Desk, text: str, button: str = "") -> bool:
    return _is_one_of(desk, text, "words.no", button)


def _is_one_of(desk: Desk, text: str, words: str, button: str) -> bool:
    titles = (desk.t(f"button.{button}"),) if button else ()
    return fold(text) in {fold(word) for word in (*desk.t.words(words), *titles)}


def command(desk: Desk, draft: Draft, field: str | None, given: Command) -> Reply:
    """A command about the draft that is open."""
    seen = drafting.view(desk, draft)
    return _COMMANDS[given.name](desk, draft, seen, field, given.argument)


def _command_back(desk: Desk, draft: Draft, seen: DraftView, field: str | None, _: str) -> Reply:
    question = seen.checked.before(field)
    return Reply((drafting.ask(desk, _typed(desk, draft), seen, question or seen.checked.path[0]),))


def _command_skip(desk: Desk, draft: Draft, seen: DraftView, field: str | None, _: str) -> Reply:
    """Pass on. An answer that stands there stays, unless it was refused and may be left out."""
    question = seen.checked.question(field)
    if (
        question is not None
        and not question.required
        and (field in seen.checked.unasked | seen.checked.problems.keys())
    ):
        return _emptied(desk, draft, seen, question)
    following = seen.checked.next(after=field)
    alone = following is not None and following.field == field
    return Reply((drafting.ask(desk, draft, seen, following, before=desk.t("type.must") if alone else ""),))


def _command_clear(desk: Desk, draft: Draft, seen: DraftView, field: str | None, _: str) -> Reply:
    question = seen.checked.question(field)
    if question is None:
        return Reply((drafting.show(desk, draft),))
    if question.required:
        return Reply((drafting.ask(desk, draft, seen, question, before=desk.t("type.must")),))
    return _emptied(desk, draft, seen, question)


def _emptied(desk: Desk, draft: Draft, seen: DraftView, question: Question) -> Reply:
    """Left empty on purpose, and on to the next question."""
    meanwhile = _meanwhile(desk, draft, dict(seen.answers), question.field, desk.t("say.left_empty"))
    if meanwhile is not None:
        return Reply((drafting.ask(desk, draft, seen, question, before=meanwhile),))
    draft = drafting.save(desk, draft, {**seen.answers, question.field: None})
    seen = drafting.view(desk, draft)
    before = questions.saved(seen, question, desk.t)
    return Reply((drafting.ask(desk, draft, seen, seen.checked.next(after=question.field), before=before),))


def _command_summary(desk: Desk, draft: Draft, seen: DraftView, field: str | None, _: str) -> Reply:
    if draft.typed:
        return say(questions.summary(seen, desk.t))
    return Reply((drafting.page_card(desk, draft, seen, "review"),))


def _command_keep(desk: Desk, draft: Draft, seen: DraftView, field: str | None, _: str) -> Reply:
    """What was taken over from an earlier case is still right."""
    draft = drafting.save(desk, draft, dict(seen.answers), confirmed=(field,) if field else ())
    seen = drafting.view(desk, draft)
    return Reply((drafting.ask(desk, draft, seen, seen.checked.next(after=field)),))


def _command_share(desk: Desk, draft: Draft, seen: DraftView, *, allowed: bool) -> Reply:
    if not seen.is_masters:
        return say(owner_decides(seen, desk.t))
    if draft.purpose is not Purpose.REPORT or not draft.answers.get("uh_partner"):
        return say(desk.t("type.no_university"))
    sharing.let_universities_in(desk, draft, allowed=allowed)
    return say(desk.t("type.let_in" if allowed else "type.shut_out"))


def _command_change(desk: Desk, draft: Draft, seen: DraftView, field: str | None, argument: str) -> Reply:
    question = _question_named(desk, seen, argument)
    if question is None:
        return say(desk.t("type.no_such_question", count=len(seen.checked.path)))
    if draft.typed:
        return Reply((drafting.ask(desk, draft, seen, question),))
    return Reply((drafting.page_card(desk, draft, seen, question.page),))


def _question_named(desk: Desk, seen: DraftView, argument: str) -> Question | None:
    """`7`, or the beginning of a label."""
    path = seen.checked.path
    if argument.isdecimal():
        place = place_named(argument, len(path))
        return path[place - 1] if place else None
    labels = {q.field: fold(shown(seen.form, q, seen.circumstances, desk.t).label) for q in path}
    return next((q for q in path if labels[q.field].startswith(fold(argument))), None)


def _command_submit(desk: Desk, draft: Draft, seen: DraftView, field: str | None, _: str) -> Reply:
    if (unseen := _unseen(desk, draft, seen)) is not None:
        return unseen
    not_ready = "type.not_ready" if draft.typed else "card.not_ready"
    refusal, reply = submitting.submit(desk, draft, seen, not_ready=not_ready)
    if reply is not None:
        return reply
    if draft.typed:
        return Reply((drafting.show(desk, draft, before=refusal),))
    return Reply((drafting.page_card(desk, draft, seen, "review", refusal=refusal),))


def _unseen(desk: Desk, draft: Draft, seen: DraftView) -> Reply | None:
    """What others have changed since the person last answered or saw a card is read before it is filed."""
    me = desk.actor.person_id
    since = max(
        *(at for who, at in draft.writers.values() if who == me),
        (last.isoformat() if (last := drafting.last_seen(desk, draft)) else ""),
        "",
    )
    news = [field for field, (who, at) in draft.writers.items() if who != me and at > since]
    if not news:
        return None
    drafting.note_seen(desk, draft)
    return Reply((Message(f"{desk.t('type.outdated')}\n\n{questions.summary(seen, desk.t)}"),))


def _command_discard(desk: Desk, draft: Draft, seen: DraftView, field: str | None, _: str) -> Reply:
    if not seen.is_masters:
        return say(owner_decides(seen, desk.t))
    drafting.focus_on(desk, draft, drafting.DISCARD)
    return say(desk.t("card.discard_text", title=seen.title(desk.t)) + " " + desk.t("type.yes_or_no"))


def _command_card(desk: Desk, draft: Draft, seen: DraftView, field: str | None, _: str) -> Reply:
    draft = drafts.save(desk.work, draft, replace(draft, typed=False))
    question = seen.checked.question(field) or seen.checked.next()
    return Reply((drafting.page_card(desk, draft, seen, question.page if question else "review"),))


def _command_type(desk: Desk, draft: Draft, seen: DraftView, field: str | None, _: str) -> Reply:
    question = seen.checked.question(field) or seen.checked.next()
    return Reply((drafting.ask(desk, _typed(desk, draft), seen, question),))


def _typed(desk: Desk, draft: Draft) -> Draft:
    return draft if draft.typed else drafts.save(desk.work, draft, replace(draft, typed=True))


_COMMANDS: dict[str, Callable[[Desk, Draft, DraftView, str | None, str], Reply]] = {
    "pause": lambda desk, draft, seen, field, argument: drafting.pause(desk, draft),
    "back": _command_back,
    "skip": _command_skip,
    "clear": _command_clear,
    "keep": _command_keep,
    "share": lambda desk, draft, seen, *_: _command_share(desk, draft, seen, allowed=True),
    "unshare": lambda desk, draft, seen, *_: _command_share(desk, draft, seen, allowed=False),
    "summary": _command_summary,
    "change": _command_change,
    "submit": _command_submit,
    "discard": _command_discard,
    "card": _command_card,
    "type": _command_type,
}
COMMANDS = frozenset(_COMMANDS)
