"""Inspections of what came in and of what was made, with the measurements behind some of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.records import Columns
from pipelines.demo.world import World
from pipelines.demo.writing.columns import (
    INSPECTION,
    LOT,
    PRODUCTION_ORDER,
    coded,
    instants,
    numbered,
)
from pipelines.demo.writing.purchasing import purchase_line_ids

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
INCOMING, IN_PROCESS, FINAL = range(3)
INSPECTION_TYPES = ("incoming", "in_process", "final")
INSPECTION_OF_RECEIPT, INSPECTION_OF_OPERATION = f"{INSPECTION}R", f"{INSPECTION}W"
ACCEPT, REWORK, RETURN, SCRAP = range(4)
DISPOSITIONS = ("accept", "rework", "return", "scrap")
DEFECTS = (
    "D01 dimension 尺寸",
    "D02 surface 表面",
    "D03 function 功能",
    "D04 material 材料",
    "D05 packaging 包装",
    "D06 marking 标识",
)
# Name, usual target, share of the target that the limits allow to either side.
CHARACTERISTICS = (
    ("diameter mm 直径", 22.0, 0.006),
    ("length mm 长度", 180.0, 0.004),
    ("weight g 重量", 340.0, 0.03),
    ("hardness HRC 硬度", 42.0, 0.06),
    ("torque Nm 扭矩", 35.0, 0.05),
    ("resistance mΩ 内阻", 18.0, 0.10),
    ("voltage V 电压", 3.65, 0.015),
)
_CELL_CHARACTERISTICS = (5, 6)
_MEASURED_SHARE = 0.25
_SAMPLES = 5
# The limits are so many standard deviations from the target while a process is in order.
_LIMIT_SIGMAS = 4.0


def incoming_inspection_tables(world: World, first: int, columns: Columns) -> dict[str, pl.DataFrame]:
    """Inspections of a chunk of receipts: the decision covers all that came, on the day on which it came."""
    documents, company = world.documents, world.company
    looked = np.flatnonzero(columns["sample"] > 0)
    rows = {name: column[looked] for name, column in columns.items()}
    at = np.minimum(rows["at"] + 0.08, np.floor(rows["at"]) + 0.98)
    source = rows["source"].astype(np.int64)
    rejected = rows["rejected"]
    day = np.floor(rows["at"]).astype(np.int64)
    usual = world.luck.integers(len(DEFECTS), "usual defect", source)
    other = world.luck.integers(len(DEFECTS), "defect", source, rows["item"], day)
    rare = world.luck.chance(0.3, "unusual defect", source, rows["item"], day)
    inspections = _inspection_table(
        world,
        inspection_id=numbered(INSPECTION_OF_RECEIPT, first + looked),
        kind=np.full(looked.size, INCOMING),
        item=rows["item"].astype(np.int64),
        at=at,
        inspected=rows["received"],
        rejected=rejected,
        supplier=company.sources.supplier[source].astype(np.int64),
        purchase_line=purchase_line_ids(world, rows["purchase_line"]),
        production_order=documents.purchase_lines["production_order"][rows["purchase_line"]].astype(np.int64),
        lot=rows["lot"].astype(np.int64),
        defect=np.where(rejected > 0, np.where(rare, other, usual), -1),
        disposition=np.where(rejected > 0, RETURN, ACCEPT),
    )
    key = source * 8192 + day
    return {
        "quality_inspections": inspections,
        "inspection_measurements": _measurements(world, inspections, rows["item"].astype(np.int64), key),
    }


def operation_inspection_tables(world: World, start: int, end: int) -> dict[str, pl.DataFrame]:
    """Inspections of those of the work orders start … end − 1 that inspect and are finished."""
    documents, operations = world.documents, world.company.operations
    table = documents.work_orders.slice(start, end)
    done = np.flatnonzero((table["finished_at"] < world.day + 1) & operations.is_inspection[table["operation"]])
    rows = {name: column[done] for name, column in table.items()}
    order, operation = rows["order"].astype(np.int64), rows["operation"].astype(np.int64)
    orders = documents.production_orders
    item, key = orders["item"][order].astype(np.int64), orders["key"][order]
    is_last = done + start + 1 == orders["first_work_order"][order] + orders["work_orders"][order]
    scrap, rework = rows["scrap"], rows["rework"]
    rejected = np.minimum(scrap + rework, rows["input"])
    inspections = _inspection_table(
        world,
        inspection_id=numbered(INSPECTION_OF_OPERATION, done + start),
        kind=np.where(is_last, FINAL, IN_PROCESS),
        item=item,
        at=rows["finished_at"],
        inspected=rows["input"],
        rejected=rejected,
        supplier=np.full(done.size, -1),
        purchase_line=pl.Series([None], dtype=pl.String).new_from_index(0, done.size),
        production_order=order,
        lot=np.where(is_last, orders["lot"][order], -1).astype(np.int64),
        defect=np.where(rejected > 0, world.luck.integers(len(DEFECTS) - 2, "made defect", key, operation), -1),
        disposition=np.where(rejected > 0, np.where(rework >= scrap, REWORK, SCRAP), ACCEPT),
    )
    return {
        "quality_inspections": inspections,
        "inspection_measurements": _measurements(world, inspections, item, key * 1024 + operation),
    }


def _inspection_table(
    world: World,
    *,
    inspection_id: pl.Series,
    kind: Codes,
    item: Codes,
    at: Floats,
    inspected: Floats,
    rejected: Floats,
    supplier: Codes,
    purchase_line: pl.Series,
    production_order: Codes,
    lot: Codes,
    defect: Codes,
    disposition: Codes,
) -> pl.DataFrame:
    company = world.company
    return pl.DataFrame(
        {
            "inspection_id": inspection_id,
            "inspection_type": coded(INSPECTION_TYPES, kind),
            "item_id": coded(company.items.ids, item),
            "inspected_at": instants(company.start_date, at, world.day),
            "inspected_quantity": inspected,
            "accepted_quantity": np.round(inspected - rejected, 3),
            "rejected_quantity": rejected,
            "supplier_id": coded(company.suppliers.ids, supplier),
            "purchase_order_line_id": purchase_line,
            "production_order_id": numbered(PRODUCTION_ORDER, production_order),
            "lot_id": numbered(LOT, lot),
            "defect_code": coded(DEFECTS, defect),
            "disposition": coded(DISPOSITIONS, disposition),
        }
    )


def _measurements(world: World, inspections: pl.DataFrame, item: Codes, key: Codes) -> pl.DataFrame:
    """A few pieces of some items are measured. Where many are rejected the process has shifted towards a limit."""
    luck, lots = world.luck, world.company.items.is_lot_tracked
    measured = np.flatnonzero(lots[item] | luck.chance(_MEASURED_SHARE, "measured", item))
    row = np.repeat(measured, _SAMPLES)
    sample = np.tile(np.arange(1, _SAMPLES + 1), measured.size)
    code = luck.integers(len(CHARACTERISTICS) - len(_CELL_CHARACTERISTICS), "characteristic", item[row])
    cell_code = luck.integers(len(_CELL_CHARACTERISTICS), "cell characteristic", item[row])
    of_cell = np.array(_CELL_CHARACTERISTICS)[cell_code]
    code = np.where(lots[item[row]], of_cell, code)
    usual, width = (np.array([each[column] for each in CHARACTERISTICS], dtype=np.float64)[code] for column in (1, 2))
    target = np.round(usual * (0.6 + 0.8 * luck.uniform("target", item[row])), 2)
    limit = np.round(target * width, 3)
    inspected = inspections["inspected_quantity"].to_numpy()[row]
    share = inspections["rejected_quantity"].to_numpy()[row] / np.maximum(inspected, 1e-9)
    shift = np.minimum(40.0 * share, 3.2) * np.where(luck.chance(0.5, "side", item[row]), 1.0, -1.0)
    spread = 1.0 + np.minimum(8.0 * share, 0.6)
    deviation = luck.normal("measured value", key[row], item[row], sample) * spread + shift
    return pl.DataFrame(
        {
            "inspection_id": inspections["inspection_id"].gather(row),
            "characteristic": coded([each[0] for each in CHARACTERISTICS], code),
            "sample": sample.astype(np.int32),
            "measured_value": np.round(target + deviation * limit / _LIMIT_SIGMAS, 4),
            "target_value": target,
            "lower_limit": np.round(target - limit, 4),
            "upper_limit": np.round(target + limit, 4),
        }
    )
