"""The demo company Lanhe Mobility as a source: simulated when it is loaded, landed like a folder of files."""

from __future__ import annotations

from pipelines.sources.demo.adapter import DemoAdapter

ADAPTER = DemoAdapter()
