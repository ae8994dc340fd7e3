"""One dbt parse and compile for all tests of this folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pipelines.build.project import DbtProject

# Two sources, of which both fill some tables and one fills others: every branch of the canonical macros is compiled.
TWO_SOURCES = {
    "sources": ["erp", "crm"],
    "owned_entities": {"erp": ["customers", "items", "sales_orders"], "crm": ["customers", "opportunities"]},
}


@dataclass(frozen=True, slots=True)
class Compiled:
    """What dbt knows after compiling: all nodes by id, and the SQL of those that have any."""

    nodes: Mapping[str, Any]
    sql: Mapping[str, str]

    def models(self, *layers: str) -> Sequence[Any]:
        """Models of some layers; a layer is the first folder below models/."""
        return [
            node
            for node in self.nodes.values()
            if node.resource_type == "model" and (not layers or node.fqn[1] in layers)
        ]


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    folder: Path = tmp_path_factory.mktemp("compiled")
    project = DbtProject(
        build_file=folder / "warehouse.duckdb",
        target_folder=folder / "target",
        variables=TWO_SOURCES,
        threads=2,
        memory_limit="1GB",
        temporary_folder=folder / "spill",
    )
    results = project.invoke("compile", ("*",))
    project.release()
    assert {result.status for result in results} == {"success"}
    nodes = project.manifest.nodes
    sql = {name: node.compiled_code for name, node in nodes.items() if getattr(node, "compiled_code", None)}
    return Compiled(nodes, sql)
