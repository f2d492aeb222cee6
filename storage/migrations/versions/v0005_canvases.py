"""What was last written in each incident's canvas."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "canvases",
        sa.Column("incident", ID, nullable=False),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.Column("content", sa.String(), nullable=True),
        sa.Column("title", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["incident"], ["incidents.id"], name="fk_canvases_incident"),
        sa.PrimaryKeyConstraint("incident", name="pk_canvases"),
    )


def downgrade() -> None:
    op.drop_table("canvases")
