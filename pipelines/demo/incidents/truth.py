"""The truth about the planted incidents, as tables for a file that only the tests that measure the product read.

- incidents: one row per incident that has begun: kind, days, subject, size, what was at stake, what it has cost so far,
  and a sentence in both languages. `end_date` is its last day, empty while it lasts.
- incident_subjects: everybody and everything that it hits, by type and id.
- incident_consequences: its cost by measure (see consequences.py), in CNY as of the last day.
- incident_documents: the documents that it touched, made late, cost us (lost) or left unpaid.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from pipelines.demo.company.company import NEVER
from pipelines.demo.incidents.consequences import consequences, excess_stock, late_lines, unpaid_lines
from pipelines.demo.incidents.contents import KINDS
from pipelines.demo.incidents.exposure import ExposureBook
from pipelines.demo.incidents.incidents import Incidents
from pipelines.demo.incidents.kind import Incident, Rows
from pipelines.demo.incidents.suppliers import touched_lines
from pipelines.demo.world import World
from pipelines.demo.writing.columns import (
    COUNT,
    DELIVERY,
    INVOICE,
    LEAD,
    PRODUCTION_ORDER,
    PURCHASE_ORDER,
    SALES_ORDER,
    TRANSFER_ORDER,
    coded,
    dates,
    line_ids,
    numbered,
)

# Column of the truth -> type of subject (codes of Choice.subjects).
_SUBJECT_COLUMNS = {
    "supplier_id": "supplier",
    "item_id": "item",
    "location_id": "place",
    "work_centre_id": "work_centre",
    "customer_id": "customer",
    "campaign_id": "campaign",
    "family": "family",
    "planner": "planner",
}
_DOCUMENT_SCHEMA = {"number": pl.Int64, "document_type": pl.String, "document_id": pl.String, "role": pl.String}
_SUBJECT_SCHEMA = {"number": pl.Int64, "subject_type": pl.String, "subject_id": pl.String}
_CONSEQUENCE_SCHEMA = {"number": pl.Int64, "measure": pl.String, "value": pl.Float64}
# The letter of a customer's invoice in its number: it has the number of the delivery that it bills.
_OF_DELIVERY = "D"


def truth_tables(world: World, incidents: Incidents) -> dict[str, pl.DataFrame]:
    """The truth as of the end of the last simulated day."""
    exposure = ExposureBook(world).today()
    rows: list[dict[str, object]] = []
    subjects: list[pl.DataFrame] = []
    costs: list[pl.DataFrame] = []
    documents: list[pl.DataFrame] = []
    for incident in incidents.begun:
        cost = consequences(world, exposure, incident)
        rows.append(_row(world, incident, sum(cost.values())))
        subjects.append(_subjects(world, incident))
        costs.append(
            pl.DataFrame(
                {"number": [incident.number] * len(cost), "measure": list(cost), "value": list(cost.values())},
                schema=_CONSEQUENCE_SCHEMA,
            )
        )
        documents.append(_documents(world, incident))
    return {
        "incidents": _incident_table(world, rows),
        "incident_subjects": pl.concat([pl.DataFrame(schema=_SUBJECT_SCHEMA), *subjects]),
        "incident_consequences": pl.concat([pl.DataFrame(schema=_CONSEQUENCE_SCHEMA), *costs]),
        "incident_documents": pl.concat([pl.DataFrame(schema=_DOCUMENT_SCHEMA), *documents]),
    }


def _row(world: World, incident: Incident, cost: float) -> dict[str, object]:
    choice = incident.choice
    told, told_zh = KINDS[incident.kind].told(world, incident)
    names = _names(world)
    subject = {
        column: str(names[kind][choice.subjects[kind][0]]) if choice.subjects.get(kind) else None
        for column, kind in _SUBJECT_COLUMNS.items()
    }
    return {
        "number": incident.number,
        "kind": incident.kind,
        "variant": choice.variant or None,
        "start_day": incident.start_day,
        "end_day": incident.end_day - 1 if incident.is_over else NEVER,
        **subject,
        "port": choice.port or None,
        "size": float(choice.size),
        "size_unit": KINDS[incident.kind].unit,
        "exposure_value": round(choice.exposure_value, 2),
        "floor_value": round(incident.floor_value, 2),
        "consequence_value": round(cost, 2),
        "sentence": told,
        "sentence_zh": told_zh,
    }


def _incident_table(world: World, rows: list[dict[str, object]]) -> pl.DataFrame:
    schema = {
        "number": pl.Int64,
        "kind": pl.String,
        "variant": pl.String,
        "start_day": pl.Int64,
        "end_day": pl.Int64,
        **dict.fromkeys(_SUBJECT_COLUMNS, pl.String),
        "port": pl.String,
        "size": pl.Float64,
        "size_unit": pl.String,
        **dict.fromkeys(("exposure_value", "floor_value", "consequence_value"), pl.Float64),
        "sentence": pl.String,
        "sentence_zh": pl.String,
    }
    table = pl.DataFrame(rows, schema=schema)
    first = ("number", "kind", "variant", "start_date", "end_date")
    return table.with_columns(
        dates(world.company.start_date, table["start_day"].to_numpy()).alias("start_date"),
        dates(world.company.start_date, table["end_day"].to_numpy()).alias("end_date"),
    ).select(*first, pl.exclude(*first, "start_day", "end_day"))


def _names(world: World) -> Mapping[str, tuple[str, ...]]:
    company = world.company
    return {
        "supplier": company.suppliers.ids,
        "item": company.items.ids,
        "successor": company.items.ids,
        "place": company.places.ids,
        "work_centre": company.work_centres.ids,
        "customer": company.customers.ids,
        "campaign": company.campaigns.ids,
        "family": company.families,
        "planner": company.planners,
    }


def _subjects(world: World, incident: Incident) -> pl.DataFrame:
    parts = [pl.DataFrame(schema=_SUBJECT_SCHEMA)]
    for kind, names in _names(world).items():
        ids = coded(names, incident.choice.codes(kind))
        parts.append(_listed(incident.number, kind, ids, _SUBJECT_SCHEMA))
    if incident.choice.port:
        parts.append(_listed(incident.number, "port", pl.Series([incident.choice.port]), _SUBJECT_SCHEMA))
    return pl.concat(parts)


def _listed(
    number: int, kind: str, ids: pl.Series, schema: Mapping[str, type[pl.DataType]], *more: str
) -> pl.DataFrame:
    """The ids with the incident's number, a type and further constants."""
    names = list(schema)
    constants = dict(zip(names[3:], more, strict=True))
    return pl.DataFrame(
        {names[0]: [number] * len(ids), names[1]: [kind] * len(ids), names[2]: ids}
        | {name: [value] * len(ids) for name, value in constants.items()},
        schema=dict(schema),
    )


def _documents(world: World, incident: Incident) -> pl.DataFrame:
    parts = [
        pl.DataFrame(schema=_DOCUMENT_SCHEMA),
        *_purchases(world, incident),
        *_orders(world, incident),
        *_sales(world, incident),
        *_of_customers(world, incident),
        *_of_stock(world, incident),
    ]
    return pl.concat(parts)


def _noted(incident: Incident, kind: str, ids: pl.Series, role: str) -> pl.DataFrame:
    return _listed(incident.number, kind, ids, _DOCUMENT_SCHEMA, role)


def _purchases(world: World, incident: Incident) -> list[pl.DataFrame]:
    lines, last = world.documents.purchase_lines, world.day
    rows = np.flatnonzero(lines["cause"] == incident.number)
    if incident.kind == "price_rise":
        end = incident.end_day if incident.is_over else last + 1
        rows = touched_lines(world, incident.choice.codes("source"), incident.start_day, end)
    done = np.minimum(lines["completed_day"][rows], last)
    rejected = (lines["rejected"][rows] > 0) & (incident.kind == "quality_excursion")
    late = (done > lines["first_confirmed_day"][rows]) & ~rejected
    return [
        _noted(
            incident, "purchase_order_line", line_ids(PURCHASE_ORDER, lines["order"][some], lines["line"][some]), role
        )
        for some, role in ((rows[rejected], "rejected"), (rows[late], "late"), (rows[~late & ~rejected], "touched"))
    ]


def _orders(world: World, incident: Incident) -> list[pl.DataFrame]:
    documents, last = world.documents, world.day
    orders, transfers = documents.production_orders, documents.transfers
    made = np.flatnonzero(orders["cause"] == incident.number)
    finished = np.where(np.isfinite(orders["finished_at"][made]), orders["finished_at"][made], NEVER)
    late = np.minimum(np.floor(finished), last) > orders["first_finish_day"][made]
    moved = np.flatnonzero(transfers["cause"] == incident.number)
    return [
        _noted(incident, "production_order", numbered(PRODUCTION_ORDER, made[late]), "late"),
        _noted(incident, "production_order", numbered(PRODUCTION_ORDER, made[~late]), "touched"),
        _noted(incident, "transfer_order_line", numbered(TRANSFER_ORDER, moved), "late"),
    ]


def _sales(world: World, incident: Incident) -> list[pl.DataFrame]:
    lines, deliveries = world.documents.sales_lines, world.documents.deliveries
    rows = late_lines(world, incident.number)
    lost = lines["cancelled"][rows] > 0

    def ids(some: Rows) -> pl.Series:
        return line_ids(SALES_ORDER, lines["order"][some], lines["line"][some])

    delayed = np.flatnonzero((deliveries["cause"] == incident.number) & (deliveries["shipped_at"] < world.day + 1))
    return [
        _noted(incident, "sales_order_line", ids(rows[~lost]), "late"),
        _noted(incident, "sales_order_line", ids(rows[lost]), "lost"),
        _noted(incident, "delivery", numbered(DELIVERY, delayed), "late"),
    ]


def _of_customers(world: World, incident: Incident) -> list[pl.DataFrame]:
    gone = np.flatnonzero((world.customer_left_cause == incident.number) & (world.customer_left_day <= world.day))
    parts = [_noted(incident, "customer", coded(world.company.customers.ids, gone), "lost")]
    if incident.kind == "debtor_stop":
        _, deliveries = unpaid_lines(world, incident)
        parts.append(_noted(incident, "invoice", numbered(INVOICE + _OF_DELIVERY, deliveries), "unpaid"))
    if incident.kind == "campaign_flop":
        leads = world.documents.leads
        end = incident.end_day if incident.is_over else world.day + 1
        mine = np.isin(leads["campaign"], incident.choice.codes("campaign"))
        mine &= (leads["created_at"] >= incident.start_day) & (leads["created_at"] < end)
        parts.append(_noted(incident, "lead", numbered(LEAD, np.flatnonzero(mine)), "touched"))
    return parts


def _of_stock(world: World, incident: Incident) -> list[pl.DataFrame]:
    items = incident.choice.codes("item")
    left = items[excess_stock(world, incident) > 0]
    parts = [_noted(incident, "item", coded(world.company.items.ids, left), "left_over")]
    if incident.kind == "phantom_stock":
        counts = world.documents.counts
        found = (counts["item"] == items[0]) & (counts["place"] == incident.choice.codes("place")[0])
        found &= (counts["at"] >= incident.start_day) & (counts["counted"] < counts["book"])
        rows = counts.first + np.flatnonzero(found)[:1]
        parts.append(_noted(incident, "stock_count", numbered(COUNT, rows), "found"))
    return parts
