"""The empty files that a user starts from."""

from __future__ import annotations

from pathlib import Path

from pipelines.contract import load_contract
from pipelines.land.loads import land_source
from pipelines.sources.files import ADAPTER
from pipelines.template import write_template
from tower.settings import SourceSettings


def test_every_table_is_written_with_its_columns_and_nothing_else(tmp_path: Path) -> None:
    assert write_template(tmp_path) == 68
    assert {file.stem for file in tmp_path.glob("*.csv")} == set(load_contract())
    assert (tmp_path / "sales_reps.csv").read_text(encoding="utf-8-sig") == (
        "sales_rep_id,sales_rep_name,team,email,manager_id\n"
    )


def test_the_readme_says_of_a_column_what_it_may_hold(tmp_path: Path) -> None:
    write_template(tmp_path)
    lines = (tmp_path / "README.md").read_text(encoding="utf-8").splitlines()
    start = lines.index("### campaigns")
    assert lines[start + 4] == (
        "| Column · 列 | Type · 类型 | Required · 必填 | Allowed values · 允许的值 | Refers to · 引用 | Description · 说明 |"
    )
    order_status = next(
        line for line in lines[lines.index("### sales_orders") :] if line.startswith("| `order_status`")
    )
    assert order_status == (
        "| `order_status` | text · 文本 | yes · 是 | `draft`, `confirmed`, `completed`, `cancelled` |  |  |"
    )
    customer = next(line for line in lines[lines.index("### sales_orders") :] if line.startswith("| `customer_id`"))
    assert customer == "| `customer_id` | text · 文本 | yes · 是 |  | `customers` |  |"
    assert "net_value_document" not in "\n".join(lines)


def test_the_readme_has_both_languages_for_every_area(tmp_path: Path) -> None:
    write_template(tmp_path)
    headings = [
        line for line in (tmp_path / "README.md").read_text(encoding="utf-8").splitlines() if line.startswith("## ")
    ]
    assert headings == [
        "## Master data · 主数据",
        "## CRM · 客户关系",
        "## Sales and delivery · 销售与交付",
        "## Production · 生产",
        "## Purchasing, logistics, stock · 采购、物流与库存",
        "## Finance · 财务",
    ]


def test_a_file_that_somebody_filled_is_not_emptied(tmp_path: Path) -> None:
    (tmp_path / "sales_reps.csv").write_text("sales_rep_id,sales_rep_name\nR1,Li Wei\n", encoding="utf-8")
    write_template(tmp_path)
    assert (tmp_path / "sales_reps.csv").read_text(encoding="utf-8") == "sales_rep_id,sales_rep_name\nR1,Li Wei\n"


def test_the_empty_template_loads_as_tables_without_rows(tmp_path: Path) -> None:
    write_template(tmp_path / "mine")
    source = SourceSettings(name="mine", adapter="files", path=tmp_path / "mine")
    manifest = land_source(source, ADAPTER, tmp_path / "home", "load_1", "2026-06-30T00:00:00+00:00", lambda _: None)
    assert len(manifest.tables) == 68
    assert {(table.rows, table.source_rows, table.rejected_rows) for table in manifest.tables} == {(0, 0, 0)}
    assert all(not table.notes for table in manifest.tables)
    assert {row.status for row in ADAPTER.coverage(manifest)} == {"full"}
