"""What partnerships report on their grants: beginning, filing, changing, and the confirmation of the other party.

Whoever files confirms with it for the side that they speak for; the other side is asked in its own chat.
"""

from collections.abc import Callable
from dataclasses import replace

from dialogs import drafting, granted, showing
from dialogs.cards.forms import DraftView, whom_to_ask
from dialogs.cards.lists import listing
from dialogs.desk import Desk, message, say
from dialogs.forms import FORMS
from dialogs.papers.report import answers_of
from dialogs.queries import report as reports
from domain.access import Action, RoleKind, may
from domain.grants import Asked, Partnership, Subject, kind_of, read_subject
from domain.messages import Message, Pressed, Reply
from domain.submissions import GrantReport
from store import confirmations, drafts, grant_reports, outbox, register
from store.cards import CardInstance
from store.drafts import Draft, DraftState
from store.grant_reports import Filed

_MOST_OFFERS = 6

# Beginning


def begin(desk: Desk, form: str, argument: str) -> Reply:
    """The report that the year asks for: of the person's only partnership, of the one with that number in the list, or
    the list to choose from."""
    t, connection, forum = desk.t, desk.work.connection, desk.house.forum
    asked = granted.asked_now(connection, forum, form, desk.on)
    if asked is None:
        return say(granted.not_yet(desk.inquiry, form))
    own = granted.partnerships_of(connection, desk.actor, asked.grant_year, Action.WRITE_DRAFT)
    if not own:
        ask = whom_to_ask(desk.inquiry.staff, t)
        return say(f"{t(f'{form}.none', year=asked.grant_year)} {ask}")
    place = int(argument) if argument else 1
    if (len(own) > 1 and not argument) or not 1 <= place <= len(own):
        return _which(desk, asked, own)
    return open_report(desk, asked.of(own[place - 1]))


def _which(desk: Desk, asked: Asked, own: tuple[Partnership, ...]) -> Reply:
    """The partnerships by number, with a button for the first that are not reported on."""
    t = desk.t
    filed = grant_reports.of_period(desk.work.connection, asked.form, asked.period)
    items = [
        (
            f"{place}. {each.title}",
            t(
                "report.is_filed" if str(asked.of(each)) in filed else "report.is_missing",
                names=_names(desk, each),
            ),
        )
        for place, each in enumerate(own, start=1)
    ]
    left = sorted(range(len(own)), key=lambda place: str(asked.of(own[place])) in filed)[:_MOST_OFFERS]
    offers = [
        (t("report.number", number=place + 1), "open", desk.new_card("report", str(asked.of(own[place]))))
        for place in sorted(left)
    ]
    sentence = t(f"{asked.form}.which", count=len(own), day=asked.due_on)
    return Reply((message(listing(t(f"{asked.form}.title"), sentence, items, offers=offers)),))


def _names(desk: Desk, each: Partnership | Subject) -> str:
    known = register.directory(desk.work.connection)
    return desk.t.listed(tuple(organisation.name for organisation in known.named(each.sides)))


def open_report(desk: Desk, subject: Subject) -> Reply:
    """What was reported; where nothing was, the draft, begun if nobody has begun it."""
    if grant_reports.newest(desk.work.connection, str(subject)) is not None:
        return Reply((showing.report_message(desk, str(subject)),))
    return _write(desk, subject, {})


def _write(desk: Desk, subject: Subject, answers: dict[str, str | None]) -> Reply:
    """Go on with the draft of the report, or begin it with these answers."""
    connection = desk.work.connection
    partnership = grant_reports.partnership(connection, subject)
    form = granted.FORM_OF.get(subject.kind)
    if partnership is None or form is None or not may(desk.actor, Action.WRITE_DRAFT, granted.thing(subject)):
        return say(f"{desk.t('report.not_found')} {whom_to_ask(desk.inquiry.staff, desk.t)}")
    for begun in drafts.about(connection, str(subject)):
        return drafting.go_on(desk, begun.id)
    earlier = {} if answers else _written_earlier(desk, form, subject)
    known: dict[str, str | None] = {"measure_title": partnership.title, "scheme": partnership.scheme}
    draft = Draft(
        id=desk.house.new_id(),
        form=form,
        cycle_year=subject.year,
        author=desk.actor.person_id,
        answers=earlier | answers | known,
        created_at=desk.turn.received_at,
        saved_at=desk.turn.received_at,
        scheme=partnership.scheme,
        owner=subject.owner,
        partner=subject.university,
        about=str(subject),
    )
    shown = drafting.show(desk, drafts.create(desk.work, draft))
    return Reply((Message(desk.t("report.from_earlier")), shown) if earlier else (shown,))


def _written_earlier(desk: Desk, form: str, subject: Subject) -> dict[str, str | None]:
    """The answers of a report on the same decision as the register had it before its owner was corrected: one that was
    begun, which is closed with that, or else one that was filed."""
    connection = desk.work.connection
    for begun in desk.inquiry.drafts:
        if _is_earlier(desk, begun.about, subject):
            drafts.save(desk.work, begun, replace(begun, state=DraftState.DISCARDED))
            return begun.answers
    for about, filed in grant_reports.of_period(connection, form, subject.period).items():
        if _is_earlier(desk, about, subject) and may(
            desk.actor, Action.WRITE_DRAFT, granted.thing(filed.about)
        ):
            return answers_of(FORMS[form], reports.read(filed))
    return {}


def _is_earlier(desk: Desk, about: str | None, subject: Subject) -> bool:
    """Whether that is what the subject was called before its owner was another.

    What was written with one university is never another's: the register does not tell a university that was put right
    from one that was in the decision all along.
    """
    earlier = read_subject(about)
    return (
        earlier is not None
        and replace(earlier, owner=subject.owner) == subject
        and grant_reports.partnership(desk.work.connection, earlier) is None
    )


def _change(desk: Desk, subject: Subject, page: str) -> Reply:
    """A next version, from what was filed; that stands until then."""
    filed = grant_reports.newest(desk.work.connection, str(subject))
    if filed is None:
        return open_report(desk, subject)
    return _write(desk, subject, answers_of(FORMS[filed.form], reports.read(filed)))


# Filing


def file(desk: Desk, draft: Draft, seen: DraftView, report: GrantReport) -> tuple[str, Reply | None]:
    """Keep the report, confirm it for the side that files, ask the other, and tell the secretariat of a red one."""
    subject = read_subject(draft.about)
    assert subject is not None  # every draft of such a form is about one
    sides = granted.sides_of(desk.actor, subject)
    if not sides:
        return _others_file(desk, draft, subject), None
    before = grant_reports.newest(desk.work.connection, str(subject))
    if before is not None and reports.read(before) == report:
        grant_reports.close(desk.work, draft)
        said = desk.t("report.unchanged")
    else:
        scheme, kept = report.scheme, report.model_dump_json().encode()
        filed = grant_reports.file(desk.work, draft, subject, scheme, kept)
        silent = _ask(desk, filed, sides[0])
        if report.is_red:
            _tell_secretariat(desk, f"{kind_of(filed.form)}_red", filed)
        key, names = f"{draft.form}.receipt", register.directory(desk.work.connection).named(silent)
        said = desk.t(f"{key}_no_contact", name=names[0].name) if names else desk.t(key)
    drafts.set_focus(desk.work, desk.actor.person_id, None)
    return "", Reply((showing.report_message(desk, str(subject), said=said),))


def _ask(desk: Desk, filed: Filed, filer: str) -> tuple[str, ...]:
    """Both sides are asked about what was filed now, and the one that filed it has answered. Gives the other where it
    has nobody to ask; then the secretariat is told."""
    content = reports.content_of(filed)
    for side in filed.about.sides:
        confirmations.ask(desk.work, filed.topic, side, content)
    confirmations.confirm(desk.work, filed.topic, filer, content)
    (other,) = (side for side in filed.about.sides if side != filer)
    speakers = _speakers(desk, filed.about, other)
    _put(desk, "report_confirm", filed, speakers, other)
    if speakers:
        return ()
    _tell_secretariat(desk, "report_nobody_to_ask", filed, other)
    return (other,)


def _speakers(desk: Desk, subject: Subject, side: str) -> tuple[str, ...]:
    kind = RoleKind.OWNER_CONTACT if side == subject.owner else RoleKind.UNIVERSITY_CONTACT
    found = register.people_with(desk.work.connection, kind, organisation=side, on=desk.on)
    return tuple(person.id for person in found)


def _tell_secretariat(desk: Desk, kind: str, filed: Filed, side: str = "") -> None:
    found = register.people_with(desk.work.connection, RoleKind.SECRETARIAT, on=desk.on)
    _put(desk, kind, filed, tuple(person.id for person in found), side)


def _put(desk: Desk, kind: str, filed: Filed, people: tuple[str, ...], side: str = "") -> None:
    for person_id in people:
        outbox.put(
            desk.work,
            key=f"{kind}:{filed.subject}:{filed.submission}:{person_id}",
            kind=kind,
            recipient=person_id,
            payload={"report": filed.subject, "submission": str(filed.submission), "side": side},
        )


def _others_file(desk: Desk, draft: Draft, subject: Subject) -> str:
    """Whoever writes for the owner is told who files, and they that it is ready."""
    people = tuple(dict.fromkeys(who for side in subject.sides for who in _speakers(desk, subject, side)))
    for person_id in people:
        outbox.put(
            desk.work,
            key=f"report_ready:{draft.id}:{draft.version}:{person_id}",
            kind="report_ready",
            recipient=person_id,
            payload={"draft": draft.id},
        )
    return desk.t("report.others_file", names=_names(desk, subject))


# Confirming


def _confirm(desk: Desk, subject: Subject, page: str) -> Reply:
    """Confirm what stood on the card. What has changed since is shown first."""
    filed = grant_reports.newest(desk.work.connection, str(subject))
    if filed is None:
        return open_report(desk, subject)
    if str(filed.submission) != page:
        return Reply((showing.report_message(desk, str(subject), said=desk.t("report.outdated")),))
    standing = confirmations.standing(desk.work.connection, filed.topic)
    side = reports.open_side(desk.inquiry, filed, standing)
    if side is not None:
        confirmations.confirm(desk.work, filed.topic, side, reports.content_of(filed))
    return Reply((showing.report_message(desk, str(subject)),))


# Buttons


def press(desk: Desk, pressed: Pressed, instance: CardInstance, first: bool) -> Reply | None:
    """A button that leads to a report or stands below one. None: it has no such button."""
    subject, verb = read_subject(instance.subject), _VERBS.get(pressed.verb)
    if verb is None or subject is None or pressed.inputs:
        return None
    if not first:
        return _present(desk, subject, is_writing=pressed.verb != "confirm_report")
    return verb(desk, subject, instance.page)


def _present(desk: Desk, subject: Subject, *, is_writing: bool) -> Reply:
    """For a press that came twice: the draft that it led to, or what is filed; nothing is begun."""
    for begun in drafts.about(desk.work.connection, str(subject)) if is_writing else ():
        return drafting.go_on(desk, begun.id)
    return Reply((showing.report_message(desk, str(subject)),))


_VERBS: dict[str, Callable[[Desk, Subject, str], Reply]] = {
    "open": lambda desk, subject, _: open_report(desk, subject),
    "confirm_report": _confirm,
    "change_report": _change,
}
