"""Bringing a database to the schema that this code was written for."""

from pathlib import Path

from sqlalchemy import Connection, Text, column, select, table

from store.engines import transaction, unavailable, writer_engine

# The newest revision; a test compares it with the scripts, so that serving needs no migration machinery.
HEAD = "0003"

_VERSION = select(column("version_num", Text)).select_from(table("alembic_version"))
_BUSY_SECONDS = 10.0


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
    # Here and not above: the serving path does without it (performance.md, rule 17).
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    engine = writer_engine(url, _BUSY_SECONDS, create=True)
    try:
        with unavailable(), transaction(engine) as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
    finally:
        engine.dispose()
