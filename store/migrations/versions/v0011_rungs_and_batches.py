"""The ways that a message goes one after the other, with a receipt of each; messages to many, and calls."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

AT = sa.DateTime(timezone=True)
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INDEXES = {
    "ix_outbox_batch": ["batch", "state"],
    "ix_outbox_follow_up_at": ["follow_up_at"],
    "ix_outbox_phone_at": ["phone_at"],
}
TRIGGERS = {
    "sqlite": (
        """
        CREATE TRIGGER receipt_is_not_deleted BEFORE DELETE ON receipt
        BEGIN SELECT RAISE(ABORT, 'receipt is append-only'); END
        """,
        """
        CREATE TRIGGER receipt_is_not_changed BEFORE UPDATE ON receipt
        BEGIN SELECT RAISE(ABORT, 'receipt is append-only'); END
        """,
    ),
    "postgresql": (
        """
        CREATE TRIGGER receipt_is_not_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON receipt
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """,
    ),
}
# Of what was sent before there were receipts.
KEEP = sa.text(
    "INSERT INTO receipt (outbox_id, way, outcome, reason, sent_as, at)"
    " SELECT id, way, CASE state WHEN 'sent' THEN 'sent' WHEN 'unknown' THEN 'unsure' ELSE 'missed' END,"
    " reason, sent_as, finished_at FROM outbox WHERE way IS NOT NULL AND finished_at IS NOT NULL ORDER BY id"
)


def upgrade() -> None:
    op.add_column(
        "conversation", sa.Column("is_awaited", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("outbox", sa.Column("expires_at", AT))
    op.add_column("outbox", sa.Column("batch", sa.Text()))
    op.add_column("outbox", sa.Column("rung", sa.Text(), nullable=False, server_default="teams"))
    op.add_column("outbox", sa.Column("attempts_before", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("outbox", sa.Column("follow_up_at", AT))
    op.add_column("outbox", sa.Column("phone_at", AT))
    for name, columns in INDEXES.items():
        where = sa.text(f"{columns[0]} IS NOT NULL")
        op.create_index(name, "outbox", columns, sqlite_where=where, postgresql_where=where)
    op.create_table(
        "receipt",
        sa.Column("id", ID, nullable=False),
        sa.Column("outbox_id", ID, nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("sent_as", sa.Text()),
        sa.Column("at", AT, nullable=False),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name="fk_receipt_outbox_id"),
        sa.PrimaryKeyConstraint("id", name="pk_receipt"),
    )
    op.create_index("ix_receipt_outbox_id", "receipt", ["outbox_id"])
    op.create_table(
        "batch",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", AT, nullable=False),
        sa.Column("decided_by", sa.Text()),
        sa.Column("decided_at", AT),
        sa.PrimaryKeyConstraint("id", name="pk_batch"),
    )
    op.create_index("ix_batch_subject", "batch", ["kind", "subject", "state"])
    op.create_table(
        "phone_call",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", AT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_phone_call"),
    )
    op.execute(KEEP)
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)
