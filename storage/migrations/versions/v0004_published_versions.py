"""The bytes of what was published."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "versions",
        sa.Column("incident", ID, nullable=False),
        sa.Column("family", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kept_at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("incident", "family", "number", "form", name="pk_versions"),
        sa.ForeignKeyConstraint(["incident"], ["incidents.id"], name="fk_versions_incident"),
    )


def downgrade() -> None:
    op.drop_table("versions")
