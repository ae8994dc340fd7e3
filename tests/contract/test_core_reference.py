"""The reference data that a business owns names only what exists, and reads the way its metrics do."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pipelines.contract import load_contract
from tower.builds import BuildSummary
from tower.metrics import load_catalogue
from tower.warehouse import open_warehouse

REFERENCE = Path(__file__).resolve().parents[2] / "seeds" / "reference"


def reference(name: str) -> list[dict[str, str]]:
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_target_names_a_metric_and_its_warning_is_on_the_worse_side(example_build: BuildSummary) -> None:
    warehouse = open_warehouse(example_build.file)
    directions = {name: metric.direction for name, metric in load_catalogue(warehouse).metrics.items()}
    for row in reference("kpi_targets"):
        target, warning = float(row["target"]), float(row["warning"])
        assert (target > warning) == (directions[row["metric"]] == "up"), row["metric"]
        assert target != warning


def test_every_movement_type_of_the_contract_has_a_direction() -> None:
    movement_type = next(
        column for column in load_contract()["stock_movements"].columns if column.name == "movement_type"
    )
    assert {row["movement_type"] for row in reference("movement_types")} == set(movement_type.values)
    for row in reference("movement_types"):
        if int(row["is_usage"]) == 1:
            assert row["direction"] == "out", row
        if int(row["is_receipt"]) == 1:
            assert row["direction"] == "in", row


@pytest.mark.parametrize(
    "needed", reference("reconciliation_inputs"), ids=lambda row: f"{row['check_name']}-{row['table_name']}"
)
def test_a_check_needs_tables_and_columns_of_the_contract(needed: dict[str, str]) -> None:
    columns = {column.name for column in load_contract()[needed["table_name"]].columns}
    assert needed["column_name"] in columns | {""}


def test_every_check_has_words_in_both_languages_and_a_law() -> None:
    for row in reference("reconciliation_checks"):
        assert all(row.values()), row
        assert 1 <= int(row["law_number"]) <= 7
    assert len({row["title_zh"] for row in reference("reconciliation_checks")}) == 18
