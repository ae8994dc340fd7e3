"""Production orders with components and operations, reports and states of work centres as canonical tables."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.arrays import laid_out
from pipelines.demo.documents import CANCELLED, CLOSED, COMPLETED, CONFIRMED, ORDER_STATUSES
from pipelines.demo.records import Columns
from pipelines.demo.world import World
from pipelines.demo.writing.columns import (
    PRODUCTION_ORDER,
    REPORT,
    WORK_ORDER,
    coded,
    dates,
    instants,
    numbered,
)
from pipelines.demo.writing.sales import sales_line_ids

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
WORK_ORDER_STATUSES = ("waiting", "ready", "in_progress", "completed", "cancelled")
SCRAP_REASONS = (
    "wrong dimension 尺寸超差",
    "weld crack 焊缝开裂",
    "scratched surface 表面划伤",
    "failed test 测试不合格",
    "material flaw 材料缺陷",
    "wrong part fitted 装错零件",
)
# An operation that took longer than so many hours is reported twice.
_LONG_OPERATION_HOURS = 6.0
STATES = ("planned_downtime", "setup", "production", "breakdown", "production", "idle")
_BREAKDOWN_REASONS = ("tool broken 刀具损坏", "drive fault 驱动故障", "sensor fault 传感器故障", "hydraulics 液压故障")
_PLANNED_REASON = "short of people or maintenance 人员不足或保养"


def production_order_tables(world: World, start: int, end: int, bom_ids: tuple[str, ...]) -> dict[str, pl.DataFrame]:
    """production_orders of some rows. `bom_ids` by item, empty for what has no bill."""
    company, start_date, day = world.company, world.company.start_date, world.day
    orders = world.documents.production_orders.slice(start, end)
    status = orders["status"].astype(np.int64)
    bills = np.array([bool(bom) for bom in bom_ids])[orders["item"]]
    return {
        "production_orders": pl.DataFrame(
            {
                "production_order_id": numbered(PRODUCTION_ORDER, np.arange(start, start + status.size)),
                "item_id": coded(company.items.ids, orders["item"]),
                "location_id": coded(company.places.ids, orders["place"]),
                "bom_id": coded(bom_ids, np.where(bills, orders["item"], -1)),
                "ordered_quantity": orders["quantity"],
                "completed_quantity": orders["completed"],
                "scrapped_quantity": orders["scrapped"],
                "order_status": coded(ORDER_STATUSES, status),
                "created_at": instants(start_date, orders["created_at"], day),
                "planned_start_date": dates(start_date, orders["planned_start_day"]),
                "planned_finish_date": dates(start_date, orders["planned_finish_day"]),
                "started_at": instants(start_date, orders["started_at"], day),
                "finished_at": instants(start_date, orders["finished_at"], day),
                "sales_order_line_id": sales_line_ids(world, orders["sales_line"]),
                "priority": orders["priority"].astype(np.int32),
                "is_firm": status >= CONFIRMED,
                "is_subcontract": orders["is_subcontract"] == 1,
            }
        )
    }


def component_tables(world: World, start: int, end: int) -> dict[str, pl.DataFrame]:
    """production_order_components of some rows."""
    company, documents = world.company, world.documents
    components = documents.order_components.slice(start, end)
    order = components["order"].astype(np.int64)
    return {
        "production_order_components": pl.DataFrame(
            {
                "production_order_id": numbered(PRODUCTION_ORDER, order),
                "component_line": components["line"].astype(np.int32),
                "item_id": coded(company.items.ids, components["item"]),
                "required_quantity": components["required"],
                "issued_quantity": components["issued"],
                "required_date": dates(company.start_date, components["required_day"]),
                "location_id": coded(company.places.ids, documents.production_orders["place"][order]),
            }
        )
    }


def work_order_tables(world: World, start: int, end: int) -> dict[str, pl.DataFrame]:
    """work_orders and operation_reports of some rows."""
    company, documents, day = world.company, world.documents, world.day
    table = documents.work_orders.slice(start, end)
    order, operation = table["order"].astype(np.int64), table["operation"].astype(np.int64)
    finished, started = table["finished_at"] < day + 1, table["started_at"] < day + 1
    ready = table["ready_at"] < day + 1
    over = np.isin(documents.production_orders["status"][order], (COMPLETED, CLOSED, CANCELLED))
    status = np.where(finished, 3, np.where(over, 4, np.where(started, 2, np.where(ready, 1, 0))))

    def counted(column: str) -> pl.Series:
        return pl.Series(table[column]).set(pl.Series(~finished), None)

    work_order_id = numbered(WORK_ORDER, np.arange(start, start + order.size))
    work_orders = pl.DataFrame(
        {
            "work_order_id": work_order_id,
            "production_order_id": numbered(PRODUCTION_ORDER, order),
            "sequence": company.operations.sequence[operation].astype(np.int32),
            "operation_id": coded(company.operations.operation_id, operation),
            "work_centre_id": coded(company.work_centres.ids, table["work_centre"]),
            "work_order_status": coded(WORK_ORDER_STATUSES, status),
            "planned_start_at": instants(company.start_date, table["planned_start_at"], day + 10_000),
            "planned_finish_at": instants(company.start_date, table["planned_finish_at"], day + 10_000),
            "started_at": instants(company.start_date, table["started_at"], day),
            "finished_at": instants(company.start_date, table["finished_at"], day),
            "planned_hours": table["planned_hours"],
            "actual_hours": pl.Series(np.round(table["done_hours"], 3)).set(pl.Series(~started), None),
            "setup_hours": np.round(table["setup_hours"], 3),
            "good_quantity": counted("good"),
            "scrap_quantity": counted("scrap"),
            "rework_quantity": counted("rework"),
        }
    )
    done = np.flatnonzero(finished)
    reports = _reports(world, {name: column[done] for name, column in table.items()}, work_order_id.gather(done))
    return {"work_orders": work_orders, "operation_reports": reports}


def _reports(world: World, table: Columns, work_order_id: pl.Series) -> pl.DataFrame:
    """One report of each finished operation; two of a long one, both on the day on which it ends."""
    company, luck = world.company, world.luck
    count = work_order_id.len()
    operation, centre = table["operation"].astype(np.int64), table["work_centre"].astype(np.int64)
    key = world.documents.production_orders["key"][table["order"]]
    twice = (table["done_hours"] > _LONG_OPERATION_HOURS) & (table["good"] >= 2)
    share = np.where(twice, 0.35 + 0.3 * luck.uniform("report share", key, operation), 1.0)
    first_good = np.where(twice, np.floor(table["good"] * share), table["good"])
    ends = table["finished_at"]
    midway = np.maximum((np.floor(ends) + ends) / 2, np.minimum(table["started_at"], ends - 0.001))
    row = np.concatenate([np.arange(count), np.flatnonzero(twice)])
    is_second = np.arange(row.size) >= count
    order = np.lexsort((is_second, row))
    row, is_second = row[order], is_second[order]
    split = twice[row]
    # Scrap and rework are counted at the end.
    is_last = is_second | ~split
    part = np.where(split, np.where(is_second, 1.0 - share[row], share[row]), 1.0)
    hours = table["done_hours"][row] * part
    scrap = np.where(is_last, table["scrap"][row], 0.0)
    usual = luck.integers(len(SCRAP_REASONS), "usual scrap", operation[row])
    other = luck.integers(len(SCRAP_REASONS), "scrap reason", key[row], operation[row])
    rare = luck.chance(0.35, "unusual scrap", key[row], operation[row])
    crew = 1.0 + luck.integers(3, "crew", centre[row])
    operator = 1 + 7 * centre[row] + luck.integers(7, "operator", key[row], operation[row], is_second)
    good = np.where(is_second, table["good"][row] - first_good[row], first_good[row])
    return pl.DataFrame(
        {
            "report_id": pl.select(
                pl.concat_str(
                    pl.lit(REPORT), work_order_id.gather(row), pl.lit("-"), pl.Series(is_second + 1).cast(pl.String)
                )
            ).to_series(),
            "work_order_id": work_order_id.gather(row),
            "reported_at": instants(company.start_date, np.where(is_last, ends[row], midway[row]), world.day),
            "good_quantity": np.round(good, 3),
            "scrap_quantity": scrap,
            "rework_quantity": np.where(is_last, table["rework"][row], 0.0),
            "labour_hours": np.round(hours * crew, 3),
            "machine_hours": np.round(hours, 3),
            "scrap_reason": coded(SCRAP_REASONS, np.where(scrap > 0, np.where(rare, other, usual), -1)),
            "operator": pl.select(
                pl.concat_str(pl.lit("OP"), pl.Series(operator).cast(pl.String).str.zfill(3))
            ).to_series(),
        }
    )


def work_centre_state_tables(world: World, first: int, columns: Columns) -> dict[str, pl.DataFrame]:
    """work_centre_states of a chunk of work centre days: what each unit of a centre did, one state after the other.

    Hours are those of the clock: a centre with an efficiency of 0.9 takes 10 hours for 9. A breakdown stops as few
    units as possible; the rest is shared out evenly.
    """
    company = world.company
    centres = company.work_centres
    centre = columns["work_centre"].astype(np.int64)
    units = centres.units[centre].astype(np.int64)
    row, unit = laid_out(np.zeros(centre.size, dtype=np.int64), units)
    lengths = np.stack(_unit_hours(world, columns, row, unit), axis=1)
    ends = np.cumsum(lengths, axis=1)
    starts = ends - lengths
    which, state = np.nonzero(np.round(lengths * 3600) >= 1)
    day = columns["day"][row[which]]
    begins, stops = day + starts[which, state] / 24, day + ends[which, state] / 24
    is_down = state == STATES.index("breakdown")
    fault = world.luck.integers(len(_BREAKDOWN_REASONS), "fault", centre[row[which]], day)
    reason = np.where(is_down, fault, np.where(state == 0, len(_BREAKDOWN_REASONS), -1))
    ids = coded(centres.ids, centre[row[which]])
    unit_text = pl.Series(unit[which] + 1).cast(pl.String)
    days = pl.Series(first + row[which] + 1).cast(pl.String).str.zfill(6)
    table = pl.DataFrame(
        {
            "state_id": pl.select(
                pl.concat_str(
                    pl.lit("WS"), days, pl.lit("-"), unit_text, pl.lit("-"), pl.Series(state + 1).cast(pl.String)
                )
            ).to_series(),
            "work_centre_id": ids,
            "work_unit": pl.select(pl.concat_str(ids, pl.lit("-"), unit_text)).to_series(),
            "started_at": instants(company.start_date, begins, world.day),
            "ended_at": instants(company.start_date, stops, world.day),
            "state": coded(STATES, state),
            "reason": coded((*_BREAKDOWN_REASONS, _PLANNED_REASON), reason),
        }
    )
    return {"work_centre_states": table}


def _unit_hours(world: World, columns: Columns, row: Codes, unit: Codes) -> tuple[Floats, ...]:
    """Clock hours of each unit in each of STATES."""
    centres = world.company.work_centres
    centre = columns["work_centre"].astype(np.int64)
    units, shift = centres.units[centre], centres.hours_per_unit[centre]
    efficiency = centres.efficiency[centre]
    # The unit that breaks down first changes from day to day.
    turn = world.luck.integers(units, "faulty unit", centre, columns["day"])
    place = np.mod(unit - turn[row], units[row])
    planned = np.clip(shift - columns["available_hours"] / units, 0.0, shift)[row]
    room = shift[row] - planned
    down = np.clip(columns["breakdown_hours"][row] - place * room, 0.0, room)
    room = room - down
    whole_room = np.bincount(row, room, centre.size)
    share = np.where(whole_room[row] > 0, room / np.maximum(whole_room[row], 1e-9), 0.0)
    setup = columns["setup_hours"] / efficiency
    work = columns["production_hours"] / efficiency
    # What was noted never exceeds the shift, but for rounding.
    full = np.minimum(whole_room / np.maximum(setup + work, 1e-9), 1.0)
    setup, work = (setup * full)[row] * share, (work * full)[row] * share
    before = np.where(down > 0, 0.4 * work, work)
    idle = np.maximum(shift[row] - planned - setup - work - down, 0.0)
    return planned, setup, before, down, work - before, idle
