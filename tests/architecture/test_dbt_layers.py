"""The layers of dbt, read from its manifest: who may read whom, and what every model must say of itself."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.conftest import Compiled
from tests.architecture.source_files import REPOSITORY

# What the models of each layer may read: layers, seeds, and sources by name.
MAY_READ = {
    "staging": {"seed", "source:files", "source:adventureworks"},
    "canonical": {"staging", "canonical", "seed", "source:files"},
    "core": {"canonical", "core", "seed", "source:engine", "source:build"},
    "marts": {"core", "seed"},
}
GRAIN = re.compile(r"^\s*(?:\{\{[^}]*\}\}\s*)?-- One row (?:per|for each) ")


def _layer(node_id: str, compiled: Compiled) -> str:
    kind, _, *rest = node_id.split(".")
    if kind == "source":
        return f"source:{rest[0]}"
    return "seed" if kind == "seed" else str(compiled.nodes[node_id].fqn[1])


def test_every_model_lies_in_a_layer_and_its_schema_has_the_layers_name(compiled: Compiled) -> None:
    assert {node.fqn[1] for node in compiled.models()} == set(MAY_READ)
    assert [node.name for node in compiled.models() if node.schema != node.fqn[1]] == []


@pytest.mark.parametrize("layer", sorted(MAY_READ))
def test_a_layer_reads_only_what_lies_below_it(compiled: Compiled, layer: str) -> None:
    wrong = [
        f"{node.name} reads {parent}"
        for node in compiled.models(layer)
        for parent in node.depends_on.nodes
        if _layer(parent, compiled) not in MAY_READ[layer]
    ]
    assert wrong == []


def test_names_say_the_layer(compiled: Compiled) -> None:
    allowed = {
        "staging": ("stg_",),
        "core": ("dim_", "fct_", "int_", "law_", "reconciliation_"),
        "marts": ("mart_",),
    }
    wrong = [
        node.name
        for layer, prefixes in allowed.items()
        for node in compiled.models(layer)
        if not node.name.startswith(prefixes)
    ]
    assert wrong == []


@pytest.mark.parametrize("layer", ["canonical", "core"])
def test_the_border_has_enforced_contracts(compiled: Compiled, layer: str) -> None:
    border = [node for node in compiled.models(layer) if node.name.startswith(("cnl_", "dim_", "fct_"))]
    assert border
    assert [node.name for node in border if not node.config.contract.enforced] == []


def test_every_dimension_and_fact_says_whose_rows_it_holds(compiled: Compiled) -> None:
    """What does not say is invisible to a reader with a restricted scope."""
    facts = [node for node in compiled.models("core") if node.name.startswith(("dim_", "fct_"))]
    silent = []
    for node in facts:
        scope = node.config.meta.get("scope")
        if scope != "none" and not (scope and set(scope) <= {"customer", "location"} and _has_columns(node, scope)):
            silent.append(node.name)
    assert silent == []


def _has_columns(node: Any, scope: dict[str, str]) -> bool:
    return set(scope.values()) <= set(node.columns)


def test_every_model_of_core_and_marts_is_described(compiled: Compiled) -> None:
    assert [node.name for node in compiled.models("core", "marts") if not node.description.strip()] == []


def test_every_dimension_and_fact_is_tested(compiled: Compiled) -> None:
    tested = {
        parent for node in compiled.nodes.values() if node.resource_type == "test" for parent in node.depends_on.nodes
    }
    facts = [node for node in compiled.models("core") if node.name.startswith(("dim_", "fct_"))]
    assert [node.name for node in facts if node.unique_id not in tested] == []


def test_the_first_line_of_every_model_is_its_grain() -> None:
    files = sorted((REPOSITORY / "models_dbt" / "models").rglob("*.sql"))
    assert files
    without = [path.name for path in files if not GRAIN.match(_first_comment(path))]
    assert without == []


def _first_comment(path: Path) -> str:
    """The file without a config block before the grain."""
    return re.sub(r"^\s*\{\{\s*config\(.*?\)\s*\}\}\s*", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
