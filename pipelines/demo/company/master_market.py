"""Master data about selling and accounting: sales people and quotas, campaigns, demand events, accounts."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.company.company import FLEET, ITEM_TYPES, Company, Floats
from pipelines.demo.company.frames import date_of, dates, day_of, named, numbers, text
from pipelines.demo.company.master_view import MasterView
from pipelines.demo.company.models import FAMILY_CATEGORIES
from pipelines.demo.luck import Luck

AHEAD_DAYS = 60
CHANNELS = ("distributor", "web_shop", "direct")
"""How the channels of Items.channel_share are called in sales orders."""
QUOTA_STRETCH, QUOTA_RISE, QUOTA_STEP = 1.06, 0.04, 5_000.0
# Share of a year's sales in each month, times 12.
MONTH_SHARE = (0.72, 0.70, 1.08, 1.18, 1.20, 1.18, 1.10, 1.06, 1.04, 0.98, 0.94, 0.82)
LAUNCH_DAYS = 30
ACCOUNTS = (
    ("1002", "Bank 银行存款", "cash"),
    ("1122", "Trade receivables 应收账款", "receivable"),
    ("1403", "Raw materials 原材料", "inventory"),
    ("1404", "Semi-finished goods 半成品", "inventory"),
    ("1405", "Finished goods 库存商品", "inventory"),
    ("2202", "Trade payables 应付账款", "payable"),
    ("2203", "Goods received, not invoiced 暂估应付", "other"),
    ("2205", "Customer advances 预收账款", "other"),
    ("2221", "Value added tax 应交增值税", "other"),
    ("3001", "Equity 所有者权益", "equity"),
    ("3002", "Retained earnings 未分配利润", "equity"),
    ("5001", "Work in progress 生产成本", "work_in_progress"),
    ("5101", "Conversion cost applied 制造费用分配", "expense"),
    ("6001", "Sales revenue 主营业务收入", "revenue"),
    ("6401", "Cost of goods sold 主营业务成本", "cost_of_goods_sold"),
    ("6411", "Purchase price variance 材料成本差异", "variance"),
    ("6412", "Production variance 生产差异", "variance"),
    ("6601", "Stock losses 存货损失", "expense"),
    ("6602", "Freight out 运输费用", "expense"),
    ("6603", "Exchange differences 汇兑损益", "other"),
    ("6604", "Discounts and write-offs 折扣与坏账", "expense"),
    ("6605", "Warranty 保修费用", "expense"),
    ("6606", "Sales, administration and development 销售、管理与研发费用", "expense"),
    ("6801", "Income tax 所得税费用", "expense"),
)


def market_tables(view: MasterView) -> dict[str, pl.DataFrame]:
    """sales_reps, sales_quotas, campaigns, demand_events, ledger_accounts, id_cross_references."""
    return {
        "sales_reps": _sales_reps(view),
        "sales_quotas": _quotas(view),
        "campaigns": _campaigns(view),
        "demand_events": _events(view),
        "ledger_accounts": _accounts(),
        "id_cross_references": pl.DataFrame(
            schema=dict.fromkeys(("entity", "source", "source_id", "canonical_id"), pl.String)
        ),
    }


def _sales_reps(view: MasterView) -> pl.DataFrame:
    reps = view.company.sales_reps
    return pl.DataFrame(
        {
            "sales_rep_id": text(reps.ids),
            "sales_rep_name": text(reps.names),
            "team": text(reps.team),
            "email": text(reps.email),
            "manager_id": named(reps.ids, reps.manager),
        }
    )


def _quotas(view: MasterView) -> pl.DataFrame:
    """What the customers of a sales person are expected to buy in a month, and a little more."""
    company = view.company
    yearly = expected_sales(company)
    people = np.flatnonzero(yearly > 0)
    months, shares, rises = _months(company, view.day + AHEAD_DAYS)
    quota = yearly[people, None] / 12.0 * shares * (1.0 + QUOTA_RISE) ** rises * QUOTA_STRETCH
    quota = np.maximum(np.round(quota / QUOTA_STEP), 1.0) * QUOTA_STEP
    person, month = np.divmod(np.arange(quota.size), months.size)
    return pl.DataFrame(
        {
            "sales_rep_id": named(company.sales_reps.ids, people[person]),
            "month_start_date": dates(company, months[month]),
            "quota_value": numbers(quota.ravel()),
        }
    )


def expected_sales(company: Company) -> Floats:
    """(sales person): CNY that the business customers of day 0 are expected to buy in the first year."""
    items, customers, assortment = company.items, company.customers, company.assortment
    sold_now = items.list_price * (items.sold_from_day < 0)
    is_known = customers.joined_day[assortment.customer] < 0
    value = assortment.weekly_rate * sold_now[assortment.item] * (1.0 - customers.discount_rate[assortment.customer])
    buyer = assortment.customer[is_known]
    total = np.bincount(customers.sales_rep[buyer], value[is_known] * 52.0, len(company.sales_reps.ids))
    fleets = np.flatnonzero((customers.kind == FLEET) & (customers.joined_day < 0))
    fleet_value = (
        52.0 * company.scale.market * float((items.weekly_demand * items.channel_share[:, FLEET] * sold_now).sum())
    )
    weight = customers.projects_per_year[fleets] * (1.0 - customers.discount_rate[fleets])
    share = fleet_value * weight / max(float(customers.projects_per_year[fleets].sum()), 1e-9)
    return np.asarray(total + np.bincount(customers.sales_rep[fleets], share, total.size), dtype=np.float64)


def _months(company: Company, last_day: int) -> tuple[npt.NDArray[np.int64], Floats, Floats]:
    """First days of the months from that of day 0 to `last_day`, their share of a year, years since the start."""
    begin, last = company.start_date, date_of(company, last_day)
    count = (last.year - begin.year) * 12 + last.month - begin.month + 1
    firsts = [
        date(begin.year + (begin.month - 1 + step) // 12, (begin.month - 1 + step) % 12 + 1, 1) for step in range(count)
    ]
    return (
        np.array([day_of(company, first) for first in firsts]),
        np.array([MONTH_SHARE[first.month - 1] for first in firsts]),
        np.array([float(first.year - begin.year) for first in firsts]),
    )


def _campaigns(view: MasterView) -> pl.DataFrame:
    company, campaigns = view.company, view.company.campaigns
    rows = np.flatnonzero(campaigns.start_day <= view.day)
    length = campaigns.end_day[rows] - campaigns.start_day[rows] + 1
    done = np.clip((view.day - campaigns.start_day[rows] + 1) / length, 0.0, 1.0)
    spent = campaigns.budget[rows] * (0.9 + 0.2 * Luck(company.seed).uniform("campaign cost", rows)) * done
    return pl.DataFrame(
        {
            "campaign_id": named(campaigns.ids, rows),
            "campaign_name": named(campaigns.names, rows),
            "channel": named(campaigns.channel, rows),
            "start_date": dates(company, campaigns.start_day[rows]),
            "end_date": dates(company, campaigns.end_day[rows]),
            "budget_value": numbers(campaigns.budget[rows]),
            "cost_value": numbers(np.round(spent, 2)),
        }
    )


def _events(view: MasterView) -> pl.DataFrame:
    """Promotions of families, and the launches of single models."""
    company, items, promotions = view.company, view.company.items, view.company.promotions
    rows = np.flatnonzero(promotions.start_day <= view.day + AHEAD_DAYS)
    finished = items.item_type == ITEM_TYPES.index("finished")
    launched = np.flatnonzero(finished & (items.sold_from_day >= 0) & (items.sold_from_day <= view.day + AHEAD_DAYS))
    launched = launched[np.lexsort((launched, items.sold_from_day[launched]))]
    promoted = pl.DataFrame(
        {
            "event_id": named(promotions.ids, rows),
            "event_type": named(promotions.event_type, rows),
            "start_date": dates(company, promotions.start_day[rows]),
            "end_date": dates(company, promotions.end_day[rows]),
            "item_id": text([""] * rows.size),
            "category_id": named(FAMILY_CATEGORIES, promotions.family[rows]),
            "channel": named(CHANNELS, promotions.channel[rows]),
        }
    )
    launches = pl.DataFrame(
        {
            "event_id": text([f"EV-LAUNCH-{items.ids[code]}" for code in launched.tolist()]),
            "event_type": text(["launch"] * launched.size),
            "start_date": dates(company, items.sold_from_day[launched]),
            "end_date": dates(company, items.sold_from_day[launched] + LAUNCH_DAYS),
            "item_id": named(items.ids, launched),
            "category_id": text([""] * launched.size),
            "channel": text([""] * launched.size),
        }
    )
    return pl.concat([promoted, launches])


def _accounts() -> pl.DataFrame:
    ids, names, types = zip(*ACCOUNTS, strict=True)
    return pl.DataFrame({"account_id": text(ids), "account_name": text(names), "account_type": text(types)})
