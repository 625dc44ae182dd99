"""The tables. What they look like in a database is made by the migrations; a test holds the two together.

Money is whole kroner. Times are UTC instants, days are local dates. JSON has string keys and nothing of Python in it.
"""

from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    false,
    text,
)

# Both databases read the same `ON CONFLICT`, and SQLite's compiler understands this construct, so a statement
# is written once; the contract suite runs every one of them on both.
from sqlalchemy.dialects.postgresql import insert

__all__ = ["Instant", "Json", "insert", "metadata"]


class Instant(TypeDecorator[datetime]):
    """An aware UTC time. SQLite keeps no zone, so there it is stored as UTC and read back as aware."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """A JSON document, kept as text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else orjson.dumps(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else orjson.loads(value)


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

# Counts upwards by itself on both databases.
Id = BigInteger().with_variant(Integer, "sqlite")


def _required(name: str, type_: Any, *more: Any, **options: Any) -> Column[Any]:
    return Column(name, type_, *more, nullable=False, **options)


# What has been answered already.

activity = Table(
    "activity",
    metadata,
    Column("conversation_id", Text, primary_key=True),
    Column("activity_id", Text, primary_key=True),
    _required("received_at", Instant, index=True),
)

# The register.

organisation = Table(
    "organisation",
    metadata,
    Column("id", Text, primary_key=True),
    _required("kind", Text),
    _required("name", Text),
    Column("municipality_number", Text),
    Column("org_number", Text),
    _required("is_example", Boolean),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("followup_from", Date),
    Column("followup_to", Date),
)

person = Table(
    "person",
    metadata,
    Column("id", Text, primary_key=True),
    _required("name", Text),
    Column("language", Text),
    Column("email", Text),
    Column("phone", Text),
    _required("is_example", Boolean),
    Column("reminders", Text),  # how often the person wants to be reminded; NULL: nothing was chosen
)

role = Table(
    "role",
    metadata,
    Column("id", Id, primary_key=True),
    _required("person_id", Text, ForeignKey("person.id"), index=True),
    _required("kind", Text, index=True),
    Column("organisation", Text, ForeignKey("organisation.id")),
    Column("body", Text),
    Column("valid_from", Date),
    Column("valid_to", Date),
)

identity = Table(
    "identity",
    metadata,
    Column("tenant_id", Text, primary_key=True),
    Column("object_id", Text, primary_key=True),
    _required("person_id", Text, ForeignKey("person.id"), unique=True),
    _required("bound_at", Instant),
)

unit = Table(
    "unit",
    metadata,
    Column("id", Text, primary_key=True),
    _required("organisation", Text, ForeignKey("organisation.id"), index=True),
    _required("kind", Text),
    _required("name", Text),
    Column("org_number", Text),
    Column("valid_from", Date),
    Column("valid_to", Date),
)

network_member = Table(
    "network_member",
    metadata,
    Column("id", Id, primary_key=True),
    _required("network", Text),
    _required("organisation", Text, ForeignKey("organisation.id")),
    Column("valid_from", Date),
    Column("valid_to", Date),
)

# What was granted before the bot came, per year and recipient.
prior_grant = Table(
    "prior_grant",
    metadata,
    Column("reference", Text, primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("recipient", Text, ForeignKey("organisation.id"), primary_key=True),
    _required("lead_owner", Text, ForeignKey("organisation.id"), index=True),
    _required("scheme", Text),
    _required("title", Text),
    _required("nok", BigInteger),
    Column("decided_on", Date),
)

# Numbers that only rise: `register` at every change of an organisation, `probe` at every look whether one can write.
revision = Table(
    "revision",
    metadata,
    Column("name", Text, primary_key=True),
    _required("number", BigInteger),
)

# That something was handed in elsewhere, in answer to an event of a year: somebody says so, and staff confirm it.
claim = Table(
    "claim",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("event", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    _required("state", Text),
    _required("said_by", Text),
    _required("said_at", Instant),
    Column("settled_by", Text),
    Column("settled_at", Instant),
    Index("ix_claim_state", "state", "said_at"),
)

# How far the days have been gone through for what falls due on them.
watermark = Table(
    "watermark",
    metadata,
    Column("name", Text, primary_key=True),
    _required("at", Instant),
)

# Enrolment.

enrolment_code = Table(
    "enrolment_code",
    metadata,
    Column("id", Id, primary_key=True),
    _required("person_id", Text, ForeignKey("person.id"), index=True),
    _required("selector", Text),
    _required("salt", LargeBinary),
    _required("digest", LargeBinary),
    _required("expires_at", Instant),
    _required("tries", Integer),
    _required("is_open", Boolean),  # not used, not replaced by a newer one, not tried too often
    Column("used_at", Instant),
)
Index(
    "uq_enrolment_code_open_selector",
    enrolment_code.c.selector,
    unique=True,
    sqlite_where=text("is_open"),
    postgresql_where=text("is_open"),
)

enrolment_miss = Table(
    "enrolment_miss",
    metadata,
    Column("id", Id, primary_key=True),
    _required("tenant_id", Text),
    _required("object_id", Text),
    _required("missed_at", Instant),
    Index("ix_enrolment_miss_identity", "tenant_id", "object_id", "missed_at"),
)

# Drafts and the cards they are filled in on.


def _open_about(name: str, purpose: str) -> Index:
    """A case has one open draft of that purpose, whoever writes it."""
    where = text(f"about IS NOT NULL AND state = 'open' AND {purpose}")
    return Index(name, "about", unique=True, sqlite_where=where, postgresql_where=where)


draft = Table(
    "draft",
    metadata,
    Column("id", Text, primary_key=True),
    _required("form", Text),
    _required("cycle_year", Integer),
    Column("scheme", Text),
    _required("author", Text, ForeignKey("person.id")),
    _required("answers", Json),
    _required("typed", Boolean),
    _required("state", Text),
    Column("case_number", Text, ForeignKey("case_head.number")),
    _required("version", Integer),
    _required("created_at", Instant),
    _required("saved_at", Instant),
    Column("owner", Text),  # the lead owner as answered so far: its contacts share the draft
    _required("readers", Json, server_default="[]"),  # universities that the owner has let in
    _required("writers", Json, server_default="{}"),  # field -> [person, instant] of its last change
    _required(
        "to_check", Json, server_default="[]"
    ),  # fields taken over from an earlier case and not yet confirmed
    Column(
        "about", Text
    ),  # the case or report that it will be a new version of, or that staff do something to
    Column("partner", Text),  # the university that writes it together with the owner
    _required("purpose", Text, server_default="report"),
    Index("ix_draft_author", "author", "state"),
    Index("ix_draft_owner", "owner", "state"),
    Index("ix_draft_partner", "partner", "state"),
    _open_about("uq_draft_next_version", "purpose IN ('report', 'on_behalf')"),
    _open_about("uq_draft_correction", "purpose = 'correction'"),
    Index("ix_draft_round", "cycle_year", "state"),
)

focus = Table(
    "focus",
    metadata,
    Column("person_id", Text, ForeignKey("person.id"), primary_key=True),
    _required("subject", Text),
    Column("question", Text),
    _required("shown", Text, server_default=""),  # digest of the answer that stood there when it was asked
)

# The buttons of the last card that a person was shown: [[title, verb, card id]].
offered = Table(
    "offered",
    metadata,
    Column("person_id", Text, ForeignKey("person.id"), primary_key=True),
    _required("buttons", Json),
)

card_instance = Table(
    "card_instance",
    metadata,
    Column("id", Text, primary_key=True),
    _required("kind", Text),
    _required("subject", Text),
    _required("page", Text),
    _required("person_id", Text, ForeignKey("person.id")),
    _required("conversation_id", Text),
    _required("shown", Json),
    _required("typed", Json),
    _required("made_at", Instant),
    Column("superseded_by", Text, ForeignKey("card_instance.id")),
    Index("ix_card_instance_subject", "subject", "person_id"),
)

# Cases.

case_counter = Table(
    "case_counter",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("scheme", Text, primary_key=True),  # the short name, as in the number
    _required("last", Integer),
)

case_head = Table(
    "case_head",
    metadata,
    Column("number", Text, primary_key=True),
    _required("form", Text),
    _required("cycle_year", Integer),
    _required("scheme_set", Text),
    _required("scheme", Text),
    Column("region", Text),
    _required("lead_owner", Text, ForeignKey("organisation.id")),
    _required("title", Text),
    _required("owner_nok", BigInteger),
    _required("uh_nok", BigInteger),
    _required("state", Text),
    _required("state_since", Instant),
    _required("submitted_at", Instant),
    _required("submitted_by", Text),
    _required("submission", Integer),
    _required("version", Integer),
    Column("priority", Integer),
    Column("journal_number", Text),
    Column("answer_by_on", Date),  # of a case that was returned or reopened
    Index("ix_case_head_round", "cycle_year", "scheme", "region", "state"),
    Index(
        "uq_case_head_priority",
        *("cycle_year", "scheme", "region", "priority"),
        unique=True,
        sqlite_where=text("priority IS NOT NULL AND state <> 'withdrawn'"),
        postgresql_where=text("priority IS NOT NULL AND state <> 'withdrawn'"),
    ),
)

# Who stands in which relation to a case: what the rights ask for. `place` keeps the order in which they were named.
case_party = Table(
    "case_party",
    metadata,
    Column("number", Text, ForeignKey("case_head.number"), primary_key=True),
    Column("relation", Text, primary_key=True),
    Column("organisation", Text, ForeignKey("organisation.id"), primary_key=True),
    _required("place", Integer),
    Index("ix_case_party_organisation", "organisation", "relation", "number"),
)

# What was filed, word for word. Rows are never changed or deleted; triggers see to it.
case_version = Table(
    "case_version",
    metadata,
    Column("number", Text, ForeignKey("case_head.number"), primary_key=True),
    Column("submission", Integer, primary_key=True, autoincrement=False),
    _required("submitted_at", Instant),
    _required("submitted_by", Text),
    _required("report", Text),
    _required("kind", Text, server_default="submission"),  # or "correction"
    Column("reason", Text),  # of a correction
)

# Why a version was sent back: field -> words.
case_return = Table(
    "case_return",
    metadata,
    Column("id", Id, primary_key=True),
    _required("number", Text, ForeignKey("case_head.number"), index=True),
    _required("submission", Integer),
    _required("returned_at", Instant),
    _required("returned_by", Text),
    _required("answer_by_on", Date),
    _required("reasons", Json),
)

# Who was asked to confirm what, and has. Rows are never deleted, nor an answer or what it was about changed (triggers).
confirmation = Table(
    "confirmation",
    metadata,
    Column("id", Id, primary_key=True),
    _required("subject", Text),
    _required("organisation", Text, ForeignKey("organisation.id")),
    _required("content", Json),  # field -> text, as it was seen
    _required("digest", Text),
    _required("asked_at", Instant),
    Column("confirmed_by", Text, ForeignKey("person.id")),
    Column("confirmed_at", Instant),
    Column("voided_at", Instant),  # the content has changed since
    Column("changed", Json),  # field -> [before, after], of one that is voided
    Index("ix_confirmation_organisation", "organisation", "voided_at"),
    Index("ix_confirmation_subject", "subject"),
)
Index(
    "uq_confirmation_standing",
    confirmation.c.subject,
    confirmation.c.organisation,
    unique=True,
    sqlite_where=text("voided_at IS NULL"),
    postgresql_where=text("voided_at IS NULL"),
)

# What partnerships have reported on their grants, word for word; a report is named by its subject (`domain.grants`).
# Rows are never changed or deleted; triggers see to it. `reference`: of the decision, where the report is of one alone.
grant_report = Table(
    "grant_report",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("submission", Integer, primary_key=True, autoincrement=False),
    _required("form", Text),
    _required("period", Text),
    Column("reference", Text),
    _required("owner", Text, ForeignKey("organisation.id")),
    _required("university", Text, ForeignKey("organisation.id")),
    _required("scheme", Text),
    _required("submitted_at", Instant),
    _required("submitted_by", Text),
    _required("report", Text),
    Index("ix_grant_report_period", "form", "period"),
)

# A later deadline for one owner in one round.
extension = Table(
    "extension",
    metadata,
    Column("cycle_year", Integer, primary_key=True, autoincrement=False),
    Column("owner", Text, ForeignKey("organisation.id"), primary_key=True),
    _required("deadline_on", Date),
    _required("reason", Text),
    _required("granted_by", Text),
    _required("granted_at", Instant),
)

# Counts and sums of the cases, kept in the transaction that changes a case. `region` is "" for the whole county.
case_count = Table(
    "case_count",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("scheme", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("state", Text, primary_key=True),
    _required("cases", BigInteger),
    _required("owner_nok", BigInteger),
    _required("uh_nok", BigInteger),
)

# What the standing cases of a cycle ask for in each year, kept likewise.
case_money = Table(
    "case_money",
    metadata,
    Column("cycle_year", Integer, primary_key=True, autoincrement=False),
    Column("scheme", Text, primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    _required("cases", BigInteger),
    _required("owner_nok", BigInteger),
    _required("uh_nok", BigInteger),
)

# Meetings. Hours are local, as "09:00".

meeting = Table(
    "meeting",
    metadata,
    Column("id", Text, primary_key=True),
    _required("year", Integer),
    _required("event_key", Text),
    _required("form", Text),
    _required("state", Text),
    Column("region", Text),
    Column("first_on", Date),
    Column("last_on", Date),
    Column("starts", Text),
    Column("ends", Text),
    _required("place", Text),
    _required("join_link", Text),
    _required("agenda", Json),
    Column("answer_by_on", Date),
    Column("agenda_by_on", Date),
    _required("has_food", Boolean),
    _required("practical", Text),
    _required("minutes", Text),
    _required("sequence", Integer),
    _required("version", Integer),
    Index("ix_meeting_year", "year", "state"),
)

# Who was called to a meeting, and by which message to many. What they eat is kept until the meeting is over.
meeting_invitee = Table(
    "meeting_invitee",
    metadata,
    Column("meeting", Text, ForeignKey("meeting.id"), primary_key=True),
    Column("person_id", Text, ForeignKey("person.id"), primary_key=True),
    _required("batch", Text),
    Column("answer", Text),
    Column("substitute", Text),
    Column("diet", Text),
    Column("answered_at", Instant),
    Column("presence", Text),
    Index("ix_meeting_invitee_person_id", "person_id"),
)

# Whether an owner sees a need for the meeting; the latest answer of any of its contacts.
meeting_need = Table(
    "meeting_need",
    metadata,
    Column("meeting", Text, ForeignKey("meeting.id"), primary_key=True),
    Column("owner", Text, ForeignKey("organisation.id"), primary_key=True),
    _required("answered_by", Text, ForeignKey("person.id")),
    _required("is_needed", Boolean),
    Column("word", Text),
    _required("answered_at", Instant),
)

# The times to choose from, poll by poll, and who can come at which of them.
meeting_option = Table(
    "meeting_option",
    metadata,
    Column("meeting", Text, ForeignKey("meeting.id"), primary_key=True),
    Column("poll", Integer, primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),
    _required("first_on", Date),
    Column("last_on", Date),
    Column("starts", Text),
    Column("ends", Text),
)

meeting_vote = Table(
    "meeting_vote",
    metadata,
    Column("meeting", Text, ForeignKey("meeting.id"), primary_key=True),
    Column("poll", Integer, primary_key=True, autoincrement=False),
    Column("person_id", Text, ForeignKey("person.id"), primary_key=True),
    _required("places", Json),
    _required("answered_at", Instant),
)

agenda_point = Table(
    "agenda_point",
    metadata,
    Column("id", Id, primary_key=True),
    _required("meeting", Text, ForeignKey("meeting.id"), index=True),
    _required("person_id", Text, ForeignKey("person.id")),
    _required("text", Text),
    _required("named_at", Instant),
)

# The calendar that a person subscribes to. Its address is made from the person and the number, and is kept as a digest.
feed = Table(
    "feed",
    metadata,
    Column("person_id", Text, ForeignKey("person.id"), primary_key=True),
    _required("number", Integer),
    _required("digest", LargeBinary, unique=True),
    _required("issued_at", Instant),
)

# The Teams channel of each region; "" is the forum's general one.
channel = Table(
    "channel",
    metadata,
    Column("region", Text, primary_key=True),
    _required("tenant_id", Text),
    _required("channel_id", Text),
    Column("team_id", Text),
    _required("service_url", Text),
    _required("bot_id", Text),
    _required("bound_by", Text),
    _required("bound_at", Instant),
)

# The forum's years that staff have begun on. One that nobody has touched is as the plan has it.
calendar_year = Table(
    "calendar_year",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    _required("state", Text),
    _required("made_at", Instant),
    _required("made_by", Text),
    Column("approved_at", Instant),
    Column("approved_by", Text),
    _required("version", Integer),
)

calendar_event = Table(
    "calendar_event",
    metadata,
    Column("year", Integer, ForeignKey("calendar_year.year"), primary_key=True, autoincrement=False),
    Column("key", Text, primary_key=True),
    _required("place", Integer),  # in the order of the forum's own list
    _required("event", Json),
    _required("version", Integer),
)

# The audit. Rows are only added; of a row the detail alone can be taken away (triggers).

audit = Table(
    "audit",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    _required("at", Instant),
    _required("actor", Text),
    _required("cause", Text),
    _required("action", Text),
    Column("detail", Text),  # NULL: erased
    _required("detail_digest", LargeBinary),
    _required("prev_digest", LargeBinary),
    _required("digest", LargeBinary),
)

# The end of every chain, so that a row missing at its end is missed.
audit_head = Table(
    "audit_head",
    metadata,
    Column("subject", Text, primary_key=True),
    _required("seq", Integer),
    _required("digest", LargeBinary),
)

# Where conversations are reached, and what is to be sent there.


def _where_set(name: str, column: str, *more: str) -> Index:
    """Of few rows, so that the many others cost nothing."""
    where = text(f"{column} IS NOT NULL")
    return Index(name, column, *more, sqlite_where=where, postgresql_where=where)


conversation = Table(
    "conversation",
    metadata,
    Column("conversation_id", Text, primary_key=True),
    _required("tenant_id", Text),
    _required("scope", Text),
    _required("service_url", Text),
    _required("bot_id", Text),
    Column("user_id", Text),
    Column("object_id", Text),
    Column("team_id", Text),
    Column("channel_id", Text),
    Column("locale", Text),
    _required("state", Text),
    _required("last_inbound_at", Instant),
    # Something was sent that asks for a reaction, so the next inbound is noted to the moment.
    _required("is_awaited", Boolean, server_default=false()),
    Index("ix_conversation_identity", "tenant_id", "object_id", "scope"),
)

_UNDER_WAY = text("attempts > 0 AND finished_at IS NULL")

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    _required("key", Text, unique=True),
    _required("kind", Text),
    _required("recipient", Text),
    _required("payload", Json),
    _required("ambiguous", Boolean),
    _required("state", Text),
    _required("attempts", Integer),
    Column("not_before", Instant),
    Column("lease_until", Instant),
    Column("reason", Text),
    Column("sent_as", Text),
    Column("way", Text),  # by which it went out, or was last tried
    _required("created_at", Instant),
    Column("finished_at", Instant),
    Column("expires_at", Instant),  # by the domain's clock; what comes later comes too late
    Column("batch", Text),
    _required("rung", Text, server_default="teams"),  # the way that it goes next
    _required("tries", Json, server_default="{}"),  # by this rung: fault -> how often it went wrong so
    Column("follow_up_at", Instant),  # sent, and goes on to its next rung then, by the domain's clock
    Column("phone_at", Instant),  # since when it is on the list of whom to phone
    Index("ix_outbox_state", "state", "id"),
    Index(
        "ix_outbox_under_way",
        "recipient",
        "id",
        sqlite_where=_UNDER_WAY,
        postgresql_where=_UNDER_WAY,
    ),
    _where_set("ix_outbox_batch", "batch", "state"),
    _where_set("ix_outbox_follow_up_at", "follow_up_at"),
    _where_set("ix_outbox_phone_at", "phone_at"),
)

# What became of a row by each way that was tried. Rows are never changed or deleted; triggers see to it.
receipt = Table(
    "receipt",
    metadata,
    Column("id", Id, primary_key=True),
    _required("outbox_id", Id, ForeignKey("outbox.id"), index=True),
    _required("way", Text),
    _required("outcome", Text),
    Column("reason", Text),
    Column("sent_as", Text),
    _required("at", Instant),
)

# One message to many, which a person looks at before it goes: its rows wait in the outbox until it is released.
batch = Table(
    "batch",
    metadata,
    Column("id", Text, primary_key=True),
    _required("kind", Text),
    _required("subject", Text),
    _required("state", Text),
    _required("made_by", Text),
    _required("made_at", Instant),
    Column("decided_by", Text),
    Column("decided_at", Instant),
    Index("ix_batch_subject", "kind", "subject", "state"),
)

# Who was phoned about what: the key of an outbox row, or of whatever else was on the list.
phone_call = Table(
    "phone_call",
    metadata,
    Column("key", Text, primary_key=True),
    _required("person_id", Text),
    _required("made_by", Text),
    _required("made_at", Instant),
)
