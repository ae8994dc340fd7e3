"""Odoo Community 16 to 19: its PostgreSQL database, read with a read-only role in one consistent snapshot."""

from __future__ import annotations

from pipelines.sources.odoo.adapter import Odoo

ADAPTER = Odoo()

__all__ = ["ADAPTER"]
