"""Meetings from the question whether there is a need to who was there; channels of the regions; personal calendars."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "meeting",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("event_key", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("region", sa.Text()),
        sa.Column("first_on", sa.Date()),
        sa.Column("last_on", sa.Date()),
        sa.Column("starts", sa.Text()),
        sa.Column("ends", sa.Text()),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("join_link", sa.Text(), nullable=False),
        sa.Column("agenda", sa.Text(), nullable=False),
        sa.Column("answer_by_on", sa.Date()),
        sa.Column("agenda_by_on", sa.Date()),
        sa.Column("has_food", sa.Boolean(), nullable=False),
        sa.Column("practical", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_meeting"),
    )
    op.create_index("ix_meeting_year", "meeting", ["year", "state"])
    op.create_table(
        "meeting_invitee",
        sa.Column("meeting", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text()),
        sa.Column("substitute", sa.Text()),
        sa.Column("diet", sa.Text()),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("presence", sa.Text()),
        sa.PrimaryKeyConstraint("meeting", "person_id", name="pk_meeting_invitee"),
        *_keys("meeting_invitee", meeting="meeting.id", person_id="person.id"),
    )
    op.create_index("ix_meeting_invitee_person_id", "meeting_invitee", ["person_id"])
    op.create_table(
        "meeting_need",
        sa.Column("meeting", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Text(), nullable=False),
        sa.Column("is_needed", sa.Boolean(), nullable=False),
        sa.Column("word", sa.Text()),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("meeting", "owner", name="pk_meeting_need"),
        *_keys("meeting_need", meeting="meeting.id", owner="organisation.id", answered_by="person.id"),
    )
    op.create_table(
        "meeting_option",
        sa.Column("meeting", sa.Text(), nullable=False),
        sa.Column("poll", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date()),
        sa.Column("starts", sa.Text()),
        sa.Column("ends", sa.Text()),
        sa.PrimaryKeyConstraint("meeting", "poll", "place", name="pk_meeting_option"),
        *_keys("meeting_option", meeting="meeting.id"),
    )
    op.create_table(
        "meeting_vote",
        sa.Column("meeting", sa.Text(), nullable=False),
        sa.Column("poll", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("places", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("meeting", "poll", "person_id", name="pk_meeting_vote"),
        *_keys("meeting_vote", meeting="meeting.id", person_id="person.id"),
    )
    op.create_table(
        "agenda_point",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("meeting", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_agenda_point"),
        *_keys("agenda_point", meeting="meeting.id", person_id="person.id"),
    )
    op.create_index("ix_agenda_point_meeting", "agenda_point", ["meeting"])
    op.create_table(
        "feed",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_feed"),
        sa.UniqueConstraint("digest", name="uq_feed_digest"),
        *_keys("feed", person_id="person.id"),
    )
    op.create_table(
        "channel",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Text()),
        sa.Column("service_url", sa.Text(), nullable=False),
        sa.Column("bot_id", sa.Text(), nullable=False),
        sa.Column("bound_by", sa.Text(), nullable=False),
        sa.Column("bound_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("region", name="pk_channel"),
    )


def _keys(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}")
        for column, target in columns.items()
    ]
