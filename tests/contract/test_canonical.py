"""The canonical models and their contract are one: what is written twice for dbt's sake is held equal here."""

from __future__ import annotations

import re
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.build.project import PROJECT_FOLDER

CANONICAL = PROJECT_FOLDER / "models" / "canonical"
REJECTS = CANONICAL / "rejects"
CONTRACT_MACROS = (PROJECT_FOLDER / "macros" / "canonical_contract.sql").read_text(encoding="utf-8")
KNOWN_META = {"required", "values", "references", "same_ids_as", "derived", "may_be_negative", "is_positive"}


def read_contract() -> dict[str, dict[str, Any]]:
    models = [
        model
        for file in sorted(CANONICAL.glob("*.yml"))
        for model in yaml.safe_load(file.read_text(encoding="utf-8"))["models"]
    ]
    return {model["config"]["meta"]["table"]: model for model in models}


CONTRACT = read_contract()


def meta_of(column: dict[str, Any]) -> dict[str, Any]:
    meta: dict[str, Any] = column.get("config", {}).get("meta", {})
    return meta


def parents_of(table: str) -> list[str]:
    named = [meta_of(column).get("references") for column in CONTRACT[table]["columns"]]
    return list(dict.fromkeys(parent for parent in named if parent))


def columns_of(table: str) -> dict[str, dict[str, Any]]:
    return {column["name"]: meta_of(column) for column in CONTRACT[table]["columns"]}


def macro_body(name: str) -> str:
    found = re.search(rf"{{% macro {name}\(.*?%}}(.*?){{% endmacro %}}", CONTRACT_MACROS, re.DOTALL)
    assert found is not None, f"macro {name} is missing"
    return found.group(1)


def stems(folder: Path, prefix: str) -> set[str]:
    return {file.stem.removeprefix(prefix) for file in folder.glob(f"{prefix}*.sql")}


def test_every_table_of_the_contract_has_one_model_of_accepted_and_one_of_refused_rows() -> None:
    assert len(CONTRACT) == 68
    assert stems(CANONICAL, "cnl_") == set(CONTRACT)
    assert stems(REJECTS, "rej_") == set(CONTRACT)
    for table, model in CONTRACT.items():
        assert model["name"] == f"cnl_{table}"
        assert f"canonical_table('{table}')" in (CANONICAL / f"cnl_{table}.sql").read_text(encoding="utf-8")


@pytest.mark.parametrize("table", sorted(CONTRACT))
def test_the_refused_rows_of_a_table_are_found_with_the_parents_that_its_contract_names(table: str) -> None:
    sql = (REJECTS / f"rej_{table}.sql").read_text(encoding="utf-8")
    call = re.search(r"rejected_rows\('(\w+)'(?:, parents=\[([^\]]*)\])?\)", sql)
    assert call is not None
    assert call.group(1) == table
    assert re.findall(r"'(\w+)'", call.group(2) or "") == parents_of(table)


@pytest.mark.parametrize("table", sorted(CONTRACT))
def test_a_model_says_its_grain_in_its_first_line(table: str) -> None:
    for file in (CANONICAL / f"cnl_{table}.sql", REJECTS / f"rej_{table}.sql"):
        assert file.read_text(encoding="utf-8").startswith("-- One row per ")


def test_references_form_no_cycle_and_name_tables_with_a_single_key() -> None:
    order = list(TopologicalSorter({table: parents_of(table) for table in CONTRACT}).static_order())
    assert set(order) == set(CONTRACT)
    for table in CONTRACT:
        for column, meta in columns_of(table).items():
            for entity in {meta.get("references"), meta.get("same_ids_as")} - {None}:
                assert len(CONTRACT[entity]["config"]["meta"]["key"]) == 1, f"{table}.{column}"


def test_a_contract_uses_only_the_clauses_that_the_macros_know() -> None:
    for table in CONTRACT:
        for column, meta in columns_of(table).items():
            assert set(meta) <= KNOWN_META, f"{table}.{column}"
        assert set(CONTRACT[table]["config"]["meta"]["key"]) <= set(columns_of(table))
        assert list(columns_of(table))[-1] == "_source"


def test_every_table_with_a_unit_names_the_item_whose_base_unit_it_is_converted_to() -> None:
    converted = dict(re.findall(r"'(\w+)': '(\w+)'", macro_body("item_of_unit")))
    assert set(converted) == {table for table in CONTRACT if "uom" in columns_of(table)} - {"uom_conversions"}
    for table, item_column in converted.items():
        assert columns_of(table)[item_column] == {"required": True, "references": "items"}


def test_every_amount_that_is_converted_keeps_its_document_value_beside_it() -> None:
    lines = re.findall(r"'(\w+)': {'document': '(\w+)', 'key': (\S+), 'amounts': \[(.*?)\]}", macro_body("currency_of"))
    documents = dict(re.findall(r"'(\w+)': '(\w+)'", macro_body("currency_documents")))
    kept = {table: [name for name in columns_of(table) if name.endswith("_document")] for table in CONTRACT}
    assert {line[0] for line in lines} == {table for table, columns in kept.items() if columns}
    for table, document, key, amounts in lines:
        assert sorted(f"{name}_document" for name in re.findall(r"\w+", amounts)) == sorted(kept[table])
        assert "currency_code" in columns_of(document)
        assert documents[document] in columns_of(document)
        assert key == "none" if table == document else columns_of(table)[key.strip("'")]["references"] == document
    assert set(documents) == {table for table in CONTRACT if "currency_code" in columns_of(table)} - {"currency_rates"}


def test_every_staging_model_is_read_by_its_canonical_table() -> None:
    lists = dict(re.findall(r"'(\w+)': \[(.*?)\]", macro_body("staged_tables"), re.DOTALL))
    assert set(lists) == {"adventureworks", "odoo"}
    for adapter, listed in lists.items():
        staged = set(re.findall(r"'(\w+)',", listed))
        assert staged == stems(PROJECT_FOLDER / "models" / "staging" / adapter, f"stg_{adapter}__")
        assert staged <= set(CONTRACT)


def test_every_table_of_the_contract_is_a_source_of_landed_files_and_part_of_the_list_of_refused_rows() -> None:
    sources = yaml.safe_load((PROJECT_FOLDER / "models" / "sources.yml").read_text(encoding="utf-8"))["sources"]
    files = next(source for source in sources if source["name"] == "files")
    assert {table["name"]: table["identifier"] for table in files["tables"]} == {
        table: f"files__{table}" for table in CONTRACT
    }
    union = (REJECTS / "rejected_rows_canonical.sql").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^    '(\w+)',$", union, re.MULTILINE)) == sorted(CONTRACT)
