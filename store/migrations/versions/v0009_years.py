"""The forum's years: a draft until staff approve it, with its events."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "calendar_year",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_at", AT, nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("approved_at", AT),
        sa.Column("approved_by", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name="pk_calendar_year"),
    )
    op.create_table(
        "calendar_event",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", "key", name="pk_calendar_event"),
        sa.ForeignKeyConstraint(["year"], ["calendar_year.year"], name="fk_calendar_event_year"),
    )
