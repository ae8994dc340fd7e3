"""Control charts: limits from subgroups, run rules, capability. Arrays in, arrays out; no file, no query, no clock."""

from tower.control_chart.capability import Capability, capability
from tower.control_chart.limits import ControlLimits, individual_limits, mean_range_limits, moving_ranges
from tower.control_chart.rules import RULES, run_rules

__all__ = [
    "RULES",
    "Capability",
    "ControlLimits",
    "capability",
    "individual_limits",
    "mean_range_limits",
    "moving_ranges",
    "run_rules",
]
