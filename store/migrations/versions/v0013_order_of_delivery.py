"""What is under way to a person, so that what follows waits for it."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

UNDER_WAY = sa.text("attempts > 0 AND finished_at IS NULL")


def upgrade() -> None:
    op.create_index(
        "ix_outbox_under_way",
        "outbox",
        ["recipient", "id"],
        sqlite_where=UNDER_WAY,
        postgresql_where=UNDER_WAY,
    )
