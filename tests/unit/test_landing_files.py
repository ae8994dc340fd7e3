"""A folder of files through the adapter: what lands, what is rejected, what is refused as a whole."""

from __future__ import annotations

import csv
import datetime
import gzip
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.land.loads import land_source
from pipelines.land.manifest import LoadManifest
from pipelines.sources.files import ADAPTER
from tower.errors import SourceError
from tower.settings import SourceSettings

SEEDS = Path(__file__).resolve().parents[2] / "seeds" / "reference"
ITEMS = "item_id,item_name,item_type,base_uom"


@dataclass(frozen=True)
class Loaded:
    manifest: LoadManifest
    folder: Path

    def rows(self, table: str, *columns: str) -> list[tuple[Any, ...]]:
        return pl.read_parquet(self.folder / f"{table}.parquet").sort("_row_number").select(columns).rows()

    @property
    def rejected(self) -> pl.DataFrame:
        return pl.read_parquet(self.folder / "rejected.parquet")

    def counts(self, table: str) -> tuple[int, int, int]:
        found = self.manifest.table(table)
        assert found is not None
        return found.source_rows, found.rows, found.rejected_rows

    def notes(self, table: str) -> Sequence[str]:
        found = self.manifest.table(table)
        assert found is not None
        return found.notes


@pytest.fixture
def land(tmp_path: Path) -> Any:
    def load(**files: bytes | str) -> Loaded:
        folder = tmp_path / "mine"
        folder.mkdir(exist_ok=True)
        for name, content in files.items():
            path = folder / name.replace("__", ".")
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        manifest = land_source(
            SourceSettings(name="mine", adapter="files", path=folder),
            ADAPTER, tmp_path / "home", "load_1", "2026-06-30T00:00:00+00:00", lambda _: None,
        )  # fmt: skip
        return Loaded(manifest, tmp_path / "home" / "raw" / "mine" / "load_1")

    return load


def items(*rows: str, more: str = "") -> str:
    return "\n".join([ITEMS + more, *rows]) + "\n"


def test_every_type_of_the_contract_lands_as_that_type(land: Any) -> None:
    loaded = land(
        items__csv=items(
            "007,Bolt,component,PCS,1234.5,2025-03-04,yes,30",
            "8,Nut,component,PCS,,,,",
            more=",standard_cost,introduced_date,is_lot_tracked,shelf_life_days",
        ),
        leads__csv="lead_id,created_at,lead_status,score\nL1,2025-03-04T10:00:00+08:00,new,0.25\n",
    )
    assert loaded.rows("items", "item_id", "standard_cost", "introduced_date", "is_lot_tracked", "shelf_life_days") == [
        ("007", Decimal("1234.500000"), datetime.date(2025, 3, 4), True, 30),
        ("8", None, None, None, None),
    ]
    assert loaded.rows("leads", "created_at", "score", "_row_number") == [(datetime.datetime(2025, 3, 4, 2), 0.25, 1)]
    table = loaded.manifest.table("items")
    assert table is not None
    assert table.columns == {
        "item_id": "varchar", "item_name": "varchar", "item_type": "varchar", "base_uom": "varchar",
        "standard_cost": "decimal(18,6)", "introduced_date": "date", "is_lot_tracked": "boolean", "shelf_life_days": "integer",
    }  # fmt: skip
    schema = pl.read_parquet_schema(loaded.folder / "items.parquet")
    assert schema["standard_cost"] == pl.Decimal(18, 6)
    assert schema["shelf_life_days"] == pl.Int32
    assert schema["_row_number"] == pl.Int64


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^", "~", ":", " ", "\x1f"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_delimiters_and_encodings_are_found(land: Any, delimiter: str, encoding: str) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerows([ITEMS.split(","), ["1", f"六角螺栓 {delimiter} 不锈钢", "component", "PCS"]])
    loaded = land(items__csv=out.getvalue().encode(encoding))
    assert loaded.rows("items", "item_id", "item_name") == [("1", f"六角螺栓 {delimiter} 不锈钢")]


@pytest.mark.parametrize(
    ("quote", "field", "name"),
    [("'", "'6\" pipe; black'", '6" pipe; black'), ("", '"6" pipe', '"6" pipe'), ("'", "'o''ring'", "o'ring")],
)
def test_another_quotation_mark_or_none_may_be_declared(land: Any, quote: str, field: str, name: str) -> None:
    loaded = land(items__csv=f"{ITEMS.replace(',', ';')}\n1;{field};component;PCS\n", source__toml=f'quote = "{quote}"')
    assert loaded.rows("items", "item_name", "base_uom") == [(name, "PCS")]


def test_western_european_text_is_not_taken_for_chinese(land: Any) -> None:
    loaded = land(items__csv=items("1,Schraube für Gehäuse,component,Stück").encode("latin-1"))
    assert loaded.rows("items", "item_name", "base_uom") == [("Schraube für Gehäuse", "Stück")]
    assert "Read as cp1252." in loaded.notes("items")


def test_bytes_that_the_declared_encoding_does_not_know_reject_their_row_and_no_other(land: Any) -> None:
    loaded = land(
        items__csv=items("1,Bolt,component,PCS").encode() + b"2,M\xfcller \xff,component,PCS\n3,Nut,component,PCS\n",
        source__toml='encoding = "utf-8"',
    )
    assert loaded.counts("items") == (3, 2, 1)
    assert loaded.rows("items", "_row_number", "item_id") == [(1, "1"), (3, "3")]
    assert loaded.rejected.rows() == [
        ("items", 2, '{"_text":"2,M\\\\xFCller \\\\xFF,component,PCS"}', "undecodable_text", None,
         "2,M\\xFCller \\xFF,component,PCS", "items.csv"),
    ]  # fmt: skip


def test_a_broken_character_in_utf8_text_does_not_make_it_another_encoding(land: Any) -> None:
    rows = items("1,螺栓,component,PCS", "2,螺母,component,PCS").encode() + b"3,\xe8\x9e,component,PCS\n"
    loaded = land(items__csv=rows)
    assert loaded.rows("items", "item_name") == [("螺栓",), ("螺母",)]
    assert loaded.rejected["rule"].to_list() == ["undecodable_text"]


def test_a_corrupted_row_of_gbk_is_rejected_alone(land: Any) -> None:
    rows = items("1,六角螺栓,component,PCS", "2,垫圈螺母,component,PCS").encode("gbk") + b"3,\xd6,component,PCS\n"
    loaded = land(items__csv=rows, source__toml='encoding = "gbk"')
    assert loaded.rows("items", "item_name") == [("六角螺栓",), ("垫圈螺母",)]
    assert loaded.counts("items") == (3, 2, 1)


@pytest.mark.parametrize(
    ("values", "read"),
    [
        (["1,234.50", "12.5", "7"], ["1234.50", "12.5", "7"]),
        (["1.234,50", "12,5", "7"], ["1234.50", "12.5", "7"]),
        (["1 234,50", "0,125"], ["1234.50", "0.125"]),
        (["1'234.50", "-3"], ["1234.50", "-3"]),
        (["1,234,567", "1,000"], ["1234567", "1000"]),
        (["1.234", "0.500"], ["1.234", "0.5"]),
        (["1,234", "0,500"], ["1.234", "0.5"]),
        (["12.50-", "(3.25)", "+1.5"], ["-12.50", "-3.25", "1.5"]),
        (["1.5E+3", "2e-3"], ["1500", "0.002"]),
    ],
)
def test_the_decimal_mark_is_read_off_the_whole_column(land: Any, values: list[str], read: list[str]) -> None:
    rows = [f"{number};Bolt;component;PCS;{value}" for number, value in enumerate(values)]
    loaded = land(items__csv=items(*rows, more=",standard_cost").replace(",", ";", 4).replace("base_uom,", "base_uom;"))
    assert [row[0] for row in loaded.rows("items", "standard_cost")] == [Decimal(value) for value in read]


def test_another_column_of_the_table_decides_the_mark_where_one_column_cannot(land: Any) -> None:
    loaded = land(items__csv=items('1,Bolt,component,PCS,"1,250",9.99', more=",standard_cost,list_price"))
    assert loaded.rows("items", "standard_cost", "list_price") == [(Decimal(1250), Decimal("9.99"))]


def test_a_mark_that_nothing_decides_is_not_guessed(land: Any) -> None:
    with pytest.raises(
        SourceError, match=r"items\.csv, table items: the numbers of column standard_cost .*1\.250.*decimal_mark"
    ):
        land(items__csv=items("1,Bolt,component,PCS,1.250", "2,Nut,component,PCS,3", more=",standard_cost"))


def test_a_declared_mark_decides(land: Any) -> None:
    loaded = land(
        items__csv=items("1,Bolt,component,PCS,1.250", more=",standard_cost"),
        source__toml='[tables.items]\ndecimal_mark = ","',
    )
    assert loaded.rows("items", "standard_cost") == [(Decimal(1250),)]


def test_a_column_with_both_marks_is_refused_with_an_example_of_each(land: Any) -> None:
    with pytest.raises(SourceError, match=r"decimal point \(2\.50\) and with a decimal comma \(1,5\)"):
        land(items__csv=items('1,Bolt,component,PCS,"1,5"', "2,Nut,component,PCS,2.50", more=",standard_cost"))


ORDERS = "sales_order_id,customer_id,order_status,ordered_at\n"


@pytest.mark.parametrize(
    ("values", "read"),
    [
        (["03/04/2025", "25/12/2025"], [(2025, 4, 3), (2025, 12, 25)]),
        (["03/04/2025", "12/25/2025"], [(2025, 3, 4), (2025, 12, 25)]),
        (["3-4-2025", "25-12-2025"], [(2025, 4, 3), (2025, 12, 25)]),
        (["03.04.2025", "05.06.2025"], [(2025, 4, 3), (2025, 6, 5)]),
        (["2025-03-04", "2025/3/5", "20250306"], [(2025, 3, 4), (2025, 3, 5), (2025, 3, 6)]),
        (["2025年3月4日", "2025年12月25日"], [(2025, 3, 4), (2025, 12, 25)]),
        (["4-Mar-2025", "25-DEC-2025"], [(2025, 3, 4), (2025, 12, 25)]),
        (["25/12/2025 2:30 PM", "03/04/2025 11:05 AM"], [(2025, 12, 25, 14, 30), (2025, 4, 3, 11, 5)]),
        (["2025-03-04 10:00:00.5", "2025-03-04T10:00Z"], [(2025, 3, 4, 10, 0, 0, 500000), (2025, 3, 4, 10)]),
        (["2025-03-04 10:00-05:30", "2025-03-04 10:00+08"], [(2025, 3, 4, 15, 30), (2025, 3, 4, 2)]),
    ],
)
def test_dates_are_read_off_the_whole_column(land: Any, values: list[str], read: list[tuple[int, ...]]) -> None:
    loaded = land(sales_orders__csv=ORDERS + "".join(f"{i},C,draft,{value}\n" for i, value in enumerate(values)))
    assert [row[0] for row in loaded.rows("sales_orders", "ordered_at")] == [
        datetime.datetime(*parts) for parts in read
    ]
    assert loaded.rejected.height == 0


def test_one_value_in_two_hundred_thousand_decides_the_order_of_day_and_month(land: Any) -> None:
    rows = "".join(f"{number},C,draft,03/04/2025\n" for number in range(200_000))
    loaded = land(sales_orders__csv=ORDERS + rows + "last,C,draft,31/01/2025\n")
    assert set(loaded.rows("sales_orders", "ordered_at")) == {
        (datetime.datetime(2025, 4, 3),), (datetime.datetime(2025, 1, 31),),
    }  # fmt: skip
    assert loaded.notes("sales_orders") == ("ordered_at: day first, as 31/01/2025 shows",)


def test_an_order_of_day_and_month_that_nothing_decides_is_not_guessed(land: Any) -> None:
    with pytest.raises(
        SourceError,
        match=r"sales_orders\.csv, table sales_orders: no value of column ordered_at says .* 03/04/2025\. "
        r'Declare it in source\.toml below \[tables\.sales_orders\]: date_format = "dmy"',
    ):
        land(sales_orders__csv=ORDERS + "1,C,draft,03/04/2025\n2,C,draft,05/06/2025\n")


def test_a_column_with_both_orders_is_refused_and_reads_when_declared(land: Any) -> None:
    text = ORDERS + "1,C,draft,25/04/2025\n2,C,draft,04/25/2025\n"
    with pytest.raises(SourceError, match=r"day first \(25/04/2025\) and with the month first \(04/25/2025\)"):
        land(sales_orders__csv=text)
    loaded = land(sales_orders__csv=text, source__toml='[tables.sales_orders.columns.ordered_at]\ndate_format = "dmy"')
    assert loaded.rows("sales_orders", "sales_order_id", "ordered_at") == [("1", datetime.datetime(2025, 4, 25))]
    assert loaded.rejected["value"].to_list() == ["04/25/2025"]


def test_declared_patterns_read_what_cannot_be_detected(land: Any) -> None:
    loaded = land(
        sales_orders__csv=ORDERS + "1,C,draft,03/04/25\n2,C,draft,25.12.25 14h30\n3,C,draft,2025-01-01\n",
        source__toml='date_format = ["%d/%m/%y", "%d.%m.%y %Hh%M"]',
    )
    assert loaded.rows("sales_orders", "ordered_at") == [
        (datetime.datetime(2025, 4, 3),), (datetime.datetime(2025, 12, 25, 14, 30),),
    ]  # fmt: skip
    assert loaded.rejected["value"].to_list() == ["2025-01-01"]


def test_a_date_stays_the_day_that_is_written_whatever_its_offset(land: Any) -> None:
    loaded = land(items__csv=items("1,Bolt,component,PCS,2025-03-04T01:00:00+08:00", more=",introduced_date"))
    assert loaded.rows("items", "introduced_date") == [(datetime.date(2025, 3, 4),)]


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("standard_cost", "twenty", "unreadable_number"),
        ("standard_cost", "1234567890123", "unreadable_number"),
        ("standard_cost", "NaN", "unreadable_number"),
        ("standard_cost", "inf", "unreadable_number"),
        ("standard_cost", "0x1F", "unreadable_number"),
        ("standard_cost", "1_000", "unreadable_number"),
        ("standard_cost", "5%", "unreadable_number"),
        ("shelf_life_days", "3.5", "unreadable_number"),
        ("shelf_life_days", "99999999999", "unreadable_number"),
        ("introduced_date", "2025-02-30", "unreadable_date"),
        ("introduced_date", "soon", "unreadable_date"),
        ("introduced_date", "0000-00-00", "unreadable_date"),
        ("introduced_date", "2025-3", "unreadable_date"),
        ("is_lot_tracked", "perhaps", "unreadable_boolean"),
    ],
)
def test_a_value_that_cannot_be_read_rejects_its_whole_row(land: Any, column: str, value: str, rule: str) -> None:
    good = {"standard_cost": "2.5", "shelf_life_days": "30.0", "introduced_date": "2025-01-31", "is_lot_tracked": "否"}[
        column
    ]
    loaded = land(items__csv=items(f"1,Bolt,component,PCS,{value}", f"2,Nut,component,PCS,{good}", more=f",{column}"))
    assert loaded.counts("items") == (2, 1, 1)
    assert loaded.rows("items", "_row_number", "item_id") == [(2, "2")]
    row = loaded.rejected.row(0, named=True)
    assert json.loads(row.pop("raw_row")) == {
        "item_id": "1", "item_name": "Bolt", "item_type": "component", "base_uom": "PCS", column: value,
    }  # fmt: skip
    assert row == {
        "source_table": "items", "row_number": 1, "rule": rule, "column_name": column, "value": value, "file": "items.csv",
    }  # fmt: skip


def test_a_row_with_several_faults_is_one_rejected_row(land: Any) -> None:
    loaded = land(items__csv=items("1,Bolt,component,PCS,x,y", more=",standard_cost,shelf_life_days"))
    assert loaded.counts("items") == (1, 0, 1)
    assert loaded.rejected.select("rule", "column_name", "value").rows() == [
        ("unreadable_number", "standard_cost", "x")
    ]


def test_doubles_are_finite_and_rates_may_be_percents(land: Any) -> None:
    head = (
        "sales_order_line_id,sales_order_id,line_number,item_id,ordered_quantity,net_value,requested_date,line_status"
    )
    rows = [f"{rate},S,1,I,1,1,2025-01-31,open,{rate}" for rate in ("5%", "7.5 %", "0.125", "1e400", "nan")]
    loaded = land(sales_order_lines__csv=f"{head},discount_rate\n" + "\n".join(rows))
    assert loaded.rows("sales_order_lines", "discount_rate") == [(0.05,), (0.075,), (0.125,)]
    assert loaded.rejected["value"].to_list() == ["1e400", "nan"]


def test_booleans_are_read_in_both_languages(land: Any) -> None:
    words = ["true", "FALSE", "1", "0", "Yes", "no", "是", "否", "1.0", ""]
    loaded = land(
        items__csv=items(*[f"{i},B,component,PCS,{word}" for i, word in enumerate(words)], more=",is_lot_tracked")
    )
    assert [row[0] for row in loaded.rows("items", "is_lot_tracked")] == [
        True, False, True, False, True, False, True, False, True, None,
    ]  # fmt: skip


def test_text_is_trimmed_and_blank_text_is_missing(land: Any) -> None:
    loaded = land(items__csv=items("  1\u3000,\u00a0Bolt M8 ,component,   "))
    assert loaded.rows("items", "item_id", "item_name", "base_uom") == [("1", "Bolt M8", None)]


def test_declared_words_for_nothing_are_missing_values(land: Any) -> None:
    loaded = land(
        items__csv=items("1,Bolt,component,PCS,NULL,-", "2,NULL,component,PCS,3,4", more=",standard_cost,list_price"),
        source__toml='null_values = ["NULL", "-"]',
    )
    assert loaded.rows("items", "item_name", "standard_cost", "list_price") == [
        ("Bolt", None, None), (None, Decimal(3), Decimal(4)),
    ]  # fmt: skip


def test_row_numbers_are_those_of_the_source(land: Any) -> None:
    loaded = land(
        items__csv=items(
            "1,a,component,PCS", "broken", "", '2,b 3",component,PCS', "3,c,component,PCS", "x,y", "4,d,component,PCS"
        )
    )
    assert loaded.rows("items", "_row_number", "item_id", "item_name") == [
        (1, "1", "a"), (3, "2", 'b 3"'), (4, "3", "c"), (6, "4", "d"),
    ]  # fmt: skip
    assert loaded.rejected.select("row_number", "raw_row", "value").rows() == [
        (2, '{"_text":"broken"}', "1"), (5, '{"_text":"x,y"}', "2"),
    ]  # fmt: skip
    assert loaded.counts("items") == (6, 4, 2)


def test_thousands_of_broken_rows_between_good_ones_keep_their_numbers(land: Any) -> None:
    rows = [f"{number},a,component,PCS" if number % 3 else "broken" for number in range(1, 6001)]
    loaded = land(items__csv=items(*rows))
    assert loaded.counts("items") == (6000, 4000, 2000)
    assert all(str(number) == item_id for number, item_id in loaded.rows("items", "_row_number", "item_id"))
    assert loaded.rejected["row_number"].to_list() == list(range(3, 6001, 3))


def test_headers_are_matched_but_for_case_blanks_and_the_byte_order_mark(land: Any) -> None:
    loaded = land(items__csv="\ufeff Item_ID ,ITEM_NAME,\tItem_Type,base_uom,\n1,Bolt,component,PCS,\n".encode())
    assert loaded.rows("items", "item_id", "base_uom") == [("1", "PCS")]


def test_the_line_by_which_spreadsheets_are_told_the_delimiter_is_understood(land: Any) -> None:
    loaded = land(items__csv="sep=;\r\n" + items("1,Bolt,component,PCS").replace(",", ";"))
    assert loaded.rows("items", "_row_number", "item_id") == [(1, "1")]


def test_columns_and_files_that_mean_nothing_are_noted_with_what_they_may_mean(land: Any) -> None:
    loaded = land(
        items__csv=items("1,Bolt,component,PCS,5,red", more=",standard_costs,colour"),
        sales_order__csv="x",
        notes__docx=b"x",
    )
    table = loaded.manifest.table("items")
    assert table is not None
    assert table.ignored_columns == ("standard_costs", "colour")
    assert loaded.notes("items") == (
        "The column 'standard_costs' is not known; did you mean standard_cost?",
        "The column 'colour' is not known and is not read.",
    )
    assert loaded.manifest.notes == (
        "The file notes.docx is no table and is not read.",
        "The file sales_order.csv is no table and is not read. Did you mean sales_orders?",
    )


def test_a_missing_required_column_is_named_with_the_mend(land: Any) -> None:
    with pytest.raises(
        SourceError, match=r"items\.csv, table items: the required column base_uom is missing.*'base_unit'"
    ):
        land(items__csv="item_id,item_name,item_type,base_unit\n1,Bolt,component,PCS\n")


def test_a_column_that_comes_twice_is_refused(land: Any) -> None:
    with pytest.raises(SourceError, match=r"items\.csv, table items: the column item_id comes twice"):
        land(items__csv=ITEMS + ",Item_ID\n1,Bolt,component,PCS,2\n")


def test_two_files_of_one_table_are_refused(land: Any) -> None:
    with pytest.raises(SourceError, match=r"table items is there twice: items\.csv and items\.tsv"):
        land(items__csv=items(), items__tsv=items())


def test_a_folder_without_a_table_says_how_to_name_files(land: Any) -> None:
    with pytest.raises(SourceError, match=r"holds no table.*tower template DIR"):
        land(readme__txt="nothing")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    source = SourceSettings(name="mine", adapter="files", path=tmp_path / "nowhere")
    with pytest.raises(SourceError, match=r"The folder .*nowhere does not exist"):
        land_source(source, ADAPTER, tmp_path / "home", "load_1", "2026-06-30T00:00:00+00:00", lambda _: None)


def test_a_header_without_rows_and_a_file_of_nothing_are_tables_without_rows(land: Any) -> None:
    loaded = land(items__csv=ITEMS, sales_reps__csv=b"", campaigns__csv=b"\xef\xbb\xbf\r\n\r\n")
    assert [loaded.counts(table) for table in ("items", "sales_reps", "campaigns")] == [(0, 0, 0)] * 3
    assert loaded.notes("sales_reps") == ("The file holds nothing, not even a header; it is read as no rows.",)
    status = {(row.table_name, row.column_name): row.status for row in ADAPTER.coverage(loaded.manifest)}
    assert status["items", ""] == "full"
    assert status["sales_reps", ""] == "full"
    assert status["sales_reps", "team"] == "absent"


def test_compressed_files_are_read(land: Any) -> None:
    loaded = land(items__csv__gz=gzip.compress(items("1,Bolt,component,PCS").encode()))
    assert loaded.rows("items", "item_id") == [("1",)]


def test_a_compressed_file_that_was_cut_off_is_refused(land: Any) -> None:
    text = items(*[f"{number},Bolt {number * 7919},component,PCS" for number in range(2000)])
    with pytest.raises(SourceError, match="cut off or damaged"):
        land(items__csv__gz=gzip.compress(text.encode())[:-3000])


def test_a_declared_file_name_and_currency_are_used(land: Any) -> None:
    loaded = land(
        Export_2025__csv=ORDERS.replace("ordered_at", "ordered_at,currency_code")
        + "1,C,draft,2025-01-31,\n2,C,draft,2025-01-31,EUR\n",
        source__toml='currency = "USD"\n[tables.sales_orders]\nfile = "export_2025.csv"',
    )
    assert loaded.rows("sales_orders", "currency_code") == [("USD",), ("EUR",)]


def test_coverage_says_what_the_folder_fills_and_what_it_declares(land: Any) -> None:
    loaded = land(
        items__csv=items("1,Bolt,component,PCS,1", more=",list_price"),
        source__toml="""
            as_of = 2026-05-31
            [coverage.items]
            status = "partial"
            note = "Spare parts are kept elsewhere."
            note_zh = "备件在其他系统中。"
            [coverage.leads]
            status = "absent"
            note = "There is no CRM."
        """,
    )
    rows = {
        (row.table_name, row.column_name): (row.status, row.note, row.note_zh)
        for row in ADAPTER.coverage(loaded.manifest)
    }
    assert rows["items", ""] == ("partial", "Spare parts are kept elsewhere.", "备件在其他系统中。")
    assert rows["items", "list_price"] == ("full", "", "")
    assert rows["items", "standard_cost"] == (
        "absent", "items.csv has no column standard_cost.", "items.csv 中没有 standard_cost 列。",
    )  # fmt: skip
    assert rows["leads", ""] == ("absent", "There is no CRM.", "There is no CRM.")
    assert rows["lots", ""][0] == "absent"
    assert ("lots", "lot_id") not in rows
    source = SourceSettings(name="mine", adapter="files", path=loaded.folder.parents[3] / "mine")
    assert ADAPTER.default_as_of(source, loaded.folder) == datetime.date(2026, 5, 31)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("delimiter = ';;'", "delimiter cannot be ';;'"),
        ("encoding = 'ebcdic'", "encoding cannot be 'ebcdic': it is none of utf-8"),
        ("decimal_mark = '·'", "decimal_mark cannot be '·'"),
        ("date_format = 'yyyy'", "date_format cannot be 'yyyy': 'yyyy' is no date format"),
        ("date_format = '%d %Q %m %Y'", "holds a code that is not known"),
        ("as_of = 'tomorrow'", "as_of cannot be 'tomorrow'"),
        ("currency = 'yuan'", "currency cannot be 'yuan'"),
        ("delimeter = ';'", "the setting delimeter is not known"),
        ("[tables.item]\nencoding = 'gbk'", "tables.item names no table. Did you mean items?"),
        (
            "[tables.items.columns.item_nam]\ndate_format='dmy'",
            "table items has no column item_nam. Did you mean item_name?",
        ),
        ("[coverage.items]\nstatus = 'some'", "coverage.items.status cannot be 'some'"),
        ("[tables.items]\nfile = 'missing.csv'", "names the file missing.csv, which is not in"),
        ("as_of = ", "is not valid TOML"),
    ],
)
def test_a_wrong_declaration_is_refused_with_a_sentence(land: Any, text: str, sentence: str) -> None:
    with pytest.raises(SourceError) as refused:
        land(items__csv=items("1,Bolt,component,PCS"), source__toml=text)
    assert sentence in str(refused.value)


def test_the_source_is_described_in_the_manifest(land: Any) -> None:
    loaded = land(items__csv=items("1,Bolt,component,PCS"))
    table = loaded.manifest.table("items")
    assert table is not None
    assert [(file.name, file.bytes) for file in table.source_files] == [("items.csv", 58)]
    assert len(table.source_files[0].checksum) == 64
    assert len(table.checksum) == 64
    assert {path.name for path in loaded.folder.iterdir()} == {"items.parquet", "rejected.parquet", "manifest.json"}


def test_a_field_of_ten_megabytes_lands_whole(land: Any) -> None:
    text = "x" * 10_000_000
    loaded = land(items__csv=items(f"1,{text},component,PCS", "2,Nut,component,PCS"))
    assert [len(row[0]) for row in loaded.rows("items", "item_name")] == [10_000_000, 3]


def test_every_rule_of_landing_has_its_sentence_in_both_languages() -> None:
    with (SEEDS / "reject_rules.csv").open(encoding="utf-8", newline="") as file:
        rules = {row["rule"]: row for row in csv.DictReader(file)}
    landing = {name for name, row in rules.items() if row["stage"] == "landing"}
    assert landing == {
        "unreadable_date", "unreadable_number", "unreadable_boolean", "unreadable_cell",
        "wrong_column_count", "unmatched_quote", "undecodable_text",
    }  # fmt: skip
    for row in rules.values():
        placeholders = [
            {part for part in ("{column}", "{value}", "{table}") if part in row[f"sentence_{language}"]}
            for language in ("en", "zh")
        ]
        assert placeholders[0] == placeholders[1], row["rule"]
        assert "{table}" in placeholders[0]
