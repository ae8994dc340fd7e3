"""What planners enter: scenarios with the inputs they were made on, firmed orders, message decisions, comments."""

import sqlalchemy as sa
from alembic import op

revision = "v0003"
down_revision = "v0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tables of their own; what is there stays as it is."""
    op.create_table(
        "scenario_inputs",
        sa.Column("inputs_hash", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("inputs_hash", name="pk_scenario_inputs"),
    )
    op.create_table(
        "scenarios",
        sa.Column("scenario_id", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("owner", sa.String(100), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("change_file", sa.Text, nullable=False),
        sa.Column("parent_id", sa.Integer),
        sa.Column("base_build_id", sa.String(100), nullable=False),
        sa.Column("inputs_hash", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("changed_at", sa.DateTime, nullable=False),
        sa.Column("changed_by", sa.String(100), nullable=False),
        sa.Column("expires_at", sa.DateTime),
        sa.PrimaryKeyConstraint("scenario_id", name="pk_scenarios"),
        sa.ForeignKeyConstraint(["parent_id"], ["scenarios.scenario_id"], name="fk_scenarios_parent_id"),
        sa.ForeignKeyConstraint(["inputs_hash"], ["scenario_inputs.inputs_hash"], name="fk_scenarios_inputs_hash"),
        sa.UniqueConstraint("owner", "name", name="uq_scenarios_owner"),
    )
    op.create_index("ix_scenarios_parent_id", "scenarios", ["parent_id"])
    op.create_index("ix_scenarios_inputs_hash", "scenarios", ["inputs_hash"])
    op.create_table(
        "message_decisions",
        sa.Column("decision_id", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("item_id", sa.String(100), nullable=False),
        sa.Column("location_id", sa.String(100), nullable=False),
        sa.Column("document_type", sa.String(50), nullable=False),
        sa.Column("document_id", sa.String(200), nullable=False),
        sa.Column("decision", sa.String(20), nullable=False),
        sa.Column("until", sa.Date),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.Column("author", sa.String(100), nullable=False),
        sa.Column("decided_at", sa.DateTime, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("decision_id", name="pk_message_decisions"),
        sa.UniqueConstraint(
            "code", "item_id", "location_id", "document_type", "document_id", name="uq_message_decisions_code"
        ),
    )
    op.create_table(
        "firmed_orders",
        sa.Column("firmed_order_id", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("order_type", sa.String(50), nullable=False),
        sa.Column("item_id", sa.String(100), nullable=False),
        sa.Column("location_id", sa.String(100), nullable=False),
        sa.Column("supplier_id", sa.String(100)),
        sa.Column("from_location_id", sa.String(100)),
        sa.Column("quantity", sa.Float, nullable=False),
        sa.Column("release_date", sa.Date),
        sa.Column("due_date", sa.Date, nullable=False),
        sa.Column("base_build_id", sa.String(100), nullable=False),
        sa.Column("document_id", sa.String(200), nullable=False),
        sa.Column("scenario_id", sa.Integer),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.Column("author", sa.String(100), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("firmed_order_id", name="pk_firmed_orders"),
        sa.ForeignKeyConstraint(["scenario_id"], ["scenarios.scenario_id"], name="fk_firmed_orders_scenario_id"),
    )
    op.create_index("ix_firmed_orders_item_id", "firmed_orders", ["item_id"])
    op.create_index("ix_firmed_orders_scenario_id", "firmed_orders", ["scenario_id"])
    op.create_index("ix_firmed_orders_document_id", "firmed_orders", ["document_id", "base_build_id"])
    op.create_table(
        "comments",
        sa.Column("comment_id", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("object_kind", sa.String(50), nullable=False),
        sa.Column("object_id", sa.String(200), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("author", sa.String(100), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("changed_at", sa.DateTime, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("comment_id", name="pk_comments"),
    )
    op.create_index("ix_comments_object_id", "comments", ["object_id", "object_kind"])


def downgrade() -> None:
    """Without them."""
    for name in ("comments", "firmed_orders", "message_decisions", "scenarios", "scenario_inputs"):
        op.drop_table(name)
