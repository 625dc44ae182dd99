"""A correction may be written while the owner writes the next version; each of the two is there once."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_OPEN = "about IS NOT NULL AND state = 'open'"
INDEXES = {
    "uq_draft_next_version": sa.text(f"{_OPEN} AND purpose IN ('report', 'on_behalf')"),
    "uq_draft_correction": sa.text(f"{_OPEN} AND purpose = 'correction'"),
}


def upgrade() -> None:
    op.drop_index("uq_draft_about", "draft")
    for name, where in INDEXES.items():
        op.create_index(name, "draft", ["about"], unique=True, sqlite_where=where, postgresql_where=where)
