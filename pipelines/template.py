"""The public input format to start from: every canonical table as an empty CSV, and a README of all columns."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from pipelines.contract import Column, DataType, Table, load_contract

README_FILE = "README.md"
AREA_TITLES = {
    "master_data": "Master data · 主数据",
    "crm": "CRM · 客户关系",
    "sales": "Sales and delivery · 销售与交付",
    "production": "Production · 生产",
    "supply": "Purchasing, logistics, stock · 采购、物流与库存",
    "finance": "Finance · 财务",
}
TYPE_WORDS: dict[DataType, str] = {
    "varchar": "text · 文本",
    "decimal(18,6)": "number, up to 6 decimals · 数值（最多 6 位小数）",
    "double": "number · 数值",
    "integer": "whole number · 整数",
    "boolean": "true or false · 是/否",
    "date": "date, 2026-06-30 · 日期",
    "timestamp": "instant in UTC, 2026-06-30 14:05:00 · UTC 时间",
}
_HEADINGS = (
    "Column · 列",
    "Type · 类型",
    "Required · 必填",
    "Allowed values · 允许的值",
    "Refers to · 引用",
    "Description · 说明",
)
_INTRODUCTION = """\
# Your data as files · 以文件提供数据

Each file here is one table, with nothing in it but its header. Fill what you have and **delete the files that you do
not fill**: a missing table says "not connected", an empty one says "there are none". Optional columns may be left
out. Then run

    tower build --source files --path <this folder>

Excel sheets and Parquet files named like the tables do as well. How numbers, dates and encodings are read, and what
`source.toml` may declare, stands in docs/files-source.md.

这里每个文件就是一张表，目前只有表头。请填写已有的数据，并**删除不需要的文件**：没有文件表示“未接入”，空文件表示“确实没有记录”。
可选列可以省略。与表同名的 Excel 工作表和 Parquet 文件同样可用。
"""


def write_template(folder: Path) -> int:
    """Write `<table>.csv` for every canonical table and README.md; give the number of tables.

    A CSV that is there already is left as it is, so that nobody's data is emptied.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tables = tuple(load_contract().values())
    for table in tables:
        file = folder / f"{table.name}.csv"
        if not file.exists():
            # The byte order mark lets spreadsheets know that what people type will be UTF-8.
            with file.open("w", encoding="utf-8-sig", newline="") as handle:
                csv.writer(handle).writerow(column.name for column in table.source_columns)
    (folder / README_FILE).write_text(readme(tables), encoding="utf-8")
    return len(tables)


def readme(tables: Sequence[Table]) -> str:
    """The description of all tables in Markdown, with headings in both languages."""
    parts = [_INTRODUCTION]
    area = ""
    for table in tables:
        if table.area != area:
            area = table.area
            parts.append(f"## {AREA_TITLES.get(area, area.replace('_', ' '))}\n")
        parts.append(_table_section(table))
    return "\n".join(parts)


def _table_section(table: Table) -> str:
    key = ", ".join(f"`{name}`" for name in table.key)
    lines = [
        f"### {table.name}",
        "",
        f"{table.description} Key · 主键: {key}.",
        "",
        f"| {' | '.join(_HEADINGS)} |",
        f"|{' --- |' * len(_HEADINGS)}",
        *(f"| {' | '.join(_cells(column))} |" for column in table.source_columns),
        "",
    ]
    return "\n".join(lines)


def _cells(column: Column) -> tuple[str, ...]:
    return (
        f"`{column.name}`",
        TYPE_WORDS[column.data_type],
        "yes · 是" if column.required else "",
        ", ".join(f"`{value}`" for value in column.values),
        f"`{column.references}`" if column.references else "",
        " ".join(column.description.split()).replace("|", "\\|"),
    )
