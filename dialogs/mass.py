"""One message to many: staff see how it looks and to whom it goes before it goes, let it go once, and may stop it."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from dialogs import notices
from dialogs.cards import mass as cards
from dialogs.desk import Desk, message, say
from dialogs.queries import every, shown
from domain.access import Action, may
from domain.messages import Message, Pressed, Reply
from store import batches, channels, outbox, views
from store.batches import Batch, BatchState
from store.cards import CardInstance

RELEASED: dict[str, Callable[[Desk, Batch], str | None]] = {}
"""By kind: what else happens in the transaction in which a batch is let go. In words: why it was stopped instead."""


def propose(
    desk: Desk,
    kind: str,
    subject: str,
    recipients: Collection[str],
    payload: Mapping[str, str],
    *,
    expires_at: datetime | None = None,
) -> Message:
    """Put the message in for everybody, held back, and show it to the one who is to let it go.

    `recipients`: ids of people, and channels (`store.channels.recipient`). One that waits about the same is dropped.
    """
    if not may(desk.actor, Action.SEND_OUT):
        return Message(desk.t("say.staff_only"))
    if not recipients:
        return Message(desk.t("mass.nobody"))
    batch = batches.propose(desk.work, desk.house.new_id(), kind, subject)
    for recipient in dict.fromkeys(recipients):
        outbox.put(
            desk.work,
            f"{kind}:{batch.id}:{recipient}",
            kind,
            recipient,
            payload,
            notices.KINDS[kind].must_not_double,
            expires_at=expires_at,
            batch=batch.id,
        )
    return _preview(desk, batch)


def press(desk: Desk, pressed: Pressed, instance: CardInstance, first: bool) -> Reply | None:
    """A button on a preview, or on what a batch has come to. A second press shows how it stands."""
    batch = batches.get(desk.work.connection, instance.subject)
    if batch is None or pressed.verb not in instance.page.split(",") or pressed.inputs:
        return None
    if not may(desk.actor, Action.SEND_OUT):
        return say(desk.t("say.staff_only"))
    refusal = _VERBS[pressed.verb](desk, batch) if first else None
    return Reply((show(desk, batch.id, refusal=refusal or ""),))


def show(desk: Desk, batch_id: str, *, refusal: str = "") -> Message:
    """The preview of what waits, or how far the batch has come."""
    batch = batches.get(desk.work.connection, batch_id)
    assert batch is not None
    return _preview(desk, batch) if batch.state is BatchState.HELD else _progress(desk, batch, refusal)


def _release(desk: Desk, batch: Batch) -> str | None:
    if batches.release(desk.work, batch.id) and batch.kind in RELEASED:
        return RELEASED[batch.kind](desk, batch)
    return None


def _stop(desk: Desk, batch: Batch) -> None:
    batches.stop(desk.work, batch.id)


def _drop(desk: Desk, batch: Batch) -> None:
    """Of a card that waited: what was let go meanwhile is stopped by another button."""
    if batch.state is BatchState.HELD:
        batches.stop(desk.work, batch.id)


def _look(desk: Desk, batch: Batch) -> None:
    """Only shows it."""


_VERBS: dict[str, Callable[[Desk, Batch], str | None]] = {
    "release": _release,
    "do_not_send": _drop,
    "stop_batch": _stop,
    "show_batch": _look,
}


# By typing


def release_newest(desk: Desk, _: str) -> Reply:
    """`send ut`: what the person has written last, if it waits for an answer. What another has written is let go from
    its card, where it is seen first."""
    own = batches.newest_of(desk.work.connection, desk.actor.person_id)
    return _decide(desk, own, BatchState.HELD, _release)


def stop_newest(desk: Desk, _: str) -> Reply:
    """`stopp utsending`: what goes out now."""
    newest = next((each for each in batches.newest(desk.work.connection, 1)), None)
    return _decide(desk, newest, BatchState.RELEASED, _stop)


def _decide(
    desk: Desk, batch: Batch | None, state: BatchState, decide: Callable[[Desk, Batch], str | None]
) -> Reply:
    """Only what is in that state; else the person sees what there is."""
    if not may(desk.actor, Action.SEND_OUT):
        return say(desk.t("say.staff_only"))
    if batch is None or batch.state is not state:
        return Reply((_listed(desk),))
    refusal = decide(desk, batch)
    return Reply((show(desk, batch.id, refusal=refusal or ""),))


def _listed(desk: Desk) -> Message:
    return shown(desk, every()["mass_messages"].answer(desk.inquiry, ""))


# What is shown


def _preview(desk: Desk, batch: Batch) -> Message:
    t, connection = desk.t, desk.work.connection
    recipients = batches.recipients(connection, batch.id)
    posts = [each for each in recipients if each.startswith(channels.PREFIX)]
    written_to = [each for each in recipients if each not in posts]
    people = views.reach(connection, written_to)
    return message(
        cards.preview(
            t,
            desk.new_card("batch", batch.id, "release,do_not_send"),
            _looks(desk, batch, [*written_to, *posts]),  # what people get says more than a post
            count=len(recipients),
            names=[each.name for each in people],
            in_channels=[
                channel for each in posts if (channel := notices.channel_of(each, t, desk.house.forum))
            ],
            by_mail=sum(each.has_mail and not each.has_chat for each in people),
            unreached=[each.name for each in people if not (each.has_chat or each.has_mail)],
        )
    )


def _looks(desk: Desk, batch: Batch, recipients: Collection[str]) -> cards.Looks | None:
    """For the first of them who would get it; none of them: it says nothing that may be said any more."""
    payload = batches.payload(desk.work.connection, batch.id)
    for recipient in recipients:
        found = notices.seen_by_staff(
            desk.work.connection,
            batch.kind,
            recipient,
            payload,
            desk.turn.received_at,
            desk.t,
            desk.house.forum,
        )
        if found is not None:
            return found
    return None


def _progress(desk: Desk, batch: Batch, refusal: str) -> Message:
    t = desk.t
    counts = batches.numbers(desk.work.connection, batch.id)[batch.id]
    is_under_way = any(counts.get(state) for state in cards.UNDER_WAY)
    can_stop = is_under_way and batch.state is not BatchState.STOPPED
    return message(
        cards.progress(
            t,
            desk.new_card("batch", batch.id, "show_batch,stop_batch" if can_stop else "show_batch"),
            desk.new_card("answer", f"batch:{batch.id}", "notices_sent"),
            title=notices.title(batch.kind, t),
            decided_at=batch.decided_at,
            counted=cards.counted(t, counts),
            is_stopped=batch.state is BatchState.STOPPED,
            can_stop=can_stop,
            refusal=refusal,
        )
    )
