"""What partnerships report on their grants, and drafts that an owner and a university write together."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

SQLITE = (
    """
    CREATE TRIGGER grant_report_is_not_deleted BEFORE DELETE ON grant_report
    BEGIN SELECT RAISE(ABORT, 'what was filed is kept'); END
    """,
    """
    CREATE TRIGGER grant_report_is_not_changed BEFORE UPDATE ON grant_report
    BEGIN SELECT RAISE(ABORT, 'what was filed is kept'); END
    """,
)
POSTGRESQL = (
    """
    CREATE TRIGGER grant_report_is_not_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON grant_report
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
)
TRIGGERS = {"sqlite": SQLITE, "postgresql": POSTGRESQL}


def upgrade() -> None:
    op.add_column("draft", sa.Column("partner", sa.Text()))
    op.create_index("ix_draft_partner", "draft", ["partner", "state"])
    op.create_table(
        "grant_report",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("submission", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text()),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("university", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by", sa.Text(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "submission", name="pk_grant_report"),
        sa.ForeignKeyConstraint(["owner"], ["organisation.id"], name="fk_grant_report_owner"),
        sa.ForeignKeyConstraint(["university"], ["organisation.id"], name="fk_grant_report_university"),
    )
    op.create_index("ix_grant_report_period", "grant_report", ["form", "period"])
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)
