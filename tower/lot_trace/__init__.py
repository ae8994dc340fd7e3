"""Lot trace: which documents lie downstream of a receipt and upstream of a delivery. Arrays in, arrays out."""

from tower.lot_trace.walk import UNREACHED, levels

__all__ = ["UNREACHED", "levels"]
