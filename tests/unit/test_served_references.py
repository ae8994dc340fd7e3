"""The ids of a build by kind: all of them, of the whole build, and nothing else."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tower.access import RowScope
from tower.builds import BuildSummary
from tower.errors import QueryError
from tower.queries.served_references import IDS, served_references
from tower.store.decisions import MessageDecision
from tower.store.references import lost_references
from tower.store.versioned import Reference
from tower.warehouse import open_warehouse


def column(folder: Path, file: str, name: str) -> set[str]:
    """A column of one of the example's files."""
    with (folder / file).open(encoding="utf-8-sig", newline="") as opened:
        return {row[name] for row in csv.DictReader(opened) if row[name]}


@pytest.mark.parametrize(
    ("kind", "file", "name"),
    [("location", "locations.csv", "location_id"), ("customer", "customers.csv", "customer_id"),
     ("work_centre", "work_centres.csv", "work_centre_id")],
)  # fmt: skip
def test_the_ids_are_those_of_the_files(
    example_build: BuildSummary, example_folder: Path, kind: str, file: str, name: str
) -> None:
    served = served_references(open_warehouse(example_build.file), example_build.file.parents[1])
    assert served[kind] == column(example_folder, file, name)


def test_every_kind_has_ids_and_the_build_is_among_those_that_are_there(example_build: BuildSummary) -> None:
    served = served_references(open_warehouse(example_build.file), example_build.file.parents[1])
    assert set(served) == {*IDS, "firm_planned_order", "build"}
    assert all(ids for kind, ids in served.items() if kind != "firm_planned_order"), "nobody firmed an order"
    assert "V08" in served["supplier"]
    assert all(None not in ids for ids in served.values())
    assert example_build.build_id in served["build"]


def test_a_reader_of_a_part_is_refused_rather_than_told_that_the_rest_is_lost(example_build: BuildSummary) -> None:
    warehouse = open_warehouse(example_build.file, RowScope(locations=frozenset({"nowhere"})))
    with pytest.raises(QueryError):
        served_references(warehouse, example_build.file.parents[1])


def test_what_is_gone_is_told_and_what_is_there_is_not(example_build: BuildSummary) -> None:
    served = served_references(open_warehouse(example_build.file), example_build.file.parents[1])
    item, place = sorted(served["item"])[0], sorted(served["location"])[0]
    order = sorted(served["purchase_order_line"])[0]
    there = MessageDecision("EXP", item, place, "purchase_order_line", order, "accept", "agreed")
    gone = MessageDecision("CAP", item, "", "supplier", "NOBODY", "accept", "by air")
    assert lost_references([there], served) == []
    firmed = MessageDecision("REL", item, place, "firm_planned_order", "FIRM-1", "accept", "ordered by phone")
    assert [one.reference for one in lost_references([firmed], served)] == [Reference("firm_planned_order", "FIRM-1")]
    assert [one.reference for one in lost_references([there, gone], served)] == [Reference("supplier", "NOBODY")]
