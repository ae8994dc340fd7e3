"""AdventureWorks OLTP: Microsoft's sample database of a bicycle manufacturer, one Parquet file a table."""

from __future__ import annotations

from pipelines.sources.adventureworks.adapter import AdventureWorks

ADAPTER = AdventureWorks()

__all__ = ["ADAPTER"]
