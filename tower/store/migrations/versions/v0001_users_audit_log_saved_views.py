"""Users, the audit log and saved views."""

import sqlalchemy as sa
from alembic import op

revision = "v0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From an empty database."""
    op.create_table(
        "users",
        sa.Column("user_id", sa.String(100), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("name_zh", sa.String(200)),
        sa.Column("role", sa.String(30), nullable=False),
        sa.Column("scope_axis", sa.String(30), nullable=False),
        sa.Column("scope_values", sa.JSON, nullable=False),
        sa.Column("language", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_users"),
    )
    op.create_table(
        "audit_log",
        sa.Column("entry_id", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("user_id", sa.String(100), nullable=False),
        sa.Column("action", sa.String(50), nullable=False),
        sa.Column("subject", sa.String(300), nullable=False),
        sa.Column("old_value", sa.JSON),
        sa.Column("new_value", sa.JSON),
        sa.PrimaryKeyConstraint("entry_id", name="pk_audit_log"),
    )
    op.create_index("ix_audit_log_subject", "audit_log", ["subject"])
    op.create_table(
        "saved_views",
        sa.Column("view_id", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("user_id", sa.String(100), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("url", sa.String(2000), nullable=False),
        sa.PrimaryKeyConstraint("view_id", name="pk_saved_views"),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name="fk_saved_views_user_id", ondelete="CASCADE"),
        sa.UniqueConstraint("user_id", "name", name="uq_saved_views_user_id"),
    )


def downgrade() -> None:
    """Back to an empty database."""
    op.drop_table("saved_views")
    op.drop_table("audit_log")
    op.drop_table("users")
