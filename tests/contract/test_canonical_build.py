"""What becomes of landed rows in the canonical layer: refused by the first rule they break, converted, joined over sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.build.project import DbtProject, failed
from pipelines.contract import load_contract

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
NOON = datetime(2026, 1, 10, 12, tzinfo=UTC).replace(tzinfo=None)
DAY = date(2026, 2, 1)
MODELS = ("+cnl_delivery_lines", "+cnl_stock_balances", "+cnl_opportunities", "+cnl_payments")


def build(folder: Path, rows: Rows, models: Sequence[str], **variables: Any) -> duckdb.DuckDBPyConnection:
    """Land `rows` in the raw views of the adapter `files`, run the models and open the file. A row's _source is "erp" unless it says."""
    file = folder / "build.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema raw")
        for name, table in load_contract().items():
            columns = {column.name: column.data_type for column in table.source_columns}
            typed = ", ".join(f'"{column}" {data_type}' for column, data_type in columns.items())
            connection.execute(f'create table raw."files__{name}" ({typed}, _source varchar, _row_number bigint)')
            for number, row in enumerate(rows.get(name, ()), start=1):
                values = {"_source": "erp", **row, "_row_number": number}
                names = ", ".join(f'"{column}"' for column in values)
                marks = ", ".join("?" * len(values))
                connection.execute(f'insert into raw."files__{name}" ({names}) values ({marks})', list(values.values()))
    project = DbtProject(
        build_file=file,
        target_folder=folder / "target",
        variables={"as_of": "2026-06-30", "adapters": ["files"], "company_currency": "CNY", **variables},
        threads=1,
        memory_limit="1GB",
        temporary_folder=folder / "tmp",
    )
    results = project.invoke("run", models)
    project.release()
    assert results
    assert failed(results) == []
    return duckdb.connect(str(file), read_only=True)


ITEM = {"item_type": "component", "base_uom": "pcs"}
ORDER = {"customer_id": "C1", "ordered_at": NOON, "order_status": "confirmed"}
LINE = {"sales_order_id": "S1", "line_number": 1, "item_id": "I1", "ordered_quantity": 10, "unit_price": 5, "net_value": 50,
        "requested_date": DAY, "line_status": "open"}  # fmt: skip
SHIPPED = {"delivery_id": "D1", "item_id": "I1", "shipped_quantity": 1}
BALANCE = {"as_of_date": DAY, "item_id": "I1", "location_id": "L1"}

ONE_SOURCE: Rows = {
    "customers": [
        {"customer_id": "C1", "customer_name": "Aspen", "created_date": DAY},
        {"customer_id": "C2", "customer_name": "Birch", "created_date": DAY, "sales_rep_id": "R9"},
    ],
    "items": [
        {"item_id": "I1", "item_name": "Bracket", **ITEM},
        {"item_id": "I2", "item_name": "Bolt", **ITEM},
        {"item_id": "I1", "item_name": "Bracket again", **ITEM},
        {"item_id": "I3", "item_name": "Gadget", **ITEM, "item_type": "gadget"},
        {"item_id": "I4", **ITEM, "item_type": "gadget"},
        {"item_id": "I4", "item_name": "Washer", **ITEM},
    ],
    "locations": [
        {"location_id": "L1", "location_name": "Main", "location_type": "warehouse", "is_own_stock": True},
    ],
    "uom_conversions": [
        {"item_id": "*", "uom": "box", "base_uom": "pcs", "factor": 12},
        {"item_id": "I2", "uom": "box", "base_uom": "pcs", "factor": 100},
        {"item_id": "*", "uom": "pallet", "base_uom": "pcs", "factor": 0},
    ],
    "currency_rates": [
        {"currency_code": "USD", "rate_date": date(2026, 1, 1), "rate_to_company": 7.0},
        {"currency_code": "USD", "rate_date": date(2026, 1, 9), "rate_to_company": 7.25},
        {"currency_code": "USD", "rate_date": date(2026, 1, 11), "rate_to_company": 8.0},
    ],
    "sales_orders": [
        {"sales_order_id": "S1", **ORDER},
        {"sales_order_id": "S2", **ORDER, "currency_code": "USD"},
        {"sales_order_id": "S3", **ORDER, "currency_code": "EUR"},
        {"sales_order_id": "S4", **ORDER, "customer_id": "C2"},
        {"sales_order_id": "S5", **ORDER, "currency_code": "CNY"},
    ],
    "sales_order_lines": [
        {"sales_order_line_id": "S1-1", **LINE},
        {"sales_order_line_id": "S1-2", **LINE, "uom": "box"},
        {"sales_order_line_id": "S1-3", **LINE, "uom": "box", "item_id": "I2"},
        {"sales_order_line_id": "S1-4", **LINE, "uom": "drum"},
        {"sales_order_line_id": "S1-5", **LINE, "uom": "pallet"},
        {"sales_order_line_id": "S1-6", **LINE, "ordered_quantity": -1},
        {"sales_order_line_id": "S1-7", **LINE, "item_id": None, "line_status": "lost"},
        {"sales_order_line_id": "S1-8", **LINE, "item_id": "I3"},
        {"sales_order_line_id": "S2-1", **LINE, "sales_order_id": "S2", "uom": "box"},
        {"sales_order_line_id": "S3-1", **LINE, "sales_order_id": "S3"},
        {"sales_order_line_id": "S4-1", **LINE, "sales_order_id": "S4"},
        {"sales_order_line_id": "S5-1", **LINE, "sales_order_id": "S5", "uom": "pcs"},
        {"sales_order_line_id": "S1-1", **LINE, "net_value": 999},
    ],
    "deliveries": [{"delivery_id": "D1", "delivery_status": "shipped"}],
    "delivery_lines": [
        {"delivery_line_id": "D1-1", **SHIPPED, "sales_order_line_id": "S1-1"},
        {"delivery_line_id": "D1-2", **SHIPPED, "sales_order_line_id": "S4-1"},
        {"delivery_line_id": "D1-3", **SHIPPED, "sales_order_line_id": "S1-1", "lot_id": "LOT9"},
    ],
    "stock_balances": [
        {**BALANCE, "quantity": -5},
        {**BALANCE, "quantity": 7},
        {**BALANCE, "quantity": 3, "stock_status": "blocked"},
    ],
    "payments": [
        {"payment_id": "P1", "direction": "in", "paid_at": NOON, "paid_value": 100, "currency_code": "USD"},
        {"payment_id": "P2", "direction": "in", "paid_at": NOON, "paid_value": 100, "currency_code": "EUR"},
        {"payment_id": "P3", "direction": "in", "paid_at": datetime(2025, 12, 31), "paid_value": 1, "currency_code": "USD"},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def one_source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    folder = tmp_path_factory.mktemp("one_source")
    with build(folder, ONE_SOURCE, MODELS, sources=["erp"], converts_currency=True, converts_units=True) as connection:
        yield connection


def refused(connection: duckdb.DuckDBPyConnection, table: str) -> list[tuple[Any, ...]]:
    return connection.execute(
        f"select _row_number, record_key, rule, column_name, value from canonical.rej_{table} order by _row_number"
    ).fetchall()


def test_of_rows_with_one_key_the_first_acceptable_row_is_kept(one_source: duckdb.DuckDBPyConnection) -> None:
    assert refused(one_source, "items") == [
        (3, "I1", "duplicate_key", "item_id", "I1"),
        (4, "I3", "unknown_value", "item_type", "gadget"),
        (5, "I4", "missing_value", "item_name", None),
    ]
    kept = one_source.execute("select item_id, item_name from canonical.cnl_items order by 1").fetchall()
    assert kept == [("I1", "Bracket"), ("I2", "Bolt"), ("I4", "Washer")]


def test_each_refused_row_has_the_one_rule_it_breaks_first_and_references_resolve_among_accepted_rows(
    one_source: duckdb.DuckDBPyConnection,
) -> None:
    assert refused(one_source, "customers") == [(2, "C2", "unknown_reference", "sales_rep_id", "R9")]
    assert refused(one_source, "sales_orders") == [(4, "S4", "unknown_reference", "customer_id", "C2")]
    assert refused(one_source, "sales_order_lines") == [
        (4, "S1-4", "unknown_unit", "uom", "drum"),
        (5, "S1-5", "unknown_unit", "uom", "pallet"),
        (6, "S1-6", "negative_quantity", "ordered_quantity", "-1.000000"),
        (7, "S1-7", "missing_value", "item_id", None),
        (8, "S1-8", "unknown_reference", "item_id", "I3"),
        (10, "S3-1", "unknown_currency_rate", "currency_code", "EUR"),
        (11, "S4-1", "unknown_reference", "sales_order_id", "S4"),
        (13, "S1-1", "duplicate_key", "sales_order_line_id", "S1-1"),
    ]
    assert refused(one_source, "delivery_lines") == [
        (2, "D1-2", "unknown_reference", "sales_order_line_id", "S4-1"),
        (3, "D1-3", "unknown_reference", "lot_id", "LOT9"),
    ]


def test_a_stock_balance_may_be_negative_and_an_absent_lot_is_a_key_of_its_own(
    one_source: duckdb.DuckDBPyConnection,
) -> None:
    assert refused(one_source, "stock_balances") == [
        (2, "2026-02-01/I1/L1//", "duplicate_key", "stock_status", None)
    ]  # fmt: skip
    kept = one_source.execute("select quantity, stock_status from canonical.cnl_stock_balances order by 1").fetchall()
    assert kept == [(Decimal("-5"), None), (Decimal("3"), "blocked")]


def test_a_conversion_of_nothing_is_refused(one_source: duckdb.DuckDBPyConnection) -> None:
    assert refused(one_source, "uom_conversions") == [
        (3, "*/pallet/pcs", "negative_quantity", "factor", "0.0"),
    ]


def test_accepted_and_refused_rows_of_every_table_add_up_to_the_landed_rows(
    one_source: duckdb.DuckDBPyConnection,
) -> None:
    for table, rows in ONE_SOURCE.items():
        counted = one_source.execute(
            f"select (select count(*) from canonical.cnl_{table}), (select count(*) from canonical.rej_{table})"
        ).fetchone()
        assert counted is not None
        assert sum(counted) == len(rows), table


def test_lines_are_in_company_currency_and_base_units_with_the_document_value_beside_them(
    one_source: duckdb.DuckDBPyConnection,
) -> None:
    lines = one_source.execute(
        "select sales_order_line_id, ordered_quantity, uom, unit_price, net_value, unit_price_document, net_value_document"
        " from canonical.cnl_sales_order_lines order by 1"
    ).fetchall()
    assert lines == [
        ("S1-1", Decimal("10"), None, Decimal("5"), Decimal("50"), Decimal("5"), Decimal("50")),
        ("S1-2", Decimal("120"), "pcs", Decimal("0.416667"), Decimal("50"), Decimal("5"), Decimal("50")),
        ("S1-3", Decimal("1000"), "pcs", Decimal("0.05"), Decimal("50"), Decimal("5"), Decimal("50")),
        ("S2-1", Decimal("120"), "pcs", Decimal("3.020833"), Decimal("362.5"), Decimal("5"), Decimal("50")),
        ("S5-1", Decimal("10"), "pcs", Decimal("5"), Decimal("50"), Decimal("5"), Decimal("50")),
    ]


def test_a_document_takes_the_latest_rate_of_its_day_and_none_from_later(one_source: duckdb.DuckDBPyConnection) -> None:
    payments = one_source.execute(
        "select payment_id, paid_value, paid_value_document, currency_code from canonical.cnl_payments"
    ).fetchall()
    assert payments == [("P1", Decimal("725"), Decimal("100"), "USD")]
    assert refused(one_source, "payments") == [
        (2, "P2", "unknown_currency_rate", "currency_code", "EUR"),
        (3, "P3", "unknown_currency_rate", "currency_code", "USD"),
    ]


def test_a_build_without_other_currencies_and_units_leaves_amounts_untouched(tmp_path: Path) -> None:
    models = ["+cnl_sales_order_lines"]
    with build(
        tmp_path, ONE_SOURCE, models, sources=["erp"], converts_currency=False, converts_units=False
    ) as connection:
        boxes = connection.execute(
            "select ordered_quantity, uom, unit_price, net_value, net_value_document"
            " from canonical.cnl_sales_order_lines where sales_order_line_id = 'S2-1'"
        ).fetchall()
        assert boxes == [(Decimal("10"), "box", Decimal("5"), Decimal("50"), Decimal("50"))]
        tables = {name for (name,) in connection.execute("select table_name from information_schema.tables").fetchall()}
        assert not tables & {"item_unit_factors", "document_currency_rates"}


CRM = {"_source": "crm"}
OPPORTUNITY = {**CRM, "created_at": NOON, "stage": "offer", "opportunity_status": "open", "expected_value": 100}
REFERENCE = {"entity": "customers", "source": "crm"}
TWO_SOURCES: Rows = {
    "customers": [
        {"customer_id": "C1", "customer_name": "Aspen Ltd", "created_date": DAY, "region": "North"},
        {"customer_id": "C2", "customer_name": "Birch Ltd", "created_date": DAY},
        {**CRM, "customer_id": "K1", "customer_name": "Aspen", "created_date": DAY, "segment": "A", "sales_rep_id": "R1"},
        {**CRM, "customer_id": "K7", "customer_name": "Cedar", "created_date": DAY, "sales_rep_id": "R1"},
        {**CRM, "customer_id": "K7", "customer_name": "Cedar again", "created_date": DAY},
    ],
    "sales_reps": [{**CRM, "sales_rep_id": "R1", "sales_rep_name": "Rosa"}],
    "opportunities": [
        {"opportunity_id": "O1", **OPPORTUNITY, "customer_id": "K1"},
        {"opportunity_id": "O2", **OPPORTUNITY, "customer_id": "K7"},
        {"opportunity_id": "O3", **OPPORTUNITY, "customer_id": "C2"},
    ],
    "id_cross_references": [
        {**REFERENCE, "source_id": "K1", "canonical_id": "C1"},
        {**REFERENCE, "source_id": "K1", "canonical_id": "C2"},
        {**REFERENCE, "source_id": "K8", "canonical_id": "C99"},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def two_sources(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    filled = {"erp": ["customers", "id_cross_references"], "crm": ["customers", "opportunities", "sales_reps"]}
    folder = tmp_path_factory.mktemp("two_sources")
    models = ["+cross_reference_findings", "+cnl_opportunities"]
    with build(
        folder, TWO_SOURCES, models, sources=["erp", "crm"], owned_entities=filled,
        converts_currency=False, converts_units=False,
    ) as connection:  # fmt: skip
        yield connection


def test_a_record_of_two_sources_is_one_and_the_first_source_wins_where_it_has_a_value(
    two_sources: duckdb.DuckDBPyConnection,
) -> None:
    customers = two_sources.execute(
        "select customer_id, customer_name, region, segment, sales_rep_id, _source from canonical.cnl_customers order by 1"
    ).fetchall()
    assert customers == [
        ("C1", "Aspen Ltd", "North", "A", "R1", "erp"),
        ("C2", "Birch Ltd", None, None, None, "erp"),
        ("crm:K7", "Cedar", None, None, "R1", "crm"),
    ]
    assert refused(two_sources, "customers") == [(5, "crm:K7", "duplicate_key", "customer_id", "crm:K7")]


def test_references_follow_the_records_they_name(two_sources: duckdb.DuckDBPyConnection) -> None:
    opportunities = two_sources.execute(
        "select opportunity_id, customer_id from canonical.cnl_opportunities order by 1"
    )
    assert opportunities.fetchall() == [("O1", "C1"), ("O2", "crm:K7")]
    # The second source numbers customers itself: its C2 is nobody, whoever the first source's C2 may be.
    assert refused(two_sources, "opportunities") == [(3, "O3", "unknown_reference", "customer_id", "crm:C2")]


def test_what_does_not_match_is_listed(two_sources: duckdb.DuckDBPyConnection) -> None:
    findings = two_sources.execute(
        "select finding, entity, source, source_id, canonical_id, column_name, kept_value, other_value"
        " from canonical.cross_reference_findings order by all"
    ).fetchall()
    assert findings == [
        ("conflicting_reference", "customers", "crm", "K1", "C1", None, "C1", "C2"),
        ("conflicting_value", "customers", "crm", "K1", "C1", "customer_name", "Aspen Ltd", "Aspen"),
        ("dangling", "customers", "crm", "K8", "C99", None, None, None),
        ("unmatched", "customers", "crm", "K7", "crm:K7", None, None, None),
    ]
