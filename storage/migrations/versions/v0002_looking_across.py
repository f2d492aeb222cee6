"""What is looked up across incidents: words, action items, and in an incident's row its clocks."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("incidents", sa.Column("type", sa.String(), nullable=True))
    op.add_column("incidents", sa.Column("began_at", sa.BigInteger(), nullable=True))
    op.add_column("incidents", sa.Column("clocks", sa.Text(), nullable=True))
    op.add_column("incidents", sa.Column("projected", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "search",
        sa.Column("incident", ID, nullable=False),
        sa.Column("thing", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=True),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("incident", "thing", name="pk_search"),
        sa.ForeignKeyConstraint(["incident"], ["incidents.id"], name="fk_search_incident"),
    )
    op.create_index("ix_search_entry", "search", ["entry"])
    op.create_table(
        "action_items",
        sa.Column("incident", ID, nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("due", sa.String(), nullable=True),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("incident", "action", name="pk_action_items"),
        sa.ForeignKeyConstraint(["incident"], ["incidents.id"], name="fk_action_items_incident"),
    )
    op.create_index("ix_action_items_owner_status", "action_items", ["owner", "status"])


def downgrade() -> None:
    op.drop_table("action_items")
    op.drop_table("search")
    for column in ("projected", "clocks", "began_at", "type"):
        op.drop_column("incidents", column)
