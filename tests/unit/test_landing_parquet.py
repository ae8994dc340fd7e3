"""Parquet files: types that are not the contract's, and footers that cannot be trusted."""

from __future__ import annotations

import datetime
import json
import struct
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.land.loads import land_source
from pipelines.land.manifest import LoadManifest
from pipelines.sources.files import ADAPTER
from tower.errors import SourceError
from tower.settings import SourceSettings


def land(tmp_path: Path, **columns: Any) -> tuple[LoadManifest, pl.DataFrame, pl.DataFrame]:
    folder = tmp_path / "mine"
    folder.mkdir(exist_ok=True)
    if columns:
        pq.write_table(pa.table(columns), folder / "items.parquet", row_group_size=1000)
    source = SourceSettings(name="mine", adapter="files", path=folder)
    manifest = land_source(source, ADAPTER, tmp_path, "load_1", "2026-06-30T00:00:00+00:00", lambda _: None)
    load = tmp_path / "raw" / "mine" / "load_1"
    return (
        manifest,
        pl.read_parquet(load / "items.parquet").sort("_row_number"),
        pl.read_parquet(load / "rejected.parquet"),
    )


def texts(rows: int) -> dict[str, list[str]]:
    return {name: ["x"] * rows for name in ("item_name", "item_type", "base_uom")}


def test_ids_stay_the_text_they_are_and_numbers_become_their_digits(tmp_path: Path) -> None:
    _, landed, _ = land(
        tmp_path,
        item_id=["00123", "A1", None],
        item_name=pa.array([1, 2, None], pa.int64()),
        item_type=[4711.0, 1.5, None],
        base_uom=pa.array([Decimal("7.00"), Decimal("7.25"), None], pa.decimal128(10, 2)),
    )
    assert landed.drop("_row_number").rows() == [
        ("00123", "1", "4711", "7"), ("A1", "2", "1.5", "7.25"), (None, None, None, None),
    ]  # fmt: skip


def test_numbers_dates_and_flags_of_any_type_land_as_the_contract_says(tmp_path: Path) -> None:
    _, landed, rejected = land(
        tmp_path,
        item_id=["1", "2"],
        **texts(2),
        standard_cost=[1.5, None],
        list_price=["1,234.50", "7.25"],
        shelf_life_days=[30.0, None],
        introduced_date=pa.array([20250304, 20250305], pa.int32()),
        is_lot_tracked=pa.array([1, 0], pa.int8()),
    )
    assert rejected.height == 0
    assert landed.select(
        "standard_cost", "list_price", "shelf_life_days", "introduced_date", "is_lot_tracked"
    ).rows() == [
        (Decimal("1.5"), Decimal("1234.5"), 30, datetime.date(2025, 3, 4), True),
        (None, Decimal("7.25"), None, datetime.date(2025, 3, 5), False),
    ]


def test_values_beyond_the_contract_are_rejected_with_the_whole_row(tmp_path: Path) -> None:
    manifest, landed, rejected = land(
        tmp_path,
        item_id=["1", "2", "3", "4", "5"],
        **texts(5),
        standard_cost=[float("nan"), float("inf"), 1e15, 2.5, None],
        shelf_life_days=pa.array([1, 2, 3, 2**40, 5], pa.int64()),
    )
    assert landed.select("_row_number", "item_id").rows() == [(5, "5")]
    assert rejected.select("row_number", "rule", "column_name").rows() == [
        (1, "unreadable_number", "standard_cost"), (2, "unreadable_number", "standard_cost"),
        (3, "unreadable_number", "standard_cost"), (4, "unreadable_number", "shelf_life_days"),
    ]  # fmt: skip
    assert json.loads(rejected["raw_row"][3]) == {
        "item_id": "4", "item_name": "x", "item_type": "x", "base_uom": "x", "standard_cost": 2.5, "shelf_life_days": 2**40,
    }  # fmt: skip
    assert [orjson.loads(row)["standard_cost"] for row in rejected["raw_row"]] == ["nan", "inf", 1e15, 2.5]
    assert (manifest.tables[0].source_rows, manifest.tables[0].rows, manifest.tables[0].rejected_rows) == (5, 1, 4)


@pytest.mark.parametrize("options", [{"use_deprecated_int96_timestamps": True}, {"coerce_timestamps": "ms"}, {}])
def test_instants_of_every_encoding_land_in_utc(tmp_path: Path, options: dict[str, Any]) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    zone = datetime.timezone(datetime.timedelta(hours=8))
    table = pa.table(
        {
            "lead_id": ["1"],
            "created_at": pa.array(
                [datetime.datetime(2025, 3, 4, 10, tzinfo=zone)], pa.timestamp("us", tz="Asia/Shanghai")
            ),
            "lead_status": ["new"],
            "converted_at": pa.array([datetime.datetime(2025, 3, 4, 10)], pa.timestamp("us")),
        }
    )
    pq.write_table(table, folder / "leads.parquet", **options)
    source = SourceSettings(name="mine", adapter="files", path=folder)
    land_source(source, ADAPTER, tmp_path, "load_1", "2026-06-30T00:00:00+00:00", lambda _: None)
    landed = pl.read_parquet(tmp_path / "raw" / "mine" / "load_1" / "leads.parquet")
    assert landed.select("created_at", "converted_at").rows() == [
        (datetime.datetime(2025, 3, 4, 2), datetime.datetime(2025, 3, 4, 10)),
    ]  # fmt: skip


def test_wrong_statistics_in_the_footer_lose_no_row(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    count = 5000
    costs = pa.array([1234567.0 + number for number in range(count)], pa.float64())
    table = pa.table({"item_id": [f"I{n:05}" for n in range(count)], **texts(count), "standard_cost": costs})
    path = folder / "items.parquet"
    pq.write_table(table, path, row_group_size=count, use_dictionary=False)
    content = bytearray(path.read_bytes())
    footer = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    for wrong, said in ((b"A00000", b"I00000"), (b"A00001", b"I04999")):
        assert content.count(said, footer) >= 1
        content[footer:] = content[footer:].replace(said, wrong)
    for said in (costs[0].as_py(), costs[-1].as_py()):
        packed = struct.pack("<d", said)
        assert content.count(packed, footer) >= 1
        content[footer:] = content[footer:].replace(packed, struct.pack("<d", 1.0))
    path.write_bytes(bytes(content))
    statistics = pq.read_metadata(path).row_group(0).column(4).statistics
    assert (statistics.min, statistics.max) == (1.0, 1.0)
    manifest, landed, rejected = land(tmp_path)
    assert (manifest.tables[0].source_rows, manifest.tables[0].rows, rejected.height) == (count, count, 0)
    assert landed["standard_cost"].sum() == Decimal(sum(1234567 + number for number in range(count)))
    assert landed["item_id"].to_list() == [f"I{n:05}" for n in range(count)]


def test_a_footer_that_hides_missing_values_does_not_make_them_unreadable(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    count = 5000
    costs = pa.array([None if number % 2 else float(number) for number in range(count)], pa.float64())
    path = folder / "items.parquet"
    pq.write_table(
        pa.table({"item_id": [f"I{n}" for n in range(count)], **texts(count), "standard_cost": costs}),
        path, row_group_size=count, use_dictionary=False,
    )  # fmt: skip
    content = bytearray(path.read_bytes())
    footer = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    # 2,500 missing values as the footer's variable-length integer, and nothing in the same two bytes.
    assert content.count(b"\x88\x27", footer) >= 1
    content[footer:] = content[footer:].replace(b"\x88\x27", b"\x80\x00")
    path.write_bytes(bytes(content))
    assert pq.read_metadata(path).row_group(0).column(4).statistics.null_count == 0
    manifest, landed, rejected = land(tmp_path)
    assert (manifest.tables[0].rows, rejected.height) == (count, 0)
    assert landed["standard_cost"].null_count() == count // 2


def test_row_numbers_follow_the_file_across_row_groups(tmp_path: Path) -> None:
    count = 4500
    _, landed, rejected = land(
        tmp_path, item_id=[str(n) for n in range(1, count + 1)], **texts(count),
        standard_cost=["oops" if n % 1000 == 0 else "1" for n in range(1, count + 1)],
    )  # fmt: skip
    assert rejected["row_number"].to_list() == [1000, 2000, 3000, 4000]
    assert (landed["_row_number"].cast(pl.String) == landed["item_id"]).all()
    assert landed.height == count - 4


def test_nested_values_are_refused_with_their_column(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"items\.parquet, table items: the column list_price holds nested values"):
        land(tmp_path, item_id=["1"], **texts(1), list_price=[[1.0, 2.0]])


def test_a_file_that_only_claims_to_be_parquet_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "items.parquet").write_bytes(b"PAR1 nothing PAR1")
    with pytest.raises(SourceError, match=r"items\.parquet is no Parquet file that can be read"):
        land(tmp_path)
