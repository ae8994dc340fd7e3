"""Master data about items: the catalogue, categories, units and costs."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.demo.company.company import ITEM_TYPES, NEVER, Flags, Floats
from pipelines.demo.company.costs import conversion_index
from pipelines.demo.company.frames import dates, flags, named, numbers, text, whole
from pipelines.demo.company.item_table import RAMP_DAYS
from pipelines.demo.company.kinds import KINDS
from pipelines.demo.company.master_view import MasterView
from pipelines.demo.company.models import FAMILY_CATEGORIES
from pipelines.demo.company.words import TRADES

LABOUR_SHARE = 0.45
"""Of the cost of an hour; the rest is overhead."""
TOPS = (
    ("CAT-M", "Semi-finished goods", "半成品"),
    ("CAT-C", "Components", "零部件"),
    ("CAT-R", "Raw materials", "原材料"),
    ("CAT-K", "Packaging", "包装材料"),
)
RANGES = {
    "A": ("Standard range", "标准系列"),
    "B": ("Premium range", "高端系列"),
    "F": ("Fleet variants", "车队版"),
}
ASSEMBLIES = {
    "EB": ("Controller boards", "控制器电路板"),
    "EM": ("Battery boards", "电池管理板"),
    "ED": ("Display boards", "显示电路板"),
    "DP": ("Display units", "显示单元"),
    "CT": ("Drive controllers", "驱动控制器"),
    "CH": ("Hub motor controllers", "轮毂电机控制器"),
    "MM": ("Mid motors", "中置电机"),
    "MH": ("Hub motors", "轮毂电机"),
    "ST": ("Stators", "定子"),
    "RO": ("Rotors", "转子"),
    "HO": ("Machined housings", "机加壳体"),
    "SH": ("Machined shafts", "机加轴"),
    "BM": ("Battery modules", "电池模组"),
    "BP": ("Battery packs", "电池包"),
    "BS": ("Scooter battery packs", "滑板车电池包"),
    "WH": ("Wiring harnesses", "线束"),
    "FW": ("Welded frames", "焊接车架"),
    "FP": ("Painted frames", "喷涂车架"),
    "WF": ("Front wheels", "前轮"),
    "WR": ("Rear wheels", "后轮"),
    "WS": ("Scooter wheels", "滑板车轮"),
    "HB": ("Handlebar assemblies", "车把总成"),
    "HS": ("Scooter handlebars", "滑板车把总成"),
    "FK": ("Fastening kits", "紧固件包"),
    "MK": ("Motor screw kits", "电机螺钉包"),
    "CK": ("Cable kits", "线缆包"),
}
# Kind of item: unit of purchase, pieces (or metres, kilograms) in it.
PURCHASE_UNITS = {
    "C-SCR": ("BOX", 500.0),
    "C-NUT": ("BOX", 1000.0),
    "C-WSH": ("BOX", 2000.0),
    "C-TIE": ("BOX", 1000.0),
    "C-CEL": ("TRAY", 100.0),
    "C-CAP": ("REEL", 4000.0),
    "C-MOS": ("REEL", 1000.0),
    "R-CBL": ("SPOOL", 500.0),
    "R-CUW": ("SPOOL", 25.0),
    "R-PNT": ("DRUM", 20.0),
}


def item_tables(view: MasterView) -> dict[str, pl.DataFrame]:
    """items, item_categories, uom_conversions, item_costs."""
    return {
        "items": _items(view),
        "item_categories": _categories(view),
        "uom_conversions": _conversions(view),
        "item_costs": _costs(view),
    }


def _items(view: MasterView) -> pl.DataFrame:
    company, items = view.company, view.company.items
    rows = np.flatnonzero(view.known)
    period = max(int(np.searchsorted(items.cost_from_day, view.day, side="right")) - 1, 0)
    until = items.sold_until_day[rows]
    begun, successor = view.introduced[rows], items.replaced_by[rows]
    status = np.select(
        [view.day >= until, view.day >= until - RAMP_DAYS, view.day < begun + RAMP_DAYS],
        ["obsolete", "phase_out", "phase_in"],
        "active",
    )
    has_price = items.list_price[rows] > 0
    knows_successor = (successor >= 0) & view.known[np.maximum(successor, 0)]
    return pl.DataFrame(
        {
            "item_id": named(items.ids, rows),
            "item_name": named(items.names, rows),
            "item_name_zh": named(items.names_zh, rows),
            "category_id": named(items.category_id, rows),
            "item_type": named(ITEM_TYPES, items.item_type[rows]),
            "base_uom": named(items.base_uom, rows),
            "standard_cost": numbers(items.standard_cost[period, rows]),
            "list_price": numbers(items.list_price[rows], has_price),
            "lifecycle_status": text(status.tolist()),
            "introduced_date": dates(company, begun),
            "replaced_by_item_id": named(items.ids, np.where(knows_successor, successor, -1)),
            "is_lot_tracked": flags(items.is_lot_tracked[rows]),
            "shelf_life_days": whole(items.shelf_life_days[rows], items.shelf_life_days[rows] > 0),
        }
    )


def _categories(view: MasterView) -> pl.DataFrame:
    company = view.company
    used = sorted(set(company.items.category_id))
    rows = [
        (code, name, name_zh, "")
        for code, name, name_zh in zip(FAMILY_CATEGORIES, company.families, company.families_zh, strict=True)
    ]
    rows += [(code, name, name_zh, "") for code, name, name_zh in TOPS]
    for category in used:
        parent, _, leaf = category.rpartition("-")
        rows.append((category, *_category_name(leaf), parent))
    ids, names, names_zh, parents = zip(*rows, strict=True)
    return pl.DataFrame(
        {
            "category_id": text(ids),
            "category_name": text(names),
            "category_name_zh": text(names_zh),
            "parent_category_id": text(parents),
        }
    )


def _category_name(leaf: str) -> tuple[str, str]:
    if leaf == "SCRAP":
        return "Scrap for sale", "可售废料"
    return RANGES.get(leaf) or ASSEMBLIES.get(leaf) or TRADES[leaf.lower()]


def _conversions(view: MasterView) -> pl.DataFrame:
    items = view.company.items
    rows = [("*", "G", "KG", 0.001), ("*", "MM", "M", 0.001), ("*", "EA", "PCS", 1.0)]
    for code in np.flatnonzero(view.known).tolist():
        unit = PURCHASE_UNITS.get(items.ids[code][:5])
        if unit is not None and items.ids[code][:5] in KINDS:
            rows.append((items.ids[code], unit[0], items.base_uom[code], unit[1]))
    ids, units, bases, factors = zip(*rows, strict=True)
    return pl.DataFrame({"item_id": text(ids), "uom": text(units), "base_uom": text(bases), "factor": numbers(factors)})


def _costs(view: MasterView) -> pl.DataFrame:
    """One row for each item and cost period in which it was in the books."""
    company, items = view.company, view.company.items
    begins = items.cost_from_day
    ends = np.append(begins[1:], NEVER)
    held: Flags = (begins[:, None] <= view.day) & (ends[:, None] > view.known_from) & view.known
    item, period = np.nonzero(held.T)
    conversion = _conversion(view)[period, item]
    cost = items.standard_cost[period, item]
    labour = np.round(conversion * LABOUR_SHARE, 4)
    overhead = np.round(conversion - labour, 4)
    return pl.DataFrame(
        {
            "item_id": named(items.ids, item),
            "valid_from_date": dates(company, np.maximum(begins[period], view.known_from[item])),
            "standard_cost": numbers(cost),
            "material_cost": numbers(np.round(cost - labour - overhead, 4)),
            "labour_cost": numbers(labour),
            "overhead_cost": numbers(overhead),
        }
    )


def _conversion(view: MasterView) -> Floats:
    """(period, item): hours × cost per hour of the item's own routing, as it was when the costs were made."""
    company = view.company
    operations = company.operations
    hourly = operations.run_hours * company.work_centres.cost_per_hour[operations.work_centre]
    own = np.bincount(company.nodes.item[operations.node], hourly, company.items.count)
    total: Floats = conversion_index(company.items.cost_from_day.size)[:, None] * own
    return total
