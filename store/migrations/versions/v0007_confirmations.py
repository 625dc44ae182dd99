"""Who was asked to confirm what, and has."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

AT = sa.DateTime(timezone=True)
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STANDS = sa.text("voided_at IS NULL")

# An answer stays as it was given, and so does what it was about.

SQLITE = (
    """
    CREATE TRIGGER confirmation_is_not_deleted BEFORE DELETE ON confirmation
    BEGIN SELECT RAISE(ABORT, 'what was confirmed is kept'); END
    """,
    """
    CREATE TRIGGER confirmation_is_about_what_it_was BEFORE UPDATE OF
        id, subject, organisation, content, digest, asked_at ON confirmation
    BEGIN SELECT RAISE(ABORT, 'what was confirmed is kept'); END
    """,
    """
    CREATE TRIGGER confirmation_stays_as_it_was_given BEFORE UPDATE ON confirmation
    WHEN OLD.confirmed_at IS NOT NULL
        AND (NEW.confirmed_at IS NOT OLD.confirmed_at OR NEW.confirmed_by IS NOT OLD.confirmed_by)
    BEGIN SELECT RAISE(ABORT, 'what was confirmed is kept'); END
    """,
    """
    CREATE TRIGGER confirmation_stays_voided BEFORE UPDATE ON confirmation WHEN OLD.voided_at IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'what was confirmed is kept'); END
    """,
)

POSTGRESQL = (
    """
    CREATE TRIGGER confirmation_is_not_deleted BEFORE DELETE OR TRUNCATE ON confirmation
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER confirmation_is_about_what_it_was BEFORE UPDATE OF
        id, subject, organisation, content, digest, asked_at ON confirmation
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER confirmation_stays_as_it_was_given BEFORE UPDATE ON confirmation
    FOR EACH ROW WHEN (
        OLD.confirmed_at IS NOT NULL
        AND (NEW.confirmed_at, NEW.confirmed_by) IS DISTINCT FROM (OLD.confirmed_at, OLD.confirmed_by)
    ) EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER confirmation_stays_voided BEFORE UPDATE ON confirmation
    FOR EACH ROW WHEN (OLD.voided_at IS NOT NULL) EXECUTE FUNCTION refuse_change()
    """,
)

TRIGGERS = {"sqlite": SQLITE, "postgresql": POSTGRESQL}


def upgrade() -> None:
    op.create_table(
        "confirmation",
        sa.Column("id", ID, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("asked_at", AT, nullable=False),
        sa.Column("confirmed_by", sa.Text()),
        sa.Column("confirmed_at", AT),
        sa.Column("voided_at", AT),
        sa.Column("changed", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_confirmation"),
        sa.ForeignKeyConstraint(["organisation"], ["organisation.id"], name="fk_confirmation_organisation"),
        sa.ForeignKeyConstraint(["confirmed_by"], ["person.id"], name="fk_confirmation_confirmed_by"),
    )
    op.create_index("ix_confirmation_organisation", "confirmation", ["organisation", "voided_at"])
    op.create_index("ix_confirmation_subject", "confirmation", ["subject"])
    op.create_index(
        "uq_confirmation_standing",
        "confirmation",
        ["subject", "organisation"],
        unique=True,
        sqlite_where=STANDS,
        postgresql_where=STANDS,
    )
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)
