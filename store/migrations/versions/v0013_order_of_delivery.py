"""What is under way to a person, so that what follows waits for it; and how often it went wrong in which way."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

UNDER_WAY = sa.text("attempts > 0 AND finished_at IS NULL")


def upgrade() -> None:
    op.add_column("outbox", sa.Column("tries", sa.Text(), nullable=False, server_default="{}"))
    op.drop_column("outbox", "attempts_before")
    op.create_index(
        "ix_outbox_under_way",
        "outbox",
        ["recipient", "id"],
        sqlite_where=UNDER_WAY,
        postgresql_where=UNDER_WAY,
    )
