"""A folder of CSV, Excel and Parquet files named like the canonical tables."""

from __future__ import annotations

from pipelines.sources.files.adapter import FilesAdapter

ADAPTER = FilesAdapter()
