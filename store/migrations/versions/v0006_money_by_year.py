"""What the standing cases of a cycle ask for in each year, kept beside their counts."""

from collections import defaultdict

import orjson
import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

STANDING = sa.text(
    "SELECT h.cycle_year, h.scheme, v.report FROM case_head h"
    " JOIN case_version v ON v.number = h.number AND v.submission = h.submission"
    " WHERE h.state NOT IN ('withdrawn', 'declined_criteria')"
)
KEEP = sa.text(
    "INSERT INTO case_money (cycle_year, scheme, year, cases, owner_nok, uh_nok)"
    " VALUES (:cycle_year, :scheme, :year, :cases, :owner_nok, :uh_nok)"
)


def upgrade() -> None:
    op.create_table(
        "case_money",
        sa.Column("cycle_year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("cases", sa.BigInteger(), nullable=False),
        sa.Column("owner_nok", sa.BigInteger(), nullable=False),
        sa.Column("uh_nok", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("cycle_year", "scheme", "year", name="pk_case_money"),
    )
    connection = op.get_bind()
    sums = defaultdict[tuple[int, str, int], list[int]](lambda: [0, 0, 0])
    for cycle_year, scheme, report in connection.execute(STANDING).all():
        filed = orjson.loads(report)
        owner, partners = filed.get("budget_owner", {}), tuple(filed.get("budget_uh", {}).values())
        for year in {year for budget in (owner, *partners) for year in budget}:
            asked = owner.get(year, 0), sum(budget.get(year, 0) for budget in partners)
            row = sums[cycle_year, scheme, int(year)]
            row[:] = row[0] + bool(sum(asked)), row[1] + asked[0], row[2] + asked[1]
    names = ("cycle_year", "scheme", "year", "cases", "owner_nok", "uh_nok")
    for key, row in sums.items():
        connection.execute(KEEP, dict(zip(names, (*key, *row), strict=True)))
