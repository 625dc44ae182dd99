"""A network's priority stands on the case's head, where the database can keep it unique per scheme and region."""

import orjson
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

FILED = sa.text(
    "SELECT h.number, v.report FROM case_head h"
    " JOIN case_version v ON v.number = h.number AND v.submission = h.submission"
)
STANDS = sa.text("priority IS NOT NULL AND state <> 'withdrawn'")


def upgrade() -> None:
    op.add_column("case_head", sa.Column("priority", sa.Integer()))
    connection = op.get_bind()
    for number, report in connection.execute(FILED).all():
        priority = orjson.loads(report).get("priority_by_network")
        connection.execute(
            sa.text("UPDATE case_head SET priority = :priority WHERE number = :number"),
            {"priority": priority, "number": number},
        )
    op.create_index(
        "uq_case_head_priority",
        "case_head",
        ["cycle_year", "scheme", "region", "priority"],
        unique=True,
        sqlite_where=STANDS,
        postgresql_where=STANDS,
    )
