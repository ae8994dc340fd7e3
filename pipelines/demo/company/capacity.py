"""Routings and work centres, with as many machines as the expected load asks for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from pipelines.demo.company.calendars import ONE_SHIFT, TWO_SHIFTS
from pipelines.demo.company.company import Codes, Flags, Floats, Items, Operations, WorkCentres
from pipelines.demo.company.draft import Draft, DraftOperation
from pipelines.demo.company.item_table import demand_level, season_level
from pipelines.demo.company.network import PLACE_IDS
from pipelines.demo.company.structure import Network, explode
from pipelines.demo.luck import Luck

# key: name, place, calendar, cost per hour, breakdowns a week and unit, hours of repair, bottleneck
CENTRES = {
    "MACH": ("Machining 机加工", "P2", TWO_SHIFTS, 138.0, 0.26, 6.0, False),
    "WELD": ("Frame welding 车架焊接", "P2", TWO_SHIFTS, 104.0, 0.22, 4.0, True),
    "WIND": ("Motor winding 电机绕线", "P2", TWO_SHIFTS, 96.0, 0.30, 5.0, False),
    "SMT": ("Electronics line 贴片线", "P2", TWO_SHIFTS, 210.0, 0.36, 4.0, False),
    "HARN": ("Harness and controllers 线束与控制器", "P2", TWO_SHIFTS, 68.0, 0.10, 2.0, False),
    "BATT": ("Battery assembly 电池装配", "P2", TWO_SHIFTS, 92.0, 0.20, 5.0, False),
    "DRIVE": ("Drive assembly 电驱装配", "P2", TWO_SHIFTS, 88.0, 0.16, 4.0, True),
    "EOL": ("Test benches 下线测试", "P2", TWO_SHIFTS, 110.0, 0.24, 7.0, False),
    "WHEEL": ("Wheel building 编轮", "P1", TWO_SHIFTS, 66.0, 0.18, 3.0, False),
    "SUBA": ("Sub-assembly 部装", "P1", ONE_SHIFT, 62.0, 0.10, 2.0, False),
    "ASMB": ("E-bike assembly line 电助力车总装线", "P1", TWO_SHIFTS, 78.0, 0.20, 3.0, True),
    "ASMS": ("Scooter assembly line 滑板车总装线", "P1", TWO_SHIFTS, 74.0, 0.20, 3.0, False),
    "TEST": ("Final test 终检", "P1", TWO_SHIFTS, 72.0, 0.12, 2.5, False),
    "PACK": ("Packing 包装", "P1", TWO_SHIFTS, 58.0, 0.12, 2.0, False),
}
# In a small company one work centre does the work of two.
MERGED = {"WIND": "MACH", "HARN": "SMT", "BATT": "DRIVE", "EOL": "DRIVE", "SUBA": "WHEEL", "ASMS": "ASMB"}
WORKING_DAYS_A_WEEK = 240 / 365 * 7
LOTS_A_WEEK = 0.35
"""Expected lots of an item in a week at market 1.0, for the set-ups in the load."""
REVIEWED_WEEKS = np.arange(0, 157, 4)
"""Weeks whose load the company was laid out for."""


def draw_operations(luck: Luck, draft: Draft, network: Network) -> tuple[Operations, list[str]]:
    """Routings of all made nodes, and the work centre of each operation by name."""
    merged = draft.catalogue < 0.5
    drawn: list[tuple[int, DraftOperation]] = []
    for operation in draft.operations:
        place = PLACE_IDS.index(draft.items[operation.item].made_at)
        drawn.append((network.node_of[operation.item, place], operation))
    drawn.sort(key=lambda pair: (pair[0], pair[1].sequence))
    names = [MERGED.get(each.work_centre, each.work_centre) if merged else each.work_centre for _, each in drawn]
    centres = _centre_names(names)
    items = np.array([each.item for _, each in drawn])
    sequence = np.array([each.sequence for _, each in drawn])
    inspected = np.array([each.is_inspection for _, each in drawn])
    true = luck.lognormal(0.06, "true hours", items, sequence)
    defects = 0.004 * luck.lognormal(0.6, "operation defects", items, sequence) * np.where(inspected, 1.8, 1.0)
    return (
        Operations(
            node=np.array([node for node, _ in drawn], dtype=np.int32),
            sequence=sequence.astype(np.int32),
            work_centre=np.array([centres.index(name) for name in names], dtype=np.int32),
            setup_hours=np.array([each.setup_hours for _, each in drawn]),
            run_hours=np.array([each.run_hours for _, each in drawn]),
            true_hours=np.round(true, 4),
            queue_days=np.round(0.3 + 1.1 * luck.uniform("queue days", items, sequence), 1),
            defect_rate=np.minimum(np.round(defects, 5), 0.04),
            rework_rate=np.round(1.5 * defects * luck.uniform("rework", items, sequence), 5),
            is_inspection=inspected,
            names=tuple(each.name for _, each in drawn),
            operation_id=tuple(f"B-{draft.items[each.item].item_id}-OP{each.sequence}" for _, each in drawn),
        ),
        centres,
    )


def _centre_names(used: Sequence[str]) -> list[str]:
    return [name for name in CENTRES if name in set(used)]


def weekly_hours(
    items: Items, network: Network, operations: Operations, demand: Floats, start_date: date, market: float, count: int
) -> Floats:
    """(reviewed week, work centre): true hours that demand asks for, set-ups, scrap and rework included.

    `demand`: (node) units a week that customers take in the first year.
    """
    days = REVIEWED_WEEKS * 7
    level = (demand_level(items, days) * season_level(items, days, start_date))[:, network.item]
    passed = explode(network, demand * level)[:, operations.node]
    lost = (1.0 + operations.rework_rate) / (1.0 - operations.defect_rate)
    lots = LOTS_A_WEEK * max(1.0, market) * np.minimum(1.0, passed / 2.0)
    hours = (passed * operations.run_hours * lost + lots * operations.setup_hours) * operations.true_hours
    total = np.zeros((days.size, count))
    np.add.at(total.T, operations.work_centre, hours.T)
    return total


def peak_hours(hours: Floats) -> Floats:
    """The busiest eight weeks of each work centre."""
    peak: Floats = ((hours[1:] + hours[:-1]) / 2).max(axis=0)
    return peak


def draw_work_centres(luck: Luck, centres: Sequence[str], peak: Floats, market: float) -> WorkCentres:
    """So many units that the busiest weeks fill 82–90 % of the capacity, a bottleneck 90–93 %."""
    rows = [CENTRES[name] for name in centres]
    numbers = np.arange(len(rows))
    bottleneck = np.array([row[6] for row in rows])
    is_two_shifts = np.array([row[2] == TWO_SHIFTS for row in rows])
    efficiency = np.round(0.95 + 0.05 * luck.uniform("efficiency", numbers), 3)
    wobble = luck.uniform("target load", numbers)
    target = np.where(bottleneck, 0.90 + 0.03 * wobble, 0.82 + 0.08 * wobble)
    share = min(market, 1.0) / market
    needed = peak * share / (target * efficiency * WORKING_DAYS_A_WEEK)
    units, hours = _units(needed, is_two_shifts)
    return WorkCentres(
        ids=tuple(f"WC-{name}" for name in centres),
        names=tuple(row[0] for row in rows),
        place=np.array([PLACE_IDS.index(row[1]) for row in rows], dtype=np.int32),
        calendar=np.where(is_two_shifts, TWO_SHIFTS, ONE_SHIFT).astype(np.int32),
        units=np.rint(units * max(1.0, market)).astype(np.int32),
        hours_per_unit=hours,
        efficiency=efficiency,
        cost_per_hour=np.array([row[3] for row in rows]),
        breakdowns_per_week=np.array([row[4] for row in rows]),
        repair_hours=np.array([row[5] for row in rows]),
        is_bottleneck=bottleneck,
    )


def _units(needed: Floats, is_two_shifts: Flags) -> tuple[Codes, Floats]:
    """Whole machines in full shifts where that comes near to the hours a day that are needed; else part of a shift."""
    full = np.where(is_two_shifts, 16.0, 8.0)
    units = np.maximum(1, np.ceil(needed / full - 0.03))
    fitted = np.round(needed / units, 1)
    hours = np.where(np.abs(units * full / needed - 1.0) < 0.03, full, np.minimum(fitted, full))
    return units.astype(np.int32), hours
