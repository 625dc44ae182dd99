"""Who gets a call by mail has the meeting as a file with it, since a mail has no button for that."""

from typing import Any

import vobject

from dialogs import mails
from dialogs.mails import Mail
from domain.forum import load_forum
from tests.conversations.harness import Town
from tests.conversations.post import deliver
from tests.conversations.test_meetings import SALTEN, august, call, open_meeting, release, state

__all__ = ["august"]  # a fixture

FORUM = load_forum("nordland")


async def mail_of(town: Town, kind: str) -> Mail:
    """To the contact of Fauske, about the meeting as it is now."""
    payload = {"meeting": SALTEN}
    found = await town.store.read(
        lambda c: mails.prepare(c, kind, "eier-fauske", payload, town.at, "nb", FORUM)
    )
    assert isinstance(found, Mail)
    return found


def read(mail: Mail) -> Any:
    assert mail.file is not None
    assert (mail.file.name, mail.file.media_type) == (f"{SALTEN}.ics", "text/calendar")
    assert "Møtet ligger ved som en kalenderfil." in mail.text
    return vobject.readOne(mail.file.make().decode())


async def test_a_call_by_mail_has_the_meeting_as_a_file(august: Town) -> None:
    await call(august)
    await deliver(august)
    found = read(await mail_of(august, "meeting_called"))
    assert (found.vevent.uid.value, found.method.value) == (f"{SALTEN}@nordland.forumbot", "PUBLISH")
    assert found.vevent.dtstart.value == (await state(august)).begins_at
    assert found.vevent.location.value == "Ørnes hotell, Meløy"


async def test_a_cancellation_by_mail_takes_it_out_of_the_calendar(august: Town) -> None:
    await call(august)
    await deliver(august)
    staff = await open_meeting(august, SALTEN)
    await staff.presses("Avlys")
    await release(staff)
    found = read(await mail_of(august, "meeting_cancelled"))
    assert (found.vevent.uid.value, found.method.value) == (f"{SALTEN}@nordland.forumbot", "CANCEL")
    assert (found.vevent.status.value, found.vevent.sequence.value) == ("CANCELLED", "2")
