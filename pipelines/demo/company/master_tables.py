"""The company as canonical tables: its master data as it stands in the books on a day."""

from __future__ import annotations

import polars as pl

from pipelines.demo.company.company import BillLines, Company, Nodes, Operations
from pipelines.demo.company.master_items import item_tables
from pipelines.demo.company.master_market import market_tables
from pipelines.demo.company.master_planning import planning_tables
from pipelines.demo.company.master_structure import structure_tables
from pipelines.demo.company.master_view import master_view


def master_tables(
    company: Company,
    as_of_day: int,
    policies: Nodes | None = None,
    bill_lines: BillLines | None = None,
    operations: Operations | None = None,
) -> dict[str, pl.DataFrame]:
    """Master data by canonical table, as it is known on the evening of the day.

    `policies`, `bill_lines`, `operations` are the company's own as somebody has changed them by then. Customers are not
    here: they come and go in the simulation. Nothing refers to an item that is not yet in the books.
    """
    view = master_view(company, as_of_day, policies, bill_lines, operations)
    return {**item_tables(view), **structure_tables(view), **planning_tables(view), **market_tables(view)}
