"""The buttons that each person has before them, so that they can be pressed by typing, too."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "offered",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("buttons", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_offered"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_offered_person_id"),
    )
