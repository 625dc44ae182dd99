"""Bringing a database to the schema that this code was written for."""

from pathlib import Path

from sqlalchemy import Connection, Text, column, select, table, text

from store.engines import transaction, unavailable, writer_engine

# The newest revision; a test compares it with the scripts, so that serving needs no migration machinery.
HEAD = "0013"

_VERSION = select(column("version_num", Text)).select_from(table("alembic_version"))
_BUSY_SECONDS = 10.0
# Any number, the same in every process: whoever holds it migrates.
_LOCK = text("SELECT pg_advisory_xact_lock(4716900)")


def is_current(connection: Connection) -> bool:
    """Whether the schema is the one that this code was written for."""
    if not connection.dialect.has_table(connection, "alembic_version"):
        return False
    return connection.execute(_VERSION).scalars().all() == [HEAD]


def migrate(url: str, revision: str = "head") -> None:
    """Bring the database to the current schema, or to one on the way, all of it or nothing.

    A SQLite file is made if there is none.

    Two processes may do this at once: the second waits and finds nothing to do.

    Raises: StoreUnavailable.
    """
    engine = writer_engine(url, _BUSY_SECONDS, create=True)
    try:
        with unavailable(), transaction(engine) as connection:
            upgrade(connection, revision)
    finally:
        engine.dispose()


def alone(connection: Connection) -> None:
    """Wait until no other process migrates; from now to the end of the transaction none does."""
    if connection.dialect.name == "postgresql":  # SQLite has one writer
        connection.execute(_LOCK)


def upgrade(connection: Connection, revision: str = "head") -> None:
    """As `migrate`, inside the connection's transaction."""
    # Here and not above: the serving path does without it (performance.md, rule 17).
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    alone(connection)
    command.upgrade(config, revision)
