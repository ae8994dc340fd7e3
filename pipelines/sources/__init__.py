"""One package per system that data is read from."""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.sources.adapter import Adapter
from pipelines.sources.adventureworks import ADAPTER as ADVENTUREWORKS
from pipelines.sources.demo import ADAPTER as DEMO
from pipelines.sources.files import ADAPTER as FILES
from pipelines.sources.odoo import ADAPTER as ODOO

ADAPTERS: Mapping[str, Adapter] = {adapter.name: adapter for adapter in (FILES, ADVENTUREWORKS, DEMO, ODOO)}
