"""Everything that production asks of a plan: what is clear to build, what frees most, and what the hours allow."""

from __future__ import annotations

import polars as pl

from planning.tables.clear_to_build import clear_to_build_tables
from planning.tables.finite_plan import finite_planned
from planning.tables.finite_tables import finite_findings, finite_tables
from planning.tables.golden_screw import golden_screw_tables, release_table
from planning.tables.kit_problem import kit_problem
from planning.tables.results import Planned
from planning.tables.source_splits import source_splits


def production_tables(result: Planned) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """Tables by name, and findings about them in the schema of the model's. All are there, empty without orders."""
    kit = kit_problem(result)
    finite = finite_planned(result)
    tables = {
        **clear_to_build_tables(result, kit),
        **golden_screw_tables(result, kit),
        "clear_to_build_release": release_table(result, kit),
        **finite_tables(result, finite),
        "source_splits": source_splits(result),
    }
    return tables, finite_findings(result.model, finite)
