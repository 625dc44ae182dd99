"""The program `forumbot`: one parser, one function per command, exit status 0, 1 (failed) or 2 (wrong call)."""

import argparse
import asyncio
import gc
import json
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import uvloop
from sqlalchemy import Connection

from bot import keeping, logs, registers, teams_app
from bot.keeping import Outcome
from bot.settings import Settings, WrongSettings, load
from bot.teams.manifest import SCHEMAS
from bot.wiring import domain_clock, machine_now, mailer, new_code, new_id, running
from dialogs import commands, enrolling, mails, registering
from dialogs.cards.plain import as_text
from dialogs.desk import Inquiry
from dialogs.hearing import heard
from dialogs.mails import Mail
from dialogs.queries import Answer
from dialogs.questions import Understood
from dialogs.texts import Texts, languages, texts
from dialogs.turns import QUERIES
from domain.access import OPERATOR, RoleKind
from domain.calendar import Year
from domain.days import local_day
from domain.errors import Failure, SendFailed, StoreUnavailable
from domain.forum import load_forum
from store import register, years
from store.migrations import migrate
from store.work import Store, Work

T = TypeVar("T")

FAILED, WRONG_CALL = 1, 2


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    parsed = _parser(serves=given[:1] == ["serve"]).parse_args(given)
    try:
        status: int = parsed.run(parsed)
    except (WrongSettings, Failure, OSError) as failure:
        print(failure, file=sys.stderr)
        return FAILED
    return status


@contextmanager
def _database(t: Texts, *, migrating: bool = False) -> Iterator[None]:
    """Say of a database that cannot be used what is wrong with it, and what to do.

    Raises: StoreUnavailable - in these words.
    """
    try:
        yield
    except StoreUnavailable as failure:
        why = str(getattr(failure.__cause__, "orig", None) or failure).partition("\n")[0]
        said = t("program.no_database", why=why)
        raise StoreUnavailable(said if migrating else f"{said} {t('program.migrate_first')}") from failure


def _parser(*, serves: bool) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="forumbot", description="Samarbeidsforum i Microsoft Teams.")
    found = parser.add_subparsers(required=True, metavar="KOMMANDO")
    serve = found.add_parser("serve", help="start boten")
    serve.add_argument("--no-scheduler", action="store_true", help="uten utsending i denne prosessen")
    serve.set_defaults(run=_serve)
    found.add_parser("migrate", help="bring databasen til gjeldende form").set_defaults(run=_migrate)
    _add_register(found)
    _add_keeping(found)
    status = found.add_parser("status", help="de samme svarene som ansatte får i chat")
    status.add_argument("question", nargs="*", metavar="SPØRSMÅL", help="for eksempel 2023-REKOM-014")
    status.add_argument("--json", action="store_true", help="ett JSON-dokument og ikke noe annet")
    status.add_argument("--language", choices=languages(), help="språket i svaret")
    status.set_defaults(run=_status)
    frames = found.add_parser("frames", help="rammer, potter, søkt, innstilt, tildelt og ledig i et år")
    frames.add_argument("--year", type=int, required=True, metavar="ÅR")
    frames.add_argument("--json", action="store_true", help="ett JSON-dokument og ikke noe annet")
    frames.add_argument("--language", choices=languages(), help="språket i svaret")
    frames.set_defaults(run=_frames)
    year = found.add_parser("calendar", help="året slik samarbeidsforum har det")
    year.add_argument("--year", type=int, required=True, metavar="ÅR")
    year.add_argument("--ics", action="store_true", help="som kalenderfil på standard ut")
    year.add_argument("--json", action="store_true", help="ett JSON-dokument og ikke noe annet")
    year.add_argument("--language", choices=languages(), help="språket i svaret")
    year.set_defaults(run=_calendar)
    _add_teams_app(found)
    if not serves:  # the stand-in is for development; a bot that serves never loads it
        from play.commands import add_commands

        add_commands(found)
    return parser


def _add_register(found: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    people = found.add_parser("register", help="personer i registeret").add_subparsers(
        required=True, metavar="KOMMANDO"
    )
    invite = people.add_parser("invite", help="vis engangskoden som personen melder seg inn med")
    invite.add_argument("person", metavar="PERSON", nargs="?", help="kortnavnet i registeret")
    invite.add_argument(
        "--all", metavar="FIL", type=Path, help="brev til alle som mangler kode, til utskrift"
    )
    invite.set_defaults(run=_invite)
    revoke = people.add_parser("revoke", help="la en kode slutte å virke")
    revoke.add_argument("person", metavar="PERSON", help="kortnavnet i registeret")
    revoke.set_defaults(run=_revoke)
    bring_in = people.add_parser(
        "import",
        help="les inn en fil, alt eller ingenting",
        epilog="Det filen ikke nevner, blir stående. Et tilsagn tas bort ved å sette beløpet til 0.",
    )
    bring_in.add_argument(
        "--dry-run", action="store_true", help="vis hva som ville blitt endret, og endre ingenting"
    )
    bring_in.set_defaults(run=_import)
    give_out = people.add_parser("export", help="skriv hele registeret til en fil: .xlsx, eller .zip med CSV")
    give_out.set_defaults(run=_export)
    for each in (bring_in, give_out):
        each.add_argument("file", metavar="FIL", type=Path)
        each.add_argument("--json", action="store_true", help="ett JSON-dokument og ikke noe annet")
        each.add_argument("--language", choices=languages(), help="språket i svaret og i filen")


def _add_keeping(found: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    backup = found.add_parser("backup", help="skriv en kopi av alt til en fil, mens boten er i gang")
    backup.set_defaults(run=_backup)
    restore = found.add_parser("restore", help="legg en kopi inn i en tom database")
    restore.add_argument("--despite-faults", action="store_true", help="også om innholdet ikke henger sammen")
    restore.set_defaults(run=_restore)
    for each in (backup, restore):
        each.add_argument("file", metavar="FIL", type=Path)
    verify = found.add_parser("verify", help="kontroller historikken, summene, tallene og henvisningene")
    verify.set_defaults(run=_verify)
    for each in (backup, restore, verify):
        each.add_argument("--json", action="store_true", help="ett JSON-dokument og ikke noe annet")


def _add_teams_app(found: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    made = found.add_parser("teams-app", help="lag pakken som lastes opp i Teams")
    made.add_argument("--out", metavar="FIL.zip", type=Path, required=True)
    made.add_argument(
        "--schema",
        choices=SCHEMAS,
        default=SCHEMAS[0],
        help=f"Microsofts skjema; {SCHEMAS[-1]} holder appen utenfor delte og private kanaler",
    )
    made.add_argument("--app-version", metavar="N.N.N", help="utgaven; hver opplasting må ha en høyere")
    made.add_argument("--developer", metavar="NAVN", help="hvem appen er fra; ellers statsforvalteren")
    made.add_argument("--website", metavar="URL", help="siden om appen")
    made.add_argument("--privacy", metavar="URL", help="personvernerklæringen")
    made.add_argument("--terms", metavar="URL", help="vilkårene")
    made.add_argument("--json", action="store_true", help="ett JSON-dokument og ikke noe annet")
    made.add_argument("--language", choices=languages(), help="språket i svaret")
    made.set_defaults(run=_teams_app)


# forumbot serve, migrate


def _serve(arguments: argparse.Namespace) -> int:
    settings = load()
    settings.require("app_id", "app_type", "tenant_id", "log_key")
    settings.registration()
    logs.configure(_log_key(settings))
    uvloop.run(_until_stopped(settings, is_scheduling=not arguments.no_scheduler))
    return 0


def _log_key(settings: Settings) -> bytes:
    assert settings.log_key is not None
    return settings.log_key.get_secret_value().encode()


async def _until_stopped(settings: Settings, *, is_scheduling: bool) -> None:
    stopped = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, stopped.set)
    async with running(settings, is_scheduling=is_scheduling):
        _settle()
        await stopped.wait()


def _settle() -> None:
    """What is there now stays for good, so the collector need not look at it again (performance.md, rule 16)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def _migrate(_: argparse.Namespace) -> int:
    """The schema, and the bodies that the forum's data names; people come in by the register."""
    settings = load()
    bodies = load_forum(settings.forum).organisations()
    with _database(texts(settings.language), migrating=True):
        migrate(settings.database_url.get_secret_value())
        asyncio.run(_one_job(settings, lambda work: register.seed(work, bodies), "migrate"))
    return 0


# forumbot register


def _import(arguments: argparse.Namespace) -> int:
    settings = load()
    t, forum = texts(arguments.language or settings.language), load_forum(settings.forum)

    async def job(store: Store) -> Outcome:
        return await registers.bring_in(
            store, arguments.file, forum, t, machine_now(), dry_run=arguments.dry_run
        )

    with _database(t):
        return _told(asyncio.run(_with_store(settings, job)), arguments)


def _export(arguments: argparse.Namespace) -> int:
    settings = load()
    t, forum = texts(arguments.language or settings.language), load_forum(settings.forum)
    if arguments.file.suffix.lower() not in registers.ENDINGS:
        print(t("register.change.no_such_ending"), file=sys.stderr)
        return WRONG_CALL

    async def job(store: Store) -> Outcome:
        return await registers.give_out(store, arguments.file, forum, t)

    with _database(t):
        return _told(asyncio.run(_with_store(settings, job)), arguments)


def _revoke(arguments: argparse.Namespace) -> int:
    settings = load()
    t = texts(settings.language)

    def job(work: Work) -> registering.Outcome:
        return registering.revoked(work, arguments.person, machine_now(), t)

    with _database(t):
        outcome = asyncio.run(_one_job(settings, job, "register revoke"))
    print(outcome.text, file=sys.stdout if outcome.is_done else sys.stderr)
    return 0 if outcome.is_done else FAILED


def _letters(arguments: argparse.Namespace) -> int:
    settings = load()
    t, forum = texts(settings.language), load_forum(settings.forum)

    by = mailer(settings)

    async def post(mail: Mail) -> bool:
        if by is None or not mail.to:
            return False
        try:
            await by.send(mail, f"code.{new_id()}")
        except SendFailed:
            return False  # the letter is on paper
        return True

    async def job(store: Store) -> Outcome:
        return await registers.letters(
            store, arguments.all, forum, t, machine_now(), new_code, new_id, settings.language, post
        )

    with _database(t):
        return _told(asyncio.run(_with_store(settings, job)), argparse.Namespace(json=False))


def _invite(arguments: argparse.Namespace) -> int:
    settings = load()
    if (arguments.person is None) is (arguments.all is None):
        print(texts(settings.language)("register.code.whom"), file=sys.stderr)
        return WRONG_CALL
    if arguments.all is not None:
        return _letters(arguments)
    t, forum = texts(settings.language), load_forum(settings.forum)

    def job(work: Work) -> tuple[str, Mail] | None:
        person = register.person(work.connection, arguments.person)
        if person is None:
            return None
        code = new_code()
        until = enrolling.issue(work, person.id, code, new_id().encode(), machine_now())
        staff = register.people_with(work.connection, RoleKind.SECRETARIAT, on=local_day(machine_now()))
        theirs = texts(person.language or settings.language)
        mail = mails.code(person, code, until.date(), theirs, forum, staff)
        return t("enrol.code", name=person.name, code=code, day=until.date()), mail

    with _database(t):
        invited = asyncio.run(_one_job(settings, job, "register invite"))
    if invited is None:
        print(t("enrol.no_such_person", person=arguments.person), file=sys.stderr)
        return FAILED
    said, mail = invited
    print(said)
    _post(settings, mail, t)
    return 0


def _post(settings: Settings, mail: Mail, t: Texts) -> None:
    """Mail a code, where mail is set up and there is an address. It waits in no outbox: nothing keeps it in clear."""
    by = mailer(settings)
    if by is None or not mail.to:
        return
    try:
        asyncio.run(by.send(mail, f"code.{new_id()}"))
    except SendFailed as failure:
        print(t("mail.code_not_sent", why=failure), file=sys.stderr)
    else:
        print(t("mail.code_sent"))


# forumbot backup, restore, verify


def _backup(arguments: argparse.Namespace) -> int:
    settings = load()
    t = texts(settings.language)

    async def job(store: Store) -> Outcome:
        return await keeping.backup(store, arguments.file, t, machine_now(), _tell_progress)

    with _database(t):
        return _told(asyncio.run(_with_store(settings, job)), arguments)


def _restore(arguments: argparse.Namespace) -> int:
    settings = load()
    t, url = texts(settings.language), settings.database_url.get_secret_value()
    with _database(t, migrating=True):
        outcome = keeping.restore(
            url,
            arguments.file,
            t,
            machine_now(),
            _tell_progress,
            despite_faults=arguments.despite_faults,
        )
    return _told(outcome, arguments)


def _verify(arguments: argparse.Namespace) -> int:
    settings = load()
    t = texts(settings.language)
    with _database(t):
        return _told(asyncio.run(_with_store(settings, lambda store: keeping.verify(store, t))), arguments)


async def _with_store(settings: Settings, job: Callable[[Store], Awaitable[T]]) -> T:
    store = Store(settings.database_url.get_secret_value())
    await store.start()
    try:
        return await job(store)
    finally:
        await store.close()


def _tell_progress(table: str, rows: int) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{table} {rows}", end="", file=sys.stderr, flush=True)


def _told(outcome: Outcome, arguments: argparse.Namespace) -> int:
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    if arguments.json:
        print(json.dumps(outcome.json, ensure_ascii=False))
    else:
        print(outcome.text, file=sys.stderr if outcome.is_refused else sys.stdout)
    return FAILED if outcome.is_failed else 0


async def _one_job(settings: Settings, job: Callable[[Work], T], cause: str) -> T:
    """A change by the operator at the command line, audited like anybody's."""
    store = Store(settings.database_url.get_secret_value())
    await store.start()
    try:
        return await store.work(job, actor=OPERATOR.person_id, cause=cause, now=machine_now())
    finally:
        await store.close()


# forumbot teams-app


def _teams_app(arguments: argparse.Namespace) -> int:
    settings = load()
    t = texts(arguments.language or settings.language)
    return _told(
        teams_app.build(
            settings,
            t,
            arguments.out,
            schema=arguments.schema,
            app_version=arguments.app_version,
            developer=arguments.developer,
            website=arguments.website,
            privacy=arguments.privacy,
            terms=arguments.terms,
        ),
        arguments,
    )


# forumbot status, frames


def _status(arguments: argparse.Namespace) -> int:
    settings = load()
    t = texts(arguments.language or settings.language)
    question = " ".join(arguments.question)
    command = commands.exact(f"status {question}".strip(), question_open=False) or commands.exact(
        question, question_open=False
    )
    named = {
        "status": "case_status" if command and command.argument else "round_status",
        "list": "my_cases",
        "differences": "case_changes",
    }
    name = named.get(command.name, command.name) if command else ""
    if command is not None and name in QUERIES and name not in commands.TAKES_ANY_WORDS:
        return _answered(settings, t, name, command.argument, arguments)
    with _database(t):
        understood = asyncio.run(_heard(settings, question))
    if understood is not None:
        return _answered(settings, t, understood.query, understood.argument, arguments)
    if command is not None and name in QUERIES:
        return _answered(settings, t, name, command.argument, arguments)
    others = commands.ARGUMENTS.keys() - {"status", *QUERIES}
    near = commands.suggestions(question, t.language, without=others)
    if arguments.json:
        print(json.dumps({"answer": t("say.not_understood"), "nearest": near}, ensure_ascii=False))
    else:
        print(t("say.not_understood"), *near, sep="\n", file=sys.stderr)
    return WRONG_CALL


async def _heard(settings: Settings, question: str) -> Understood | None:
    """The question that was asked in the caller's own words."""
    forum, now = load_forum(settings.forum), domain_clock(settings, None)()

    def hear(connection: Connection) -> Understood | None:
        return heard(question, forum, register.directory(connection), now)

    return await _with_store(settings, lambda store: store.read(hear))


def _frames(arguments: argparse.Namespace) -> int:
    settings = load()
    t = texts(arguments.language or settings.language)
    return _answered(settings, t, "frames", str(arguments.year), arguments)


def _calendar(arguments: argparse.Namespace) -> int:
    settings = load()
    t = texts(arguments.language or settings.language)
    if not arguments.ics:
        return _answered(settings, t, "calendar", f"year={arguments.year}", arguments)
    from dialogs.papers.ics import year_ics

    def read(connection: Connection) -> Year:
        return years.year_of(connection, settings.forum, arguments.year).year

    try:
        with _database(t):
            year = asyncio.run(_with_store(settings, lambda store: store.read(read)))
    except ValueError:
        print(t("calendar.no_year", year=arguments.year), file=sys.stderr)
        return FAILED
    sys.stdout.buffer.write(year_ics(settings.forum, year, t, machine_now()))
    return 0


def _answered(settings: Settings, t: Texts, name: str, argument: str, arguments: argparse.Namespace) -> int:
    """Print what the query says. Status 1: what was asked about is not there."""
    with _database(t):
        answer = asyncio.run(_asked(settings, t, name, argument))
    if arguments.json:
        print(json.dumps(answer.json, ensure_ascii=False))
    else:
        print(as_text(answer.card([])))
    return FAILED if answer.json.get("found") is False else 0


async def _asked(settings: Settings, t: Texts, name: str, argument: str) -> Answer:
    store = Store(settings.database_url.get_secret_value())
    await store.start()
    forum, now = load_forum(settings.forum), domain_clock(settings, None)()
    try:
        return await store.read(
            lambda connection: QUERIES[name].answer(Inquiry(connection, OPERATOR, t, forum, now), argument)
        )
    finally:
        await store.close()


if __name__ == "__main__":
    sys.exit(main())
