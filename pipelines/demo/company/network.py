"""Where Lanhe Mobility works: places, and the transport between them."""

from __future__ import annotations

import numpy as np

from pipelines.demo.company.calendars import EUROPE, ONE_SHIFT, TWO_SHIFTS, WAREHOUSE
from pipelines.demo.company.company import TRANSPORT_MODES, Lanes, Places

# id, name, kind, own, parent, calendar, country, latitude, longitude
# fmt: off
_PLACES = (
    ("P1", "Suzhou assembly plant 苏州总装厂", "plant", True, "", TWO_SHIFTS, "CN", 31.2989, 120.5853),
    ("P2", "Chongqing drive plant 重庆电驱厂", "plant", True, "", TWO_SHIFTS, "CN", 29.5630, 106.5516),
    ("SUB1", "Wujiang painting subcontractor 吴江外协喷涂", "subcontractor", True, "", ONE_SHIFT, "CN",
     31.1380, 120.6449),
    ("D1", "Shanghai distribution centre 上海配送中心", "distribution_centre", True, "", WAREHOUSE, "CN",
     31.2304, 121.4737),
    ("D2", "Guangzhou distribution centre 广州配送中心", "distribution_centre", True, "", WAREHOUSE, "CN",
     23.1291, 113.2644),
    ("D3", "Rotterdam distribution centre 鹿特丹配送中心", "distribution_centre", True, "", EUROPE, "NL",
     51.9244, 4.4777),
    ("P1-Q", "Suzhou quarantine store 苏州隔离仓", "warehouse", True, "P1", TWO_SHIFTS, "CN", 31.2989, 120.5853),
    ("P2-Q", "Chongqing quarantine store 重庆隔离仓", "warehouse", True, "P2", TWO_SHIFTS, "CN", 29.5630, 106.5516),
    ("D1-Q", "Shanghai returns store 上海退货仓", "warehouse", True, "D1", WAREHOUSE, "CN", 31.2304, 121.4737),
    ("TR", "In transit 在途", "transit", True, "", WAREHOUSE, "CN", np.nan, np.nan),
    ("X-SUP", "Suppliers 供应商", "supplier", False, "", WAREHOUSE, "", np.nan, np.nan),
    ("X-CUS", "Customers 客户", "customer", False, "", WAREHOUSE, "", np.nan, np.nan),
    ("X-PRD", "Production 生产", "production", False, "", WAREHOUSE, "", np.nan, np.nan),
    ("X-SCR", "Scrap 报废", "scrap", False, "", WAREHOUSE, "", np.nan, np.nan),
    ("X-ADJ", "Adjustment 调整", "adjustment", False, "", WAREHOUSE, "", np.nan, np.nan),
)
# fmt: on
PLACE_IDS = tuple(row[0] for row in _PLACES)

# from, to, mode, carrier, days booked, true days, spread, cost per unit; one lane for each pair.
_LANES = (
    ("P2", "P1", "road", "Deppon Logistics 德邦物流", 3.0, 3.3, 0.18, 9.0),
    ("P1", "P2", "road", "Deppon Logistics 德邦物流", 3.0, 3.3, 0.18, 9.0),
    ("P2", "SUB1", "road", "Deppon Logistics 德邦物流", 3.0, 3.4, 0.18, 11.0),
    ("P1", "SUB1", "road", "Wujiang Haulage 吴江运输", 1.0, 0.8, 0.20, 2.0),
    ("SUB1", "P1", "road", "Wujiang Haulage 吴江运输", 1.0, 0.9, 0.20, 3.0),
    ("P1", "D1", "road", "SF Freight 顺丰快运", 1.0, 1.0, 0.20, 6.0),
    ("P1", "D2", "road", "SF Freight 顺丰快运", 3.0, 3.2, 0.18, 22.0),
    ("P1", "D3", "sea", "COSCO Shipping 中远海运", 38.0, 41.0, 0.12, 85.0),
    ("P2", "D1", "road", "Deppon Logistics 德邦物流", 3.0, 3.2, 0.18, 10.0),
    ("P2", "D2", "road", "Deppon Logistics 德邦物流", 3.0, 3.1, 0.18, 10.0),
    ("P2", "D3", "rail", "China-Europe Railway Express 中欧班列", 20.0, 21.5, 0.14, 45.0),
)


def draw_places() -> Places:
    """All places, own ones first."""
    ids, names, kind, own, parent, calendar, country, latitude, longitude = zip(*_PLACES, strict=True)
    return Places(
        ids=ids,
        names=names,
        kind=kind,
        is_own=np.array(own),
        parent=np.array([ids.index(each) if each else -1 for each in parent], dtype=np.int32),
        calendar=np.array(calendar, dtype=np.int32),
        country=country,
        latitude=np.array(latitude),
        longitude=np.array(longitude),
    )


def draw_lanes() -> Lanes:
    """Every lane of stock between own places."""
    first, last, mode, carrier, book, true, spread, cost = zip(*_LANES, strict=True)
    return Lanes(
        from_place=np.array([PLACE_IDS.index(each) for each in first], dtype=np.int32),
        to_place=np.array([PLACE_IDS.index(each) for each in last], dtype=np.int32),
        transport_mode=np.array([TRANSPORT_MODES.index(each) for each in mode], dtype=np.int32),
        carrier=carrier,
        book_days=np.array(book),
        true_days=np.array(true),
        spread=np.array(spread),
        cost_per_unit=np.array(cost),
    )
