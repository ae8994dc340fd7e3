"""Loads as folders: what exists, what a killed load leaves, what is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines.land.loads import land_source, latest_load, list_loads, load_folder, prune_loads
from pipelines.land.manifest import Landing, LoadedTable, LoadManifest, read_manifest
from pipelines.sources.adapter import Coverage, Progress
from pipelines.sources.files import ADAPTER
from tower.errors import SourceError
from tower.settings import SourceSettings


class CountingAdapter:
    """Lands one table of two rows and says that its source held `source_rows`."""

    name = "files"

    def __init__(self, source_rows: int = 2) -> None:
        self.source_rows = source_rows
        self.landed = 0

    def land(self, source: SourceSettings, folder: Path, progress: Progress) -> Landing:
        self.landed += 1
        progress(f"reading {source.name}")
        pl.DataFrame({"_row_number": [1, 2], "item_id": ["1", "2"]}).write_parquet(folder / "items.parquet")
        return Landing((LoadedTable("items", 2, self.source_rows, 0, {"item_id": "varchar"}, "", ()),))

    def raw_tables(self) -> Mapping[str, Mapping[str, str]]:
        return {"items": {"item_id": "varchar"}}

    def coverage(self, manifest: LoadManifest) -> Sequence[Coverage]:
        return [Coverage(table.name, "", "full") for table in manifest.tables]

    def default_as_of(self, source: SourceSettings, folder: Path) -> date | None:
        return None

    def company_name(self, source: SourceSettings) -> str | None:
        return None

    def company_currency(self, source: SourceSettings) -> str | None:
        return None


def land(home: Path, load_id: str, adapter: CountingAdapter | None = None, name: str = "erp") -> LoadManifest:
    source = SourceSettings(name=name, adapter="files", path=home)
    return land_source(
        source, adapter or CountingAdapter(), home, load_id, f"2026-06-30T00:00:00+00:00#{load_id}", lambda _: None
    )


def test_a_load_can_be_read_back_as_it_was_written(tmp_path: Path) -> None:
    manifest = land(tmp_path, "b1")
    assert (manifest.source, manifest.adapter, manifest.load_id) == ("erp", "files", "b1")
    assert read_manifest(load_folder(tmp_path, "erp", "b1")) == latest_load(tmp_path, "erp")
    assert latest_load(tmp_path, "erp").tables[0].rows == 2  # type: ignore[union-attr]


def test_the_latest_load_is_the_newest_that_is_whole(tmp_path: Path) -> None:
    assert latest_load(tmp_path, "erp") is None
    land(tmp_path, "b1")
    land(tmp_path, "b2")
    (load_folder(tmp_path, "erp", "b3")).mkdir()
    assert latest_load(tmp_path, "erp").load_id == "b2"  # type: ignore[union-attr]
    assert [load.load_id for load in list_loads(tmp_path, "erp")] == ["b1", "b2"]


def test_the_next_load_sweeps_what_a_killed_load_left_behind(tmp_path: Path) -> None:
    land(tmp_path, "b1")
    killed = load_folder(tmp_path, "erp", "b2")
    killed.mkdir()
    (killed / "items.parquet.partial").write_bytes(b"half")
    of_another_source = load_folder(tmp_path, "crm", "b2")
    of_another_source.mkdir(parents=True)
    land(tmp_path, "b3")
    assert sorted(folder.name for folder in (tmp_path / "raw" / "erp").iterdir()) == ["b1", "b3"]
    assert of_another_source.exists()


def test_a_load_that_was_killed_may_be_started_again_under_its_own_id(tmp_path: Path) -> None:
    killed = load_folder(tmp_path, "erp", "b1")
    killed.mkdir(parents=True)
    (killed / "items.parquet").write_bytes(b"half")
    assert land(tmp_path, "b1").tables[0].rows == 2
    assert pl.read_parquet(killed / "items.parquet")["item_id"].to_list() == ["1", "2"]


def test_a_load_that_is_whole_is_not_made_again(tmp_path: Path) -> None:
    adapter = CountingAdapter()
    assert land(tmp_path, "b1", adapter).tables[0].rows == land(tmp_path, "b1", adapter).tables[0].rows
    assert adapter.landed == 1


def test_a_table_that_does_not_balance_stops_the_load(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"Table items: the source holds 3 rows, but 2 were accepted and 0 rejected"):
        land(tmp_path, "b1", CountingAdapter(source_rows=3))
    assert latest_load(tmp_path, "erp") is None


def test_pruning_keeps_the_loads_that_builds_stand_on(tmp_path: Path) -> None:
    for load_id in ("b1", "b2", "b3"):
        land(tmp_path, load_id)
    land(tmp_path, "b1", name="crm")
    load_folder(tmp_path, "crm", "b4").mkdir()
    assert prune_loads(tmp_path, {"b1", "b3"}) == ["b4", "b2"]
    assert [load.load_id for load in list_loads(tmp_path, "erp")] == ["b1", "b3"]
    assert [load.load_id for load in list_loads(tmp_path, "crm")] == ["b1"]
    assert prune_loads(tmp_path / "nowhere", set()) == []


def test_the_files_adapter_declares_every_table_that_staging_may_read() -> None:
    raw = ADAPTER.raw_tables()
    assert len(raw) == 68
    assert raw["sales_reps"] == dict.fromkeys(
        ("sales_rep_id", "sales_rep_name", "team", "email", "manager_id"), "varchar"
    )
    assert "net_value_document" not in raw["sales_order_lines"]
