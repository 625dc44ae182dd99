"""Room for the life of a case: drafts that an owner's contacts share, versions, returns, extensions; the rest of the
register; and by which way a message went."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

AT = sa.DateTime(timezone=True)
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# A case has one next version at a time, whoever writes it.
NEXT_VERSION = sa.text("about IS NOT NULL AND state = 'open' AND purpose <> 'handling'")


def upgrade() -> None:
    op.add_column("draft", sa.Column("owner", sa.Text()))
    op.add_column("draft", sa.Column("readers", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("draft", sa.Column("writers", sa.Text(), nullable=False, server_default="{}"))
    op.add_column("draft", sa.Column("to_check", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("draft", sa.Column("about", sa.Text()))
    op.add_column("draft", sa.Column("purpose", sa.Text(), nullable=False, server_default="report"))
    op.add_column("focus", sa.Column("shown", sa.Text(), nullable=False, server_default=""))
    op.create_index("ix_draft_owner", "draft", ["owner", "state"])
    op.create_index(
        "uq_draft_about",
        "draft",
        ["about"],
        unique=True,
        sqlite_where=NEXT_VERSION,
        postgresql_where=NEXT_VERSION,
    )
    op.create_index("ix_card_instance_subject", "card_instance", ["subject", "person_id"])
    op.add_column("case_head", sa.Column("journal_number", sa.Text()))
    op.add_column("case_head", sa.Column("answer_by_on", sa.Date()))
    op.add_column("case_version", sa.Column("kind", sa.Text(), nullable=False, server_default="submission"))
    op.add_column("case_version", sa.Column("reason", sa.Text()))
    op.add_column("outbox", sa.Column("way", sa.Text()))
    op.create_table(
        "case_return",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("submission", sa.Integer(), nullable=False),
        sa.Column("returned_at", AT, nullable=False),
        sa.Column("returned_by", sa.Text(), nullable=False),
        sa.Column("answer_by_on", sa.Date(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_return"),
        sa.ForeignKeyConstraint(["number"], ["case_head.number"], name="fk_case_return_number"),
    )
    op.create_index("ix_case_return_number", "case_return", ["number"])
    op.create_table(
        "extension",
        sa.Column("cycle_year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("deadline_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("granted_by", sa.Text(), nullable=False),
        sa.Column("granted_at", AT, nullable=False),
        sa.PrimaryKeyConstraint("cycle_year", "owner", name="pk_extension"),
        sa.ForeignKeyConstraint(["owner"], ["organisation.id"], name="fk_extension_owner"),
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("org_number", sa.Text()),
        sa.Column("valid_from", sa.Date()),
        sa.Column("valid_to", sa.Date()),
        sa.PrimaryKeyConstraint("id", name="pk_unit"),
        sa.ForeignKeyConstraint(["organisation"], ["organisation.id"], name="fk_unit_organisation"),
    )
    op.create_index("ix_unit_organisation", "unit", ["organisation"])
    op.create_table(
        "network_member",
        sa.Column("id", ID, nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date()),
        sa.Column("valid_to", sa.Date()),
        sa.PrimaryKeyConstraint("id", name="pk_network_member"),
        sa.ForeignKeyConstraint(["organisation"], ["organisation.id"], name="fk_network_member_organisation"),
    )
    op.create_table(
        "prior_grant",
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("lead_owner", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("nok", sa.BigInteger(), nullable=False),
        sa.Column("decided_on", sa.Date()),
        sa.PrimaryKeyConstraint("reference", "year", "recipient", name="pk_prior_grant"),
        sa.ForeignKeyConstraint(["recipient"], ["organisation.id"], name="fk_prior_grant_recipient"),
        sa.ForeignKeyConstraint(["lead_owner"], ["organisation.id"], name="fk_prior_grant_lead_owner"),
    )
    op.create_index("ix_prior_grant_lead_owner", "prior_grant", ["lead_owner"])
