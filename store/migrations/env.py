"""Run by Alembic: carries out the scripts on the connection that `migrate` gives, inside its transaction."""

from alembic import context
from sqlalchemy import text

from store.tables import metadata

# Any number, the same in every process: whoever holds it migrates.
_LOCK = text("SELECT pg_advisory_xact_lock(4716900)")

connection = context.config.attributes["connection"]
if connection.dialect.name == "postgresql":
    connection.execute(_LOCK)
context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
