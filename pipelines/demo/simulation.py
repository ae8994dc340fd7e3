"""A day of the company, step by step. This file reads like its table of contents."""

from __future__ import annotations

from collections.abc import Callable

from pipelines.demo.company.company import Company
from pipelines.demo.forecast import Forecast
from pipelines.demo.fulfilment import Fulfilment
from pipelines.demo.incidents import Incidents
from pipelines.demo.market import Market
from pipelines.demo.opening import stock_up
from pipelines.demo.planner import Planner
from pipelines.demo.production import Production
from pipelines.demo.purchasing import Purchasing
from pipelines.demo.receiving import Receiving
from pipelines.demo.stocktaking import Stocktaking
from pipelines.demo.transfers import Transfers
from pipelines.demo.world import World


class Simulation:
    """The company from its first day on. A deep copy lives on by itself, with the same luck."""

    def __init__(self, company: Company, incidents: tuple[str, ...] | None = None) -> None:
        self.world = World(company)
        self.incidents = Incidents(self.world, incidents)
        self.market = Market(self.world)
        self.purchasing = Purchasing(self.world)
        self.receiving = Receiving(self.world, self.purchasing)
        self.production = Production(self.world, self.purchasing)
        self.transfers = Transfers(self.world, self.purchasing)
        self.fulfilment = Fulfilment(self.world, self.purchasing, self.production)
        self.forecast = Forecast(self.world)
        self.planner = Planner(self.world, self.forecast, self.purchasing, self.production, self.transfers)
        self.stocktaking = Stocktaking(self.world)
        self.world.day = 0
        stock_up(self.world)
        self.world.day = -1

    def run(self, last_day: int, progress: Callable[[int], None] | None = None) -> None:
        """Live on to the evening of `last_day`. `progress` is told each first day of a week."""
        while self.world.day < last_day:
            self.world.day += 1
            self._live_a_day()
            if progress is not None and self.world.weekday() == 0:
                progress(self.world.day)

    def _live_a_day(self) -> None:
        self.incidents.step()
        self.market.step()
        self.receiving.step()
        self.transfers.arrive()
        self.fulfilment.arrive()
        self.planner.step()
        self.fulfilment.release_orders()
        self.purchasing.step()
        self.production.step()
        self.fulfilment.step()
        self.transfers.ship()
        self.stocktaking.step()
        self.market.react()
