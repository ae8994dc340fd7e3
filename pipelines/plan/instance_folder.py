"""Write a planning problem with its plan to a folder that another planner can read, and read such a folder back."""

# ruff: noqa: E501 -- the README is one text, its tables have long lines.

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from planning.frepple_tables import frepple_tables
from planning.instances import TABLES, InstanceNames, instance_from, instance_tables, names_of, result_tables
from planning.mrp import Plan, PlanningProblem
from tower.errors import BuildError

README = """# A planning problem and its plan

CSV, UTF-8, read every column as text: some names look like numbers. Written by `tower plan export-instance`.

| file | one row is |
|---|---|
| settings.csv | a setting: the first day of the plan (today), the scrap formula, whether needs of the past count today |
| nodes.csv | an item at a location with its policy; `row` is its number |
| sources.csv | a way to supply a node: make, buy, transfer, subcontract; `row` is the number that other tables name |
| lines.csv | what one unit from a source takes (or, as a by-product, gives) |
| demands.csv | a sales order line, or (`for_supply`: row of open_supply.csv) a part that an open order has still to take |
| forecasts.csv | forecast of a bucket from `date`, for `days`; orders consume it |
| open_supply.csv | an open purchase, production, transfer or firm planned order |
| stock.csv, statuses.csv | stock by status and lot; which status may be used |
| safety_stock_steps.csv | safety stock that holds from a date |
| operations.csv | hours of a source's orders on work centres |
| calendars.csv | a day of a calendar and whether people work |
| items, locations, suppliers, customers, order_lines, work_centres | the names |
| result/planned_orders.csv, result/planned_by_week.csv | the plan: every order; quantities by item, location and week of the due day |
| frepple/*.csv | the same problem in the columns of frePPLe's import, as far as its model goes |

Quantities are in the base unit of the item, dates are days, an empty cell is "not given".

## The rules

1. Unconstrained: no capacity, no supplier limit. What is released before today is past due and stays so.
2. Levels go from the top down. A node is short where demand so far + what must be kept − receipts so far exceeds stock.
3. What must be kept: days of cover, else steps of safety stock, else the safety stock; from the first day on. Min/max and
   reorder point keep the reorder point instead. Overdue demand and receipts count today.
4. Lots: the rule (lot_for_lot takes what is missing), cut to the maximum, raised to the minimum, up to the multiple. A
   source's own minimum and multiple replace the node's. Yield: started = good ÷ yield.
5. Due = need − safety time; release = due − receiving days − lead time. Made: working days of the calendar; bought and
   transferred: calendar days, arriving on a working day. Dependent demand falls on the release day of its parent.
6. Of the sources valid on the release day the lowest priority number counts; several of it divide the lot by share.
7. Issued = quantity ÷ (1 − scrap) (setting `divide`) + the fixed quantity. Lines count by the release day of the parent.
8. A phantom is never ordered: its stock serves first, the rest passes to its parts on the same day.
9. Orders consume the forecast of their own bucket, then of the others of its `period`, then earlier, then later ones
   within the node's windows.
10. Stock of a status that may not be used does not count; lots are used first expired first out.

frePPLe: unconstrained plan, `currentdate` as in parameter.csv. Its model has no place for working calendars, yield, days
of cover, fixed lots, phantoms, substitutes and fences: a company that uses them will differ there.
"""


def write_instance(folder: Path, problem: PlanningProblem, found: Plan, names: InstanceNames) -> int:
    """Write all files. Returns how many tables there are. Raises BuildError where the folder holds something else."""
    if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and not (folder / "nodes.csv").exists())):
        raise BuildError(f"{folder} is there and holds something else. Name a new folder.")
    parts = {
        folder: instance_tables(problem, names),
        folder / "result": result_tables(problem, found, names),
        folder / "frepple": frepple_tables(problem, found, names_of(problem, names)),
    }
    for place, tables in parts.items():
        place.mkdir(parents=True, exist_ok=True)
        for name, frame in tables.items():
            frame.write_csv(place / f"{name}.csv")
    (folder / "README.md").write_text(README, encoding="utf-8")
    return sum(len(tables) for tables in parts.values())


def read_instance(folder: Path) -> PlanningProblem:
    """The problem of such a folder. Raises BuildError for a file that is missing."""
    files = sorted(folder.glob("*.csv"))
    missing: Sequence[str] = sorted(set(TABLES) - {file.stem for file in files})
    if missing:
        raise BuildError(f"{folder} has no {missing[0]}.csv. Name a folder that `tower plan export-instance` wrote.")
    return instance_from({file.stem: pl.read_csv(file, infer_schema=False) for file in files})
