"""What the demo company looks like in figures: the table of docs/demo-simulation.md.

    python -m tests.benchmarks.demo_calibration [--scale small] [--seeds 7 8 9] [--incidents none]

Three years to 30 June 2026, one column a seed. All is measured on what a user of the data sees too: documents and
movements, nothing of the truth.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import get_args

import duckdb
import numpy as np

from pipelines.demo.company.build import build_company
from pipelines.demo.scale import SCALES, ScaleName
from pipelines.demo.simulation import Simulation
from pipelines.demo.writing.chronicle import Chronicle

START, LAST = date(2023, 6, 30), date(2026, 6, 30)
AS_OF = f"date '{LAST}'"
# Lines that have fallen due, apart from the first weeks and the last ones.
DUE = "requested_date between date '2023-10-01' and date '2026-06-15' and coalesce(cancelled_quantity, 0) = 0"

VIEWS = (
    "create view rates as select distinct on (currency_code, rate_date) * from currency_rates",
    """create view lines as
       select l.*, o.customer_id, o.channel, o.ordered_at, s.left_at, s.leave_by, s.there_at, p.strategy,
         l.net_value * coalesce(r.rate_to_company, 1) as value
       from sales_order_lines l join sales_orders o using (sales_order_id)
       left join planning_policies p on p.item_id = l.item_id and p.location_id = l.ship_from_location_id
       left join rates r on r.currency_code = o.currency_code and r.rate_date = o.ordered_at::date
       left join (select sales_order_line_id, max(shipped_at)::date as left_at,
                  min(planned_ship_date) as leave_by, max(delivered_at)::date as there_at,
                  sum(shipped_quantity) as sent from delivery_lines join deliveries using (delivery_id) group by 1) s
         on s.sales_order_line_id = l.sales_order_line_id and s.sent >= l.ordered_quantity - 0.001""",
    """create view flows as
       select entry_date, account_id, debit_value - credit_value as value, reference_type from ledger_entries""",
    """create view stock_days as
       select day, sum(sum(value)) over (order by day) as value from
         (select moved_at::date as day, case when t.is_own_stock and not f.is_own_stock then value
            when f.is_own_stock and not t.is_own_stock then -value else 0 end as value
          from stock_movements m join locations f on f.location_id = m.from_location_id
          join locations t on t.location_id = m.to_location_id) group by day""",
    """create view monthly as
       select item_id, date_trunc('month', ordered_at) as month, sum(ordered_quantity) as quantity from lines
       where item_id in (select item_id from items where coalesce(list_price, 0) > 0) group by all""",
    """create view compared as
       select g.item_id, g.month, coalesce(a.quantity, 0) as actual, coalesce(n.quantity, 0) as naive,
         coalesce(f.quantity, 0) as planned, i.item_type
       from (select item_id, month from (select distinct item_id from monthly), (select distinct month from monthly)) g
       join items i on i.item_id = g.item_id
       left join monthly a on a.item_id = g.item_id and a.month = g.month
       left join monthly n on n.item_id = g.item_id and n.month = g.month - interval 1 year
       left join (select item_id, bucket_start_date, quantity from demand_forecasts where stage = 'planner'
                  and date_diff('month', created_at, bucket_start_date::timestamp) = 1) f
         on f.item_id = g.item_id and f.bucket_start_date = g.month
       where g.month between '2024-08-01' and '2026-05-01'""",
)

LAST_YEAR = f"{AS_OF} - interval 1 year"
COST = f"(select sum(value) from flows where account_id = '6401' and entry_date > {LAST_YEAR})"
REVENUE = f"(select -sum(value) from flows where account_id = '6001' and entry_date > {LAST_YEAR})"
RECEIPTS = """(select l.first_confirmed_date, max(r.received_at)::date as came from purchase_order_lines l
    join purchase_receipts r using (purchase_order_line_id) where l.line_status = 'completed' and not l.is_subcontract
    group by l.purchase_order_line_id, l.first_confirmed_date)"""
CASH = """(select sum(day) over (order by entry_date) as value from
    (select entry_date, sum(value) as day from flows where account_id = '1002' group by all))"""
HOURS = "epoch(ended_at - started_at)"


def _share(condition: str, table: str) -> str:
    return f"select 100 * avg(({condition})::int) from {table}"


def _arrived(channels: str) -> str:
    return _share(
        "there_at is not null and there_at <= requested_date", f"lines where {DUE} and channel in ({channels})"
    )


def _month_revenue(first: int) -> str:
    year = "select -sum(value) / 1e6 from flows where account_id = '6001' and entry_date"
    return f"{year} between date '{first}-07-01' and date '{first + 1}-06-30'"


# Figure: (query, decimals).
FIGURES: Mapping[str, tuple[str, int]] = {
    "Sales order lines": ("select count(*) from sales_order_lines", 0),
    "Stock movements": ("select count(*) from stock_movements", 0),
    "Production orders": ("select count(*) from production_orders", 0),
    "Purchase order lines": ("select count(*) from purchase_order_lines", 0),
    "Revenue of the first year, CNY million": (_month_revenue(2023), 0),
    "… of the second": (_month_revenue(2024), 0),
    "… of the third": (_month_revenue(2025), 0),
    "Gross margin, last year, %": (f"select 100 * (1 - {COST} / {REVENUE})", 1),
    "Least in the bank, CNY million": (f"select min(value) / 1e6 from {CASH}", 0),
    "Most in the bank, CNY million": (f"select max(value) / 1e6 from {CASH}", 0),
    "Receivables, days of sales": (
        "select 365 * (select sum(value) from flows where account_id = '1122') / 1.13 / " + REVENUE, 0,
    ),
    "Left in full by the day it had to, %": (_share("left_at is not null and left_at <= leave_by", f"lines where {DUE}"), 1),
    "Arrived in full by the wished day, %": (_arrived("'direct', 'distributor', 'retail', 'marketplace', 'web_shop'"), 1),
    "… distributors and retailers": (_arrived("'distributor', 'retail'"), 1),
    "… consumers": (_arrived("'marketplace', 'web_shop'"), 1),
    "… fleets": (_arrived("'direct'"), 1),
    "Arrived in full by the first promise, %": (
        _share("there_at is not null and there_at <= first_promised_date", f"lines where {DUE}"), 1,
    ),
    "… of what is made to order": (
        _share("there_at is not null and there_at <= first_promised_date",
               f"lines where {DUE} and strategy <> 'make_to_stock'"), 1,
    ),
    "Production finished by its planned day, %": (
        _share("finished_at::date <= planned_finish_date", "production_orders where finished_at is not null"), 1,
    ),
    "Purchases received in full by the first confirmed day, %": (_share("came <= first_confirmed_date", RECEIPTS), 1),
    "Receipts with rejected pieces, %": (_share("rejected_quantity > 0", "purchase_receipts"), 1),
    "Work centre hours used, %": (
        f"select 100 * sum({HOURS}) filter (state in ('production', 'setup')) / sum({HOURS}) from work_centre_states", 0,
    ),
    "Stock, mean of the last year, CNY million": (f"select avg(value) / 1e6 from stock_days where day > {LAST_YEAR}", 0),
    "Stock turns, last year": (f"select {COST} / avg(value) from stock_days where day > {LAST_YEAR}", 1),
    "Seasonal naive, item and month, vehicles, WAPE %": (
        "select 100 * sum(abs(actual - naive)) / sum(actual) from compared where item_type = 'finished'", 0,
    ),
    "Planner's WAPE over seasonal naive's, all sold items": (
        "select sum(abs(actual - planned)) / sum(abs(actual - naive)) from compared", 2,
    ),
    "New consumers in the first year": ("select count(*) from customers where customer_id like 'W%' and created_date < '2024-07-01'", 0),
    "… in the third": ("select count(*) from customers where customer_id like 'W%' and created_date >= '2025-07-01'", 0),
    "Opportunities won, % of closed": (
        _share("opportunity_status = 'won'", "opportunities where opportunity_status <> 'open'"), 0,
    ),
    "Customer satisfaction, of 5": (
        "select avg(try_cast(score as double)) from satisfaction_responses where survey_type = 'csat'", 2,
    ),
    "Net promoter score": (
        "select avg(case when s >= 9 then 100 when s <= 6 then -100 else 0 end) from "
        "(select try_cast(score as double) as s from satisfaction_responses where survey_type = 'nps')", 0,
    ),
    "Service cases per 100 sales orders": (
        "select 100 * (select count(*) from service_cases) / (select count(*) from sales_orders)", 1,
    ),
}  # fmt: skip


def measured(seed: int, scale: ScaleName, incidents: tuple[str, ...] | None) -> dict[str, float]:
    """Figures of one company, and the seconds of CPU that its simulation takes."""
    begun = time.process_time()
    simulation = Simulation(build_company(seed, SCALES[scale], START), incidents)
    simulation.run((LAST - START).days)
    seconds = time.process_time() - begun
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        Chronicle(folder, simulation.world).finish()
        connection = duckdb.connect()
        for path in sorted(folder.iterdir()):
            if path.suffix != ".toml":
                reader = "read_parquet" if path.suffix == ".parquet" else "read_csv_auto"
                connection.execute(f"create view {path.stem} as select * from {reader}('{path}')")
        for view in VIEWS:
            connection.execute(view)
        figures = {}
        for figure, (query, _) in FIGURES.items():
            row = connection.execute(query).fetchone()
            figures[figure] = float(row[0]) if row is not None and row[0] is not None else np.nan
        connection.close()
    return figures | {SECONDS: seconds}


SECONDS = "Simulated in, seconds of CPU"


def main(tell: Callable[[str], None] = print) -> None:
    """Print the table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", choices=get_args(ScaleName), default="small")
    parser.add_argument("--seeds", type=int, nargs="+", default=[7, 8, 9])
    parser.add_argument("--incidents", choices=("planted", "none"), default="planted")
    asked = parser.parse_args()
    found = [measured(seed, asked.scale, None if asked.incidents == "planted" else ()) for seed in asked.seeds]
    tell("| Figure | " + " | ".join(f"seed {seed}" for seed in asked.seeds) + " |")
    tell("|---|" + "--:|" * len(asked.seeds))
    for figure in found[0]:
        decimals = FIGURES[figure][1] if figure in FIGURES else 1
        tell(f"| {figure} | " + " | ".join(f"{each[figure]:,.{decimals}f}" for each in found) + " |")


if __name__ == "__main__":
    main()
