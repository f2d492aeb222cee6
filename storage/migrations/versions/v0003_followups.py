"""What is followed up, and who was told of what on which day."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WAITS = sa.text("next_at IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "followups",
        sa.Column("incident", ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["incident"], ["incidents.id"], name="fk_followups_incident"),
        sa.PrimaryKeyConstraint("incident", "key", name="pk_followups"),
    )
    op.create_index("ix_followups_person", "followups", ["person"])
    op.create_index("ix_followups_next", "followups", ["next_at"], sqlite_where=WAITS, postgresql_where=WAITS)
    op.create_table(
        "nudges",
        sa.Column("to", sa.Text(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("incident", ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("due", sa.String(), nullable=False),
        sa.Column("meant", sa.BigInteger(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["incident"], ["incidents.id"], name="fk_nudges_incident"),
        sa.PrimaryKeyConstraint("to", "day", "incident", "key", name="pk_nudges"),
    )
    op.create_index("ix_nudges_incident_key", "nudges", ["incident", "key"])


def downgrade() -> None:
    for table in ("nudges", "followups"):
        op.drop_table(table)
