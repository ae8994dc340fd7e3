"""Leads, opportunities, quotations and all that sales reps and customers do about them, as canonical tables.

What lies ahead in the documents (who a lead will turn out to be, when it closes) is not told before its moment.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from pipelines.demo.documents import DISQUALIFIED_REASONS, LEAD_SOURCES, LEAD_STATUSES, LOST_REASONS, STAGES
from pipelines.demo.records import Column, Columns
from pipelines.demo.world import World
from pipelines.demo.writing.columns import (
    LEAD,
    OPPORTUNITY,
    OPPORTUNITY_LINE,
    QUOTATION,
    QUOTATION_LINE,
    SALES_ORDER,
    coded,
    dates,
    instants,
    numbered,
)
from pipelines.demo.writing.crm_activities import activity_tables
from pipelines.demo.writing.crm_cases import case_table, service_cases
from pipelines.demo.writing.crm_experience import Floats, delivery_experience
from pipelines.demo.writing.crm_satisfaction import satisfaction_responses
from pipelines.demo.writing.customers import customer_ids

SLICE_ROWS = 250_000
NEW, WORKING, CONVERTED, DISQUALIFIED = (LEAD_STATUSES.index(name) for name in LEAD_STATUSES)
OPEN, WON, LOST = range(3)
OPPORTUNITY_STATUSES = ("open", "won", "lost")
# Position in the funnel by stage: it ends with either of the last two.
SEQUENCE = np.array([1, 2, 3, 4, 5, 5], dtype=np.int32)
# The rep's first figure grows from stage to stage as the company's experience says.
STAGE_FACTOR = np.array([1.0, 1.2, 1.4, 1.6, 1.0, 1.0])
QUOTATION_STATUSES = ("open", "ordered", "rejected", "expired")
# A quotation that is lost for these reasons was never refused: it ran out.
_RAN_OUT = np.array([name in {"no_decision", "project_stopped"} for name in LOST_REASONS])

Frames = Iterator[tuple[str, pl.DataFrame]]


def crm_tables(world: World, slice_rows: int = SLICE_ROWS) -> Frames:
    """(table, rows) of all tables but those of logs, piece by piece."""
    documents = world.documents
    for records, name, rows_of in (
        (documents.leads, "leads", _leads),
        (documents.opportunities, "opportunities", _opportunities),
        (documents.opportunity_lines, "opportunity_lines", _opportunity_lines),
        (documents.opportunities, "quotations", _quotations),
        (documents.opportunity_lines, "quotation_lines", _quotation_lines),
    ):
        for start in range(0, max(records.count, 1), slice_rows):
            yield name, rows_of(world, start, start + slice_rows)
    for frame in activity_tables(world, slice_rows):
        yield "activities", frame
    experience = delivery_experience(world)
    for cases in service_cases(world, experience, slice_rows):
        yield "service_cases", case_table(world, cases)
    for frame in satisfaction_responses(world, experience, slice_rows):
        yield "satisfaction_responses", frame


def stage_change_table(world: World, columns: Columns) -> pl.DataFrame:
    """opportunity_stage_changes of a chunk of the log."""
    return pl.DataFrame(
        {
            "opportunity_id": numbered(OPPORTUNITY, columns["opportunity"]),
            "changed_at": instants(world.company.start_date, columns["at"], world.day),
            "stage": coded(STAGES, columns["stage"]),
            "stage_sequence": SEQUENCE[columns["stage"]],
        }
    )


def channel_table(world: World, columns: Columns) -> pl.DataFrame:
    """channel_stock_sales of a chunk of the log: what the trade sold in a week, and what it had at its end."""
    return pl.DataFrame(
        {
            "customer_id": customer_ids(world, columns["customer"]),
            "item_id": coded(world.company.items.ids, columns["item"]),
            "week_start_date": dates(world.company.start_date, columns["week_day"]),
            "sold_quantity": columns["sold"],
            "stock_quantity": columns["stock"],
        }
    )


def _leads(world: World, start: int, end: int) -> pl.DataFrame:
    company, last = world.company, world.day
    leads = world.documents.leads.slice(start, end)
    created_at, is_closed = leads["created_at"], leads["closed_at"] < last + 1
    seconds = np.floor(created_at * 86400).astype(np.int64)
    # Somebody takes a new lead up within a day or two.
    taken_up = created_at + world.luck.exponential(1.2, "lead taken up", leads["campaign"], leads["source"], seconds)
    status = np.where(is_closed, leads["status"], np.where(taken_up < last + 1, WORKING, NEW))
    is_converted = status == CONVERTED
    return pl.DataFrame(
        {
            "lead_id": numbered(LEAD, np.arange(start, start + created_at.size)),
            "created_at": instants(company.start_date, created_at, last),
            "campaign_id": coded(company.campaigns.ids, leads["campaign"]),
            "lead_source": coded(LEAD_SOURCES, leads["source"]),
            "customer_id": customer_ids(world, np.where(is_converted, leads["customer"], -1)),
            "opportunity_id": numbered(OPPORTUNITY, np.where(is_converted, leads["opportunity"], -1)),
            "lead_status": coded(LEAD_STATUSES, status),
            "converted_at": instants(company.start_date, np.where(is_converted, leads["closed_at"], np.inf), last),
            "disqualified_reason": coded(DISQUALIFIED_REASONS, np.where(status == DISQUALIFIED, leads["reason"], -1)),
            "score": leads["score"],
        }
    )


def _opportunities(world: World, start: int, end: int) -> pl.DataFrame:
    company, last = world.company, world.day
    table = world.documents.opportunities.slice(start, end)
    stage, status = table["stage"].astype(np.int64), table["status"].astype(np.int64)
    hoped = np.clip(np.round(table["rep_probability"] * STAGE_FACTOR[stage], 2), 0.05, 0.95)
    return pl.DataFrame(
        {
            "opportunity_id": numbered(OPPORTUNITY, np.arange(start, start + stage.size)),
            "customer_id": customer_ids(world, table["customer"]),
            "lead_id": numbered(LEAD, table["lead"]),
            "sales_rep_id": coded(company.sales_reps.ids, table["sales_rep"]),
            "campaign_id": coded(company.campaigns.ids, table["campaign"]),
            "created_at": instants(company.start_date, table["created_at"], last),
            "stage": coded(STAGES, stage),
            "opportunity_status": coded(OPPORTUNITY_STATUSES, status),
            "probability_rate": np.where(status == WON, 1.0, np.where(status == LOST, 0.0, hoped)),
            "expected_value": table["expected_value"],
            "expected_close_date": dates(company.start_date, table["close_day"]),
            "closed_at": instants(company.start_date, table["closed_at"], last),
            "lost_reason": coded(LOST_REASONS, np.where(status == LOST, table["lost_reason"], -1)),
        }
    )


def _opportunity_lines(world: World, start: int, end: int) -> pl.DataFrame:
    company, lines = world.company, world.documents.opportunity_lines.slice(start, end)
    return pl.DataFrame(
        {
            "opportunity_line_id": numbered(OPPORTUNITY_LINE, np.arange(start, start + lines["item"].size)),
            "opportunity_id": numbered(OPPORTUNITY, lines["opportunity"]),
            "item_id": coded(company.items.ids, lines["item"]),
            "category_id": coded(company.items.category_id, lines["item"]),
            "quantity": lines["quantity"],
            "net_value": lines["net_value"],
            "expected_date": dates(company.start_date, lines["wanted_day"]),
        }
    )


def _quotations(world: World, start: int, end: int) -> pl.DataFrame:
    """One quotation for each opportunity that came so far, over all of its lines."""
    company, last = world.company, world.day
    table = world.documents.opportunities.slice(start, end)
    rows = np.flatnonzero(table["quoted_at"] < last + 1)
    status, reason = table["status"][rows], table["lost_reason"][rows]
    lost = np.where(
        _RAN_OUT[np.maximum(reason, 0)], QUOTATION_STATUSES.index("expired"), QUOTATION_STATUSES.index("rejected")
    )
    value = _values_of_lines(world, table["first_line"][rows], table["lines"][rows])
    return pl.DataFrame(
        {
            "quotation_id": numbered(QUOTATION, start + rows),
            "customer_id": customer_ids(world, table["customer"][rows]),
            "opportunity_id": numbered(OPPORTUNITY, start + rows),
            "sales_rep_id": coded(company.sales_reps.ids, table["sales_rep"][rows]),
            "quoted_at": instants(company.start_date, table["quoted_at"][rows], last),
            "net_value": value,
            "quotation_status": coded(QUOTATION_STATUSES, np.where(status == LOST, lost, status == WON)),
            "sales_order_id": numbered(SALES_ORDER, table["sales_order"][rows]),
        }
    )


def _values_of_lines(world: World, first: Column, count: Column) -> Floats:
    """Net values of opportunities, whose lines are neighbours."""
    total = np.concatenate([[0], np.cumsum(np.rint(world.documents.opportunity_lines["net_value"] * 100.0))])
    start = first.astype(np.int64)
    values: Floats = (total[start + count] - total[start]) / 100.0
    return values


def _quotation_lines(world: World, start: int, end: int) -> pl.DataFrame:
    company, last = world.company, world.day
    lines = world.documents.opportunity_lines.slice(start, end)
    quoted = world.documents.opportunities["quoted_at"][lines["opportunity"]]
    rows = np.flatnonzero(quoted < last + 1)
    return pl.DataFrame(
        {
            "quotation_line_id": numbered(QUOTATION_LINE, start + rows),
            "quotation_id": numbered(QUOTATION, lines["opportunity"][rows]),
            "item_id": coded(company.items.ids, lines["item"][rows]),
            "quantity": lines["quantity"][rows],
            "net_value": lines["net_value"][rows],
            "expected_date": dates(company.start_date, lines["wanted_day"][rows]),
        }
    )
