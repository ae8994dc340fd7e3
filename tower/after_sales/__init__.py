"""How sure a share of few answers is, and which goods fail more than others of their age. Arrays in, arrays out."""

from tower.after_sales.comparison import Comparison, compared, false_discovery
from tower.after_sales.intervals import net_promoter_interval, share_interval
from tower.after_sales.life_table import STEP_DAYS, LifeTable, exposure, life_table

__all__ = [
    "STEP_DAYS",
    "Comparison",
    "LifeTable",
    "compared",
    "exposure",
    "false_discovery",
    "life_table",
    "net_promoter_interval",
    "share_interval",
]
