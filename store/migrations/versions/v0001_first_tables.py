"""The first tables: register, enrolment, drafts and cards, cases with their counts, audit, conversations, outbox."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

AT = sa.DateTime(timezone=True)
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "activity",
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("activity_id", sa.Text(), nullable=False),
        sa.Column("received_at", AT, nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", "activity_id", name="pk_activity"),
    )
    op.create_index("ix_activity_received_at", "activity", ["received_at"])
    op.create_table(
        "audit",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text()),
        sa.Column("detail_digest", sa.LargeBinary(), nullable=False),
        sa.Column("prev_digest", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "seq", name="pk_audit"),
    )
    op.create_table(
        "audit_head",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name="pk_audit_head"),
    )
    op.create_table(
        "case_count",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("cases", sa.BigInteger(), nullable=False),
        sa.Column("owner_nok", sa.BigInteger(), nullable=False),
        sa.Column("uh_nok", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("year", "scheme", "region", "state", name="pk_case_count"),
    )
    op.create_table(
        "case_counter",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", "scheme", name="pk_case_counter"),
    )
    op.create_table(
        "conversation",
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("service_url", sa.Text(), nullable=False),
        sa.Column("bot_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text()),
        sa.Column("object_id", sa.Text()),
        sa.Column("team_id", sa.Text()),
        sa.Column("channel_id", sa.Text()),
        sa.Column("locale", sa.Text()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("last_inbound_at", AT, nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", name="pk_conversation"),
    )
    op.create_index("ix_conversation_identity", "conversation", ["tenant_id", "object_id", "scope"])
    op.create_table(
        "enrolment_miss",
        sa.Column("id", ID, nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.Column("missed_at", AT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_enrolment_miss"),
    )
    op.create_index("ix_enrolment_miss_identity", "enrolment_miss", ["tenant_id", "object_id", "missed_at"])
    op.create_table(
        "organisation",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("municipality_number", sa.Text()),
        sa.Column("org_number", sa.Text()),
        sa.Column("is_example", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date()),
        sa.Column("valid_to", sa.Date()),
        sa.Column("followup_from", sa.Date()),
        sa.Column("followup_to", sa.Date()),
        sa.PrimaryKeyConstraint("id", name="pk_organisation"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("ambiguous", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", AT),
        sa.Column("lease_until", AT),
        sa.Column("reason", sa.Text()),
        sa.Column("sent_as", sa.Text()),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("finished_at", AT),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
    )
    op.create_index("ix_outbox_state", "outbox", ["state", "id"])
    op.create_table(
        "person",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text()),
        sa.Column("email", sa.Text()),
        sa.Column("phone", sa.Text()),
        sa.Column("is_example", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
    )
    op.create_table(
        "revision",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_revision"),
    )
    op.create_table(
        "card_instance",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("typed", sa.Text(), nullable=False),
        sa.Column("made_at", AT, nullable=False),
        sa.Column("superseded_by", sa.Text()),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_card_instance_person_id"),
        sa.ForeignKeyConstraint(
            ["superseded_by"], ["card_instance.id"], name="fk_card_instance_superseded_by"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_card_instance"),
    )
    op.create_table(
        "case_head",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("cycle_year", sa.Integer(), nullable=False),
        sa.Column("scheme_set", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("region", sa.Text()),
        sa.Column("lead_owner", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("owner_nok", sa.BigInteger(), nullable=False),
        sa.Column("uh_nok", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_since", AT, nullable=False),
        sa.Column("submitted_at", AT, nullable=False),
        sa.Column("submitted_by", sa.Text(), nullable=False),
        sa.Column("submission", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["lead_owner"], ["organisation.id"], name="fk_case_head_lead_owner"),
        sa.PrimaryKeyConstraint("number", name="pk_case_head"),
    )
    op.create_index("ix_case_head_round", "case_head", ["cycle_year", "scheme", "region", "state"])
    op.create_table(
        "enrolment_code",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("selector", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", AT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("used_at", AT),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_enrolment_code_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_enrolment_code"),
    )
    op.create_index("ix_enrolment_code_person_id", "enrolment_code", ["person_id"])
    op.create_index(
        "uq_enrolment_code_open_selector",
        "enrolment_code",
        ["selector"],
        unique=True,
        sqlite_where=sa.text("is_open"),
        postgresql_where=sa.text("is_open"),
    )
    op.create_table(
        "focus",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("question", sa.Text()),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_focus_person_id"),
        sa.PrimaryKeyConstraint("person_id", name="pk_focus"),
    )
    op.create_table(
        "identity",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("bound_at", AT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_identity_person_id"),
        sa.PrimaryKeyConstraint("tenant_id", "object_id", name="pk_identity"),
        sa.UniqueConstraint("person_id", name="uq_identity_person_id"),
    )
    op.create_table(
        "role",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text()),
        sa.Column("body", sa.Text()),
        sa.Column("valid_from", sa.Date()),
        sa.Column("valid_to", sa.Date()),
        sa.ForeignKeyConstraint(["organisation"], ["organisation.id"], name="fk_role_organisation"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_role_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_role"),
    )
    op.create_index("ix_role_kind", "role", ["kind"])
    op.create_index("ix_role_person_id", "role", ["person_id"])
    op.create_table(
        "case_party",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["case_head.number"], name="fk_case_party_number"),
        sa.ForeignKeyConstraint(["organisation"], ["organisation.id"], name="fk_case_party_organisation"),
        sa.PrimaryKeyConstraint("number", "relation", "organisation", name="pk_case_party"),
    )
    op.create_index("ix_case_party_organisation", "case_party", ["organisation", "relation", "number"])
    op.create_table(
        "case_version",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("submission", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("submitted_at", AT, nullable=False),
        sa.Column("submitted_by", sa.Text(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["case_head.number"], name="fk_case_version_number"),
        sa.PrimaryKeyConstraint("number", "submission", name="pk_case_version"),
    )
    op.create_table(
        "draft",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("cycle_year", sa.Integer(), nullable=False),
        sa.Column("scheme", sa.Text()),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("typed", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("case_number", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("saved_at", AT, nullable=False),
        sa.ForeignKeyConstraint(["author"], ["person.id"], name="fk_draft_author"),
        sa.ForeignKeyConstraint(["case_number"], ["case_head.number"], name="fk_draft_case_number"),
        sa.PrimaryKeyConstraint("id", name="pk_draft"),
    )
    op.create_index("ix_draft_author", "draft", ["author", "state"])
    op.create_index("ix_draft_round", "draft", ["cycle_year", "state"])
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)


# What was filed and what was recorded stays as it was. Of a row of the audit the detail alone can be taken away,
# and the end of a chain only moves on.

SQLITE = (
    """
    CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END
    """,
    """
    CREATE TRIGGER audit_is_not_changed BEFORE UPDATE OF
        subject, seq, at, actor, cause, action, detail_digest, prev_digest, digest ON audit
    BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END
    """,
    """
    CREATE TRIGGER audit_detail_is_only_erased BEFORE UPDATE OF detail ON audit WHEN NEW.detail IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END
    """,
    """
    CREATE TRIGGER audit_head_is_not_deleted BEFORE DELETE ON audit_head
    BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END
    """,
    """
    CREATE TRIGGER audit_head_moves_on BEFORE UPDATE ON audit_head
    WHEN NEW.subject <> OLD.subject OR NEW.seq <> OLD.seq + 1
    BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END
    """,
    """
    CREATE TRIGGER case_version_is_not_deleted BEFORE DELETE ON case_version
    BEGIN SELECT RAISE(ABORT, 'what was filed is kept'); END
    """,
    """
    CREATE TRIGGER case_version_is_not_changed BEFORE UPDATE ON case_version
    BEGIN SELECT RAISE(ABORT, 'what was filed is kept'); END
    """,
)

POSTGRESQL = (
    """
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    """
    CREATE TRIGGER audit_is_not_deleted BEFORE DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER audit_is_not_changed BEFORE UPDATE OF
        subject, seq, at, actor, cause, action, detail_digest, prev_digest, digest ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER audit_detail_is_only_erased BEFORE UPDATE ON audit
    FOR EACH ROW WHEN (NEW.detail IS NOT NULL) EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER audit_head_is_not_deleted BEFORE DELETE OR TRUNCATE ON audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER audit_head_moves_on BEFORE UPDATE ON audit_head
    FOR EACH ROW WHEN (NEW.subject <> OLD.subject OR NEW.seq <> OLD.seq + 1) EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER case_version_is_not_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON case_version
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
)

TRIGGERS = {"sqlite": SQLITE, "postgresql": POSTGRESQL}
