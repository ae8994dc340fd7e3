"""The tables of the app store as SQLAlchemy knows them. Changing one needs a migration in `migrations/versions`."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class Instant(TypeDecorator[datetime]):
    """An instant in UTC. A datetime without a time zone is refused: nobody could say later when it was."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database: UTC without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database: UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


# Names by rule, so that a migration can name what it changes on every database.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

users = Table(
    "users",
    metadata,
    Column("user_id", String(100), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("name_zh", String(200)),
    Column("role", String(30), nullable=False),
    Column("scope_axis", String(30), nullable=False),
    Column("scope_values", JSON, nullable=False),
    Column("language", String(10), nullable=False),
)

# Append-only. No foreign key: an entry outlives its user.
audit_log = Table(
    "audit_log",
    metadata,
    Column("entry_id", Integer, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("user_id", String(100), nullable=False),
    Column("action", String(50), nullable=False),
    Column("subject", String(300), nullable=False, index=True),
    Column("old_value", JSON(none_as_null=True)),
    Column("new_value", JSON(none_as_null=True)),
)

saved_views = Table(
    "saved_views",
    metadata,
    Column("view_id", Integer, primary_key=True, autoincrement=True),
    Column("user_id", String(100), ForeignKey("users.user_id", ondelete="CASCADE"), nullable=False),
    Column("name", String(200), nullable=False),
    Column("url", String(2000), nullable=False),
    UniqueConstraint("user_id", "name"),
)

# No foreign key to users: an override outlives its author. `version` counts changes, against overwriting others.
forecast_overrides = Table(
    "forecast_overrides",
    metadata,
    Column("override_id", Integer, primary_key=True, autoincrement=True),
    Column("version", Integer, nullable=False),
    Column("layer", String(20), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("item_id", String(100), index=True),
    Column("location_id", String(100)),
    Column("channel", String(100)),
    Column("family", String(100)),
    Column("first_date", Date, nullable=False),
    Column("last_date", Date, nullable=False),
    Column("quantity", Float, nullable=False),
    Column("reason", String(1000), nullable=False),
    Column("author", String(100), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_on", Date),
    Column("status", String(20), nullable=False),
)
