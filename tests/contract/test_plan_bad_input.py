"""Files with every kind of mistake that a plan can live with: each is a finding with its item, and the rest is planned."""

from __future__ import annotations

import csv
import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.plan.files import planned_files
from planning.tables.all_tables import plan_tables
from tower.settings import Settings

WRONG_ITEMS = ("Z-LOOP1", "Z-LOOP2", "Z-NOBOM", "Z-NOSRC", "Z-NEG", "Z-UNIT")


def append(file: Path, *rows: dict[str, Any]) -> None:
    """Rows behind the others of a file; what a row does not say is empty."""
    with file.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        names = list(reader.fieldnames or ())
    with file.open("a", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, names)
        for row in rows:
            assert set(row) <= set(names), set(row) - set(names)
            writer.writerow(row)


@pytest.fixture(scope="module")
def found(example_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, pl.DataFrame]:
    folder = tmp_path_factory.mktemp("wrong") / "files"
    shutil.copytree(example_folder, folder)
    append(folder / "items.csv", *({"item_id": item, "item_name": item, "item_type": "finished", "base_uom": "PCS",
                                    "lifecycle_status": "active"} for item in WRONG_ITEMS))  # fmt: skip
    append(
        folder / "boms.csv",
        *({"bom_id": f"B-{item}", "item_id": item, "bom_type": "make", "output_quantity": 1, "location_id": "PL1",
           "priority": 1} for item in ("Z-LOOP1", "Z-LOOP2")),
    )  # fmt: skip
    append(
        folder / "bom_components.csv",
        {"bom_component_id": "Z1", "bom_id": "B-Z-LOOP1", "component_item_id": "Z-LOOP2", "quantity": 1},
        {"bom_component_id": "Z2", "bom_id": "B-Z-LOOP2", "component_item_id": "Z-LOOP1", "quantity": 1},
    )
    policies = {"Z-LOOP1": "make", "Z-LOOP2": "make", "Z-NOBOM": "make", "Z-NEG": "buy", "Z-UNIT": "buy"}
    append(
        folder / "planning_policies.csv",
        *({"item_id": item, "location_id": "PL1", "supply_type": kind, "strategy": "make_to_stock",
           "lot_rule": "lot_for_lot", "lead_time_days": -4 if item == "Z-NEG" else 5} for item, kind in policies.items()),
    )  # fmt: skip
    append(
        folder / "sales_order_lines.csv",
        *({"sales_order_line_id": f"SO-{item}", "sales_order_id": "SO2001", "line_number": 900 + number, "item_id": item,
           "ship_from_location_id": "PL1", "ordered_quantity": 7, "cancelled_quantity": 0, "unit_price": 1,
           "discount_rate": 0, "net_value": 7, "requested_date": "2026-08-10", "line_status": "open",
           "uom": "PALLET" if item == "Z-UNIT" else "PCS"} for number, item in enumerate(WRONG_ITEMS)),
    )  # fmt: skip
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    result = planned_files(folder, settings, datetime(2026, 7, 1, tzinfo=UTC), date(2026, 6, 30), lambda _: None)
    return dict(plan_tables(result))


def kinds_of(found: dict[str, pl.DataFrame], item: str) -> set[str]:
    findings = found["plan_findings"]
    return set(findings.filter((pl.col("item_id") == item) | pl.col("reference").str.contains(item))["kind"])


@pytest.mark.parametrize(
    ("item", "kind"),
    [
        ("Z-LOOP1", "cycle"),
        ("Z-NOBOM", "no_bill"),
        ("Z-NOSRC", "no_source"),
        ("Z-NOSRC", "no_policy"),
        ("Z-UNIT", "refused_row"),
    ],
)
def test_each_mistake_is_a_finding_of_its_own_kind_with_its_item(
    found: dict[str, pl.DataFrame], item: str, kind: str
) -> None:
    assert kind in kinds_of(found, item)


def test_a_negative_lead_time_is_refused_or_counted_as_none_but_always_said(found: dict[str, pl.DataFrame]) -> None:
    assert kinds_of(found, "Z-NEG") & {"refused_row", "negative_lead_time"}


def test_every_line_is_planned_or_its_row_was_refused(found: dict[str, pl.DataFrame]) -> None:
    planned = set(found["plan_demands"].filter(demand_type="sales_order_line")["demand_id"])
    assert {f"SO-{item}" for item in WRONG_ITEMS} - planned == {"SO-Z-UNIT"}
    assert len(planned) > len(WRONG_ITEMS) + 5
