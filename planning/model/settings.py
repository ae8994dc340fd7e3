"""What a company decides about its plan once, for all items; what differs from item to item stands in its policy."""

from __future__ import annotations

from dataclasses import dataclass

from planning.errors import PlanningError
from planning.mrp.codes import UNIT, ScrapFormula
from planning.mrp.messages import Dampers

# What stock may be, by the data contract.
STOCK_STATUS = ("unrestricted", "reserved", "inspection", "blocked", "consigned")


@dataclass(frozen=True, slots=True)
class PlanningSettings:
    """The defaults are what a build plans with unless tower.toml says otherwise. Raises PlanningError for wrong words.

    `usable_stock`: status of the stock that is planned with. `scrap_formula`: "divide" issues usage / (1 − s),
    "multiply" usage × (1 + s). `forecast_window_days`: how far from its own bucket (a month, a week, a day: as the
    forecast is stated) an order uses up forecast, before and after, where the policy states no window.

    Messages: open orders are moved from `expedite_days` late and `defer_days` early on, worth at least `least_value`,
    and excess counts from `least_quantity` units; releases are said `release_days` ahead; stock beyond the needs of
    `excess_days` is excess; a planned order within `increase_days` of an open one asks to increase that (−1: never).
    """

    usable_stock: tuple[str, ...] = ("unrestricted", "reserved")
    scrap_formula: str = "divide"
    forecast_window_days: int = 0
    expedite_days: int = 2
    defer_days: int = 6
    least_value: float = 0.0
    least_quantity: float = 0.0
    release_days: int = 7
    excess_days: int = 180
    increase_days: int = 0

    def __post_init__(self) -> None:
        wrong = [status for status in self.usable_stock if status not in STOCK_STATUS]
        if wrong:
            raise PlanningError(f"There is no stock status {wrong[0]!r}. Stock is {', '.join(STOCK_STATUS)}.")
        if self.scrap_formula not in ("divide", "multiply"):
            raise PlanningError(f"There is no scrap formula {self.scrap_formula!r}. Say divide or multiply.")

    @property
    def usable_status(self) -> tuple[bool, ...]:
        """By the code of each status whether it is planned with."""
        return tuple(status in self.usable_stock for status in STOCK_STATUS)

    @property
    def scrap(self) -> ScrapFormula:
        return ScrapFormula[self.scrap_formula.upper()]

    @property
    def dampers(self) -> Dampers:
        """What is too small to say."""
        return Dampers(
            expedite_days=self.expedite_days,
            defer_days=self.defer_days,
            value=self.least_value,
            quantity=round(self.least_quantity * UNIT),
            release_days=self.release_days,
            excess_days=self.excess_days,
            increase_days=self.increase_days,
        )
