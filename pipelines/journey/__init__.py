"""The step `order journey` of a build: what planning/journey reads, and the table that it writes."""

from __future__ import annotations

from pipelines.journey.run import run_order_journey

__all__ = ["run_order_journey"]
