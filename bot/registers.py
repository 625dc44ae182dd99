"""What `forumbot register` does with whole files, and what it says about it."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import fields
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from bot.keeping import Outcome
from dialogs import enrolling, mails, registering
from dialogs.mails import Mail
from dialogs.papers import roster as papers
from dialogs.texts import Texts, texts
from domain.access import OPERATOR, RoleKind
from domain.days import local_day
from domain.forum import Forum
from domain.register import Person
from domain.roster import COLUMNS, KEYS, Change
from domain.roster_rows import Fault
from store import enrolment, register
from store import roster as rosters
from store.work import Store, Work

ENDINGS = (".xlsx", ".zip")
_PAGE = "\n\f"  # each letter on paper of its own


async def bring_in(
    store: Store, path: Path, forum: Forum, t: Texts, now: datetime, *, dry_run: bool
) -> Outcome:
    """Import a file: all of it, or nothing and everything that is wrong with it. Raises: StoreUnavailable."""
    try:
        content = await asyncio.to_thread(path.read_bytes)
    except OSError as failure:
        said = t("register.change.not_read", file=path, why=failure.strerror or failure)
        return Outcome(said, {"refused": "not_read", "text": said}, is_failed=True, is_refused=True)
    rows = papers.read(content, forum)
    if isinstance(rows, tuple):
        return _faulty(rows, forum, t)

    def job(work: Work) -> tuple[Change, ...] | tuple[Fault, ...]:
        reason = f"import {path.name}"
        return registering.bring_in(work, rows, forum, local_day(now), reason, dry_run=dry_run)

    found = await store.work(job, actor=OPERATOR.person_id, cause="register import", now=now)
    faults = tuple(each for each in found if isinstance(each, Fault))
    if faults:
        return _faulty(faults, forum, t)
    return _changed([each for each in found if isinstance(each, Change)], forum, t, dry_run=dry_run)


def _faulty(faults: tuple[Fault, ...], forum: Forum, t: Texts) -> Outcome:
    told = [papers.fault_text(fault, forum, t) for fault in faults]
    listed = [
        {"sheet": fault.sheet, "row": fault.row, "column": fault.column, "fault": fault.key, "text": text}
        for fault, text in zip(faults, told, strict=True)
    ]
    said = "\n".join([*told, t("register.fault.count", count=len(faults))])
    return Outcome(said, {"changes": [], "faults": listed}, is_failed=True, is_refused=True)


def _changed(changes: list[Change], forum: Forum, t: Texts, *, dry_run: bool) -> Outcome:
    told = [papers.change_text(change, forum, t) for change in changes] if dry_run else []
    key = "nothing" if not changes else "would" if dry_run else "done"
    said = "\n".join([*told, t(f"register.change.{key}", count=len(changes))])
    json = {"dry_run": dry_run, "changes": [_json(change) for change in changes], "faults": []}
    return Outcome(said, json)


def _json(change: Change) -> dict[str, Any]:
    record = {each.name: getattr(change.record, each.name) for each in fields(change.record)}
    columns = COLUMNS[change.sheet] if not change.fields else KEYS[change.sheet]
    return {
        "sheet": change.sheet,
        "what": str(change.what),
        "record": {column: _plain(record[column]) for column in columns},
        "fields": {name: [_plain(old), _plain(new)] for name, old, new in change.fields},
    }


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


async def give_out(store: Store, path: Path, forum: Forum, t: Texts) -> Outcome:
    """Write the whole register to a file, in place of one of that name. Raises: StoreUnavailable. OSError."""
    roster = await store.read(rosters.read)
    beside = path.with_name(f".{path.name}.new")
    with _private(beside) as file:
        file.write(papers.write(roster, path.suffix.lower(), forum, t))
    beside.replace(path)
    rows = {sheet: len(roster.sheet(sheet)) for sheet in COLUMNS}
    return Outcome(t("register.change.exported", file=path), {"file": str(path), "rows": rows})


def _private(path: Path, *, new: bool = False) -> Any:
    """A file that nobody else on the machine may read. Raises: OSError - among others FileExistsError, if `new`."""
    flags = os.O_WRONLY | os.O_CREAT | (os.O_EXCL if new else os.O_TRUNC)
    return os.fdopen(os.open(path, flags, 0o600), "wb")


async def letters(
    store: Store,
    path: Path,
    forum: Forum,
    t: Texts,
    now: datetime,
    new_code: Callable[[], str],
    new_id: Callable[[], str],
    default_language: str,
    post: Callable[[Mail], Awaitable[bool]],
) -> Outcome:
    """A printable letter with a code for everybody with a role who has neither enrolled nor a code that works.

    `post` mails a code and says whether it is on its way; who has no address, or where mail is not set up, has the
    letter alone.
    """

    def job(work: Work) -> list[tuple[str, Mail]]:
        staff = register.people_with(work.connection, RoleKind.SECRETARIAT, on=local_day(now))
        return [
            _letter(work, person, forum, new_code(), new_id().encode(), now, default_language, staff)
            for person in _uninvited(work.connection, local_day(now), now)
        ]

    try:
        file = _private(path, new=True)
    except FileExistsError:
        said = t("register.code.file_exists", file=path)
        return Outcome(said, {"refused": "file_exists", "text": said}, is_failed=True, is_refused=True)
    with file:
        written = await store.work(job, actor=OPERATOR.person_id, cause="register invite", now=now)
        file.write(_PAGE.join(letter for letter, _ in written).encode())
    if not written:
        await asyncio.to_thread(path.unlink)
        return Outcome(t("register.code.no_letters"), {"letters": 0})
    mailed = [await post(mail) for _, mail in written]
    said = t("register.code.letters", count=len(written), file=path)
    if any(mailed):
        said = f"{said} {t('register.code.mailed', count=sum(mailed))}"
    return Outcome(said, {"letters": len(written), "mailed": sum(mailed), "file": str(path)})


def _uninvited(connection: Connection, on: date, machine_now: datetime) -> Iterable[Person]:
    invited = enrolment.with_valid_code(connection, machine_now)
    held = {
        held.person for held in rosters.read(connection).roles if held.valid_to is None or held.valid_to >= on
    }
    return (
        person
        for person in register.people(connection)
        if person.id in held - invited and not person.enrolled
    )


def _letter(
    work: Work,
    person: Person,
    forum: Forum,
    code: str,
    salt: bytes,
    machine_now: datetime,
    default_language: str,
    staff: tuple[Person, ...],
) -> tuple[str, Mail]:
    """The letter on paper, and the same code as an e-mail."""
    until = enrolling.issue(work, person.id, code, salt, machine_now)
    t = texts(person.language or default_language)
    letter = t(
        "register.code.letter",
        name=person.name,
        forum=forum.name.in_(t.language),
        code=code,
        day=local_day(until),
    )
    return letter, mails.code(person, code, local_day(until), t, forum, staff)
