"""Detectors of the area supply."""

from __future__ import annotations

from planning.detection.detector import Detector
from planning.detection.supply import (
    lane_delayed,
    part_shortage_blocking,
    purchase_price_rise,
    quality_excursion,
    record_inaccuracy,
    stock_ageing,
    supplier_not_delivering,
    supplier_slipping,
    work_centre_failing,
    work_centre_overloaded,
)

DETECTORS: tuple[Detector, ...] = (
    Detector(supplier_slipping.supplier_slipping, ("supplier_slipping",), supplier_slipping.READS),
    Detector(
        supplier_not_delivering.supplier_not_delivering, ("supplier_not_delivering",), supplier_not_delivering.READS
    ),
    Detector(lane_delayed.lane_delayed, ("lane_delayed",), lane_delayed.READS),
    Detector(purchase_price_rise.purchase_price_rise, ("purchase_price_rise",), purchase_price_rise.READS),
    Detector(quality_excursion.quality_excursion, ("quality_excursion",), quality_excursion.READS),
    Detector(part_shortage_blocking.part_shortage_blocking, ("part_shortage_blocking",), part_shortage_blocking.READS),
    Detector(record_inaccuracy.record_inaccuracy, ("record_inaccuracy",), record_inaccuracy.READS),
    Detector(work_centre_overloaded.work_centre_overloaded, ("work_centre_overloaded",), work_centre_overloaded.READS),
    Detector(work_centre_failing.work_centre_failing, ("work_centre_failing",), work_centre_failing.READS),
    Detector(stock_ageing.stock_ageing, ("stock_ageing",), stock_ageing.READS),
)
