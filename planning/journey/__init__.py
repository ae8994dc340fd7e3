"""How the orders of customers went: who waited for whom, how long each step took, which step made an order late.

Pure: arrays in, arrays out. Days are numbers of days since any fixed day; an unknown day is NaN.
"""

from __future__ import annotations

from planning.journey.durations import Spans, spans
from planning.journey.lateness import explained_days, needed_days
from planning.journey.walk import NOTHING, chains

__all__ = ["NOTHING", "Spans", "chains", "explained_days", "needed_days", "spans"]
