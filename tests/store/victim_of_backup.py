"""A backup and a restore that are killed."""

from pathlib import Path

from sqlalchemy import Connection, Engine, event, text

from store import backups
from store.engines import reader_engine, transaction
from store.migrations import HEAD
from tests.killing import die
from tests.store.builders import NOW


def back_up(url: str, path: Path, moment: str) -> None:
    """`moment`: a table, or `rename`, when all is written and not yet under its name."""
    if moment == "rename":
        Path.rename = die  # type: ignore[method-assign,assignment]  # in this process, which has no other life
    with transaction(reader_engine(url, 1, 1)) as connection:
        backups.write(connection, path, now=NOW, progress=_dying_at(moment))
    die()


def restore(url: str, path: Path, moment: str) -> None:
    """`moment`: a table; `upgrade`, when all is loaded and nothing brought to the present schema; `version`, when all
    is and it is not said so; `commit`, when all is done; or else after it."""
    if moment == "upgrade":
        _die_at_the_upgrade()
    if moment == "version":
        _die_before_the_version_is_said()
    if moment == "commit":
        _die_before_the_commit()
    backups.restore(url, path, now=NOW, progress=_dying_at(moment))
    die()


def _dying_at(moment: str) -> backups.Progress:
    return lambda table, rows: die() if table == moment else None


def _die_at_the_upgrade() -> None:
    """Of what was loaded; the tables for it are made by one, too."""
    upgrade = backups.upgrade  # type: ignore[attr-defined]

    def dying(connection: Connection, revision: str | None = None) -> None:
        upgrade(connection, revision) if revision else die()

    backups.upgrade = dying  # type: ignore[attr-defined]


def _die_before_the_version_is_said() -> None:
    @event.listens_for(Engine, "before_cursor_execute")
    def before(connection: Connection, cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("UPDATE alembic_version") and HEAD in statement:
            die()


def _die_before_the_commit() -> None:
    @event.listens_for(Engine, "commit")
    def before(connection: Connection) -> None:
        if connection.execute(text("SELECT count(*) FROM person")).scalar_one():
            die()
