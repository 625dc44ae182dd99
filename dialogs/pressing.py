"""Buttons on the cards of a form. Every press saves the whole page first (contract.md, "Saving on cards")."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from dialogs import drafting, paper, sharing, submitting
from dialogs.asking import LONGEST_ANSWER, on_card, readable, settled
from dialogs.cards import forms as form_cards
from dialogs.cards.forms import DraftView
from dialogs.desk import Desk, message
from dialogs.engine import Becomes, Merged, digest, merge
from dialogs.forms import FORMS
from domain.messages import Pressed, Reply
from domain.submissions import Circumstances
from store import drafts
from store.cards import CardInstance
from store.drafts import Draft, DraftState, Purpose


def press(desk: Desk, pressed: Pressed, instance: CardInstance) -> Reply | None:
    """A button on a card of a form. None: neither a button nor an input that this card has."""
    draft = drafting.own_draft(desk, instance.subject)
    verb = VERBS[instance.kind].get(pressed.verb)
    if verb is None:
        return None
    if draft is None:
        return drafting.out_of_reach(desk)
    form = FORMS[draft.form]
    if pressed.verb in _never_on(draft):
        return None
    inputs = {field: text or "" for field, text in form.renamed(pressed.inputs).items()}
    stood = {field: text or "" for field, text in form.renamed(instance.shown).items()}
    if not _is_possible(instance, stood, inputs):
        return None
    if draft.state is not DraftState.OPEN:
        return Reply((drafting.ended(desk, draft, _unsaved(desk, draft, stood, inputs)),))
    around = drafting.circumstances(desk.inquiry, draft, inputs)
    merged = _merge(draft, around, stood, inputs, page_done=pressed.verb in _DONE)
    is_outdated = draft.saved_at > instance.made_at
    confirmed = stood.keys() if pressed.verb == "next" else ()
    draft = drafting.save(desk, draft, merged.answers, confirmed=confirmed)
    seen = drafting.view(desk, draft, around, since=instance.made_at)
    return verb(Press(desk, draft, seen, instance, merged, inputs, is_outdated))


def _is_possible(instance: CardInstance, stood: dict[str, str], inputs: dict[str, str]) -> bool:
    """Whether the card has these inputs, and its fields hold so much."""
    known = {*stood, *(["go_to"] if instance.kind == "review" else [])}
    return inputs.keys() <= known and all(len(text) <= LONGEST_ANSWER for text in inputs.values())


def press_again(desk: Desk, instance: CardInstance) -> Reply | None:
    """The same press a second time, or a refresh: the present state of what the card was about."""
    draft = drafting.own_draft(desk, instance.subject)
    if draft is None:
        return drafting.out_of_reach(desk)
    if draft.state is not DraftState.OPEN:
        return Reply((drafting.ended(desk, draft),))
    latest = desk.latest(instance)
    return Reply(
        (
            drafting.page_card(
                desk,
                draft,
                drafting.view(desk, draft, since=latest.made_at),
                latest.page,
                replaces=latest,
                typed=dict(latest.typed),
            ),
        )
    )


@dataclass(frozen=True, slots=True)
class Press:
    """A press whose inputs are saved: what was pressed and where the draft stands now."""

    desk: Desk
    draft: Draft
    seen: DraftView
    instance: CardInstance
    merged: Merged
    inputs: dict[str, str]
    is_outdated: bool  # the draft was saved after the card was shown

    def to(self, page: str, *, missed: Collection[str] = (), refusal: str = "") -> Reply:
        """Show a page; texts that clash hold the person on the page where they were typed."""
        clashes = self.merged.clashes
        return Reply(
            (
                drafting.page_card(
                    self.desk,
                    self.draft,
                    self.seen,
                    self.instance.page if clashes else page,
                    replaces=self.instance,
                    typed=clashes,
                    saved=bool(self.merged.changed),
                    missed=missed,
                    refusal=refusal,
                ),
            )
        )

    def beside(self, step: int) -> str:
        """The page so many steps away, within the form."""
        pages = self.seen.checked.pages()
        place = pages.index(self.instance.page) if self.instance.page in pages else 0
        return pages[min(max(place + step, 0), len(pages) - 1)]


def _next(press: Press) -> Reply:
    if press.seen.checked.page_is_open(press.instance.page):
        return press.to(press.instance.page, missed=press.instance.shown.keys())
    return press.to(press.beside(1))


def _go_to(press: Press) -> Reply:
    return press.to(press.inputs.get("go_to", "review"))


def _type(press: Press) -> Reply:
    desk = press.desk
    if press.merged.clashes:
        return press.to(press.instance.page)
    here = press.seen.checked.on_page(press.instance.page)
    question = (
        next((q for q in here if press.seen.checked.is_open(q.field)), None) or press.seen.checked.next()
    )
    draft = drafts.save(desk.work, press.draft, replace(press.draft, typed=True))
    card_id = desk.new_card("typing", draft.id, press.instance.page, replaces=press.instance)
    switched = message(form_cards.switched(desk.t, card_id))
    return Reply((switched, drafting.ask(desk, draft, press.seen, question)))


def _card(press: Press) -> Reply:
    draft = drafts.save(press.desk.work, press.draft, replace(press.draft, typed=False))
    return replace(press, draft=draft).to(press.instance.page)


def _masters(verb: Callable[["Press"], Reply]) -> Callable[["Press"], Reply]:
    """What only those may do whose the draft is."""

    def checked(press: Press) -> Reply:
        if press.seen.is_masters:
            return verb(press)
        return press.to("review", refusal=form_cards.owner_decides(press.seen, press.desk.t))

    return checked


@_masters
def _discard(press: Press) -> Reply:
    card_id = press.desk.new_card("discard", press.draft.id, press.instance.page, replaces=press.instance)
    drafting.focus_on(press.desk, press.draft, drafting.DISCARD)  # it can be answered by typing, too
    return Reply((message(form_cards.confirm_discard(press.seen, press.desk.t, card_id)),))


@_masters
def _discard_yes(press: Press) -> Reply:
    if press.instance.superseded_by is not None:  # answered before, otherwise or elsewhere
        return press.to(press.instance.page)
    return drafting.discard(press.desk, press.draft)


def _paper(press: Press) -> Reply:
    """The review as it stands now, and below it a link to it on paper."""
    if press.merged.clashes:
        return press.to("review")
    return Reply((*press.to("review").messages, paper.offer(press.desk, "draft", press.draft.id)))


def _letting_in(press: Press, *, allowed: bool) -> Reply:
    draft = sharing.let_universities_in(press.desk, press.draft, allowed=allowed)
    seen = drafting.view(press.desk, draft, press.seen.circumstances)
    return replace(press, draft=draft, seen=seen).to("review")


def _submit(press: Press) -> Reply:
    """What is filed is what stood on the card; where that has changed, it is shown first (threats.md, 20)."""
    if press.merged.clashes:
        return press.to("review")
    if press.is_outdated:
        return press.to("review", refusal=press.desk.t("card.outdated"))
    refusal, reply = submitting.submit(press.desk, press.draft, press.seen, not_ready="card.not_ready")
    return reply or press.to("review", refusal=refusal)


_Verb = Callable[[Press], Reply]
_ON_PAGES: dict[str, _Verb] = {
    "back": lambda press: press.to(press.beside(-1)),
    "save": lambda press: press.to(press.instance.page),
    "type": _type,
}
_SHARING: dict[str, _Verb] = {
    "let_in": _masters(lambda press: _letting_in(press, allowed=True)),
    "shut_out": _masters(lambda press: _letting_in(press, allowed=False)),
}
# The buttons of each kind of card. Old cards stay in chats: what is taken off a card stays here.
VERBS: dict[str, dict[str, _Verb]] = {
    "form": {
        **_ON_PAGES,
        "next": _next,
        "skip": lambda press: press.to(press.beside(1)),
        "review": lambda press: press.to("review"),
    },
    "review": {
        **_ON_PAGES,
        "submit": _submit,
        "goto": _go_to,
        "discard": _discard,
        "paper": _paper,
        **_SHARING,
    },
    "discard": {"discard_yes": _discard_yes, "discard_no": lambda press: press.to(press.instance.page)},
    "typing": {"card": _card},
}


def _never_on(draft: Draft) -> frozenset[str]:
    """Only what becomes a case is a document that universities may be let into; not what the secretariat writes."""
    if FORMS[draft.form].becomes is not Becomes.CASE:
        return frozenset({*_SHARING, "paper"})
    return frozenset() if draft.purpose is Purpose.REPORT else frozenset(_SHARING)


# The person is done with the page: optional questions left empty are answered.
_DONE = frozenset({"next", "skip"})


def _merge(
    draft: Draft, around: Circumstances, stood: dict[str, str], inputs: dict[str, str], *, page_done: bool
) -> Merged:
    form = FORMS[draft.form]
    answers = form.renamed(draft.answers)
    asked = {q.field: q for q in form.path(answers, around)}
    if not stood.keys() <= asked.keys():
        # Questions that have left the path since the card was shown keep what was typed, off the path.
        asked = {q.field: q for q in form.path({**answers, **inputs}, around)} | asked
    on_this_page = tuple(asked[field] for field in stood if field in asked)
    inputs = inputs | {
        q.field: settled(q, inputs[q.field], around) for q in on_this_page if q.field in inputs
    }
    return merge(
        answers,
        on_this_page,
        stood,
        inputs,
        on_card=lambda question, text: on_card(question, text, around),
        page_done=page_done,
    )


def _unsaved(desk: Desk, draft: Draft, stood: dict[str, str], inputs: dict[str, str]) -> list[str]:
    """What was written on the card alone, as it is read back. What the draft ended with is not lost."""
    form, around = FORMS[draft.form], drafting.circumstances(desk.inquiry, draft, inputs)
    answers = form.renamed(draft.answers)
    written = {
        field: text
        for field, text in inputs.items()
        if field in stood and text and digest(text) != stood[field] and text != answers.get(field)
    }
    asked = {question.field: question for question in form.path({**answers, **written}, around)}
    return [
        readable(form, asked[field], text, around, desk.t) if field in asked else text
        for field, text in written.items()
    ]
