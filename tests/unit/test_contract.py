"""The contract read from the YAML beside the canonical models."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.contract import AREAS, load_contract
from tower.errors import BuildError


def test_every_area_of_the_contract_is_read_in_its_order() -> None:
    contract = load_contract()
    areas = list(dict.fromkeys(table.area for table in contract.values()))
    assert areas == list(AREAS)
    assert len(contract) == 68


def test_a_column_knows_its_type_values_and_reference() -> None:
    items = load_contract()["items"]
    assert items.key == ("item_id",)
    category = items.column("category_id")
    item_type = items.column("item_type")
    assert category is not None
    assert (category.data_type, category.required, category.references) == ("varchar", False, "item_categories")
    assert item_type is not None
    assert item_type.required
    assert item_type.values[:3] == ("finished", "semi_finished", "component")


def test_derived_columns_are_not_asked_of_a_source() -> None:
    lines = load_contract()["sales_order_lines"]
    assert "net_value_document" in {column.name for column in lines.columns}
    assert "net_value_document" not in {column.name for column in lines.source_columns}
    assert all(not column.derived for column in lines.required_columns)


def test_every_table_needs_at_least_two_columns_so_that_a_wrong_delimiter_is_noticed() -> None:
    assert {name for name, table in load_contract().items() if len(table.required_columns) < 2} == set()


def test_a_contract_that_refers_to_a_table_that_is_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sales.yml").write_text(
        """
models:
  - name: cnl_orders
    config: {meta: {table: orders, key: [order_id]}}
    columns:
      - {name: order_id, data_type: varchar, config: {meta: {required: true, references: customers}}}
"""
    )
    with pytest.raises(BuildError, match="orders lets order_id refer to customers, which is no table"):
        load_contract(tmp_path)


def test_a_contract_with_a_type_that_landing_does_not_know_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sales.yml").write_text(
        """
models:
  - name: cnl_orders
    config: {meta: {table: orders, key: [order_id]}}
    columns: [{name: order_id, data_type: uuid}]
"""
    )
    with pytest.raises(BuildError, match="gives order_id the type uuid"):
        load_contract(tmp_path)


def test_models_that_are_not_tables_of_the_contract_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "sales.yml").write_text("models: [{name: rejected_rows_canonical, columns: []}]")
    assert load_contract(tmp_path) == {}
