"""The planner's own opinion of demand: last year's months, moved by trend and judgement, and not always right.

It is neither the truth nor a model of the product: a seasonal naive forecast with what a human adds to it.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from pipelines.demo.arrays import Floats
from pipelines.demo.company.assortment import ONLINE_CENTRE_SHARE
from pipelines.demo.company.company import BUY, MAKE, ONLINE, TRANSFER
from pipelines.demo.market.demand import DemandFormula
from pipelines.demo.world import World

MONTHS_AHEAD = 9
# Noise of the planner's judgement (sigma of the logarithm) and how far he follows the trend.
JUDGEMENT_SPREAD = 0.24
TREND_SHARE = 0.5
# What is remembered of the year before the simulation begins.
MEMORY_SPREAD = 0.2
MEMORY_WEEKS = 8.0
ONLINE_CENTRES = ("D1", "D2", "D3")
STATISTICAL, PLANNER_STAGE = 0, 1


class Forecast:
    """Orders by item and month so far, and the forecast of the coming months."""

    def __init__(self, world: World) -> None:
        self.world = world
        company = world.company
        self.items = np.flatnonzero(company.items.weekly_demand > 0)
        self._business_plan = DemandFormula(company)
        start = company.start_date
        self._first_month = (start.year - 1) * 12 + start.month - 1
        self._history = np.zeros((company.items.count, 12 + 24))
        self._by_place = np.zeros((company.items.count, len(company.places.ids)))
        self._seen_lines = 0
        self._remember_last_year()
        self._remember_places()
        self.monthly = np.zeros((company.items.count, MONTHS_AHEAD))
        """Expected orders by item and month, this month first."""
        self.month = -1
        self.shares = np.zeros(company.nodes.count)
        """Share of an item's demand that a node sees."""

    def step(self) -> None:
        """Take in the orders since; on the first working Monday of a month, look ahead."""
        self._note_orders()
        month = self._month_of(self.world.day)
        if month != self.month:
            self.month = month
            self._look_ahead(month)

    def weekly(self, weeks: int) -> Floats:
        """(item, week) from today on: the monthly forecast spread evenly over its days."""
        today = self.world.company.start_date + timedelta(days=self.world.day)
        columns = np.zeros(weeks, dtype=np.int64)
        days = np.ones(weeks)
        for week in range(weeks):
            middle = today + timedelta(days=7 * week + 3)
            columns[week] = min(middle.year * 12 + middle.month - 1 - self.month, MONTHS_AHEAD - 1)
            days[week] = _days_in_month(middle)
        return self.monthly[:, columns] * (7.0 / days)

    def _month_of(self, day: int) -> int:
        when = self.world.company.start_date + timedelta(days=day)
        return when.year * 12 + when.month - 1

    def _remember_last_year(self) -> None:
        """A company knows what it sold before: expected demand with the noise of a year's sales."""
        world = self.world
        for column in range(13):
            month = self._first_month + column
            first = date(month // 12, month % 12 + 1, 1)
            # Of the month in which the simulation begins, the days before it.
            share = 1.0 if column < 12 else (world.company.start_date.day - 1) / _days_in_month(first)
            day = (first - world.company.start_date).days + 15
            weekly = self._expected_weekly(day)
            noise = world.luck.lognormal(MEMORY_SPREAD, "memory", self.items, month)
            self._history[self.items, column] = weekly * _days_in_month(first) / 7 * noise * share

    def _remember_places(self) -> None:
        """From where its customers were served before: as if the last weeks had been written down."""
        company, node_at = self.world.company, self.world.lookup.node_at
        assortment, customers, items = company.assortment, company.customers, company.items
        known = customers.joined_day[assortment.customer] < 0
        item, place = assortment.item[known], customers.ship_from[assortment.customer[known]]
        centres = [company.places.code(centre) for centre in ONLINE_CENTRES]
        place = np.where(node_at[item, place] >= 0, place, centres[0])
        np.add.at(self._by_place, (item, place), MEMORY_WEEKS * assortment.weekly_rate[known])
        online = MEMORY_WEEKS * items.weekly_demand * items.channel_share[:, ONLINE] * company.scale.market
        for centre, share in zip(centres, ONLINE_CENTRE_SHARE, strict=True):
            self._by_place[:, centre] += share * online
        self._by_place *= node_at >= 0

    def _expected_weekly(self, day: int) -> Floats:
        """What the business plan expects of each item, all channels together."""
        weekly: Floats = self._business_plan.weekly_by_channel(self.items, day).sum(axis=-1)
        return weekly

    def _note_orders(self) -> None:
        lines = self.world.documents.sales_lines
        new = slice(self._seen_lines, lines.count)
        self._seen_lines = lines.count
        column = self._month_of(self.world.day) - self._first_month
        if column >= self._history.shape[1]:
            grown = np.zeros((self._history.shape[0], self._history.shape[1] * 2))
            grown[:, : self._history.shape[1]] = self._history
            self._history = grown
        # Lines since the last look belong to the month of their order.
        months = self._months_of_days(lines["ordered_day"][new]) - self._first_month
        np.add.at(self._history, (lines["item"][new], months), lines["quantity"][new])
        np.add.at(self._by_place, (lines["item"][new], lines["place"][new]), lines["quantity"][new])

    def _months_of_days(self, days: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
        start = np.datetime64(self.world.company.start_date)
        return (start + days.astype("timedelta64[D]")).astype("datetime64[M]").astype(np.int64) + 1970 * 12

    def _look_ahead(self, month: int) -> None:
        world, items = self.world, self.items
        column = month - self._first_month
        history = self._history
        recent = history[items, column - 3 : column].sum(axis=1)
        year_before = history[items, max(column - 15, 0) : column - 12].sum(axis=1)
        # In the first year the months before last year's are not known: no trend yet.
        known = (year_before > 0) & (column >= 15)
        trend = np.where(known, np.clip(recent / np.where(known, year_before, 1.0), 0.6, 1.6), 1.0)
        growth = 1.0 + TREND_SHARE * (trend - 1.0)
        statistical = np.zeros((items.size, MONTHS_AHEAD))
        average = history[items, column - 12 : column].mean(axis=1)
        for ahead in range(MONTHS_AHEAD):
            statistical[:, ahead] = history[items, column + ahead - 12]
        slow = world.company.items.is_intermittent[items]
        statistical[slow] = average[slow, None]
        # Where last year knows nothing of the month (a new product), the last three months are all there is.
        blank = statistical.sum(axis=1) <= 0.2 * recent
        statistical[blank] = (recent[blank] / 3)[:, None]
        plan = self._expected_weekly(world.day + 30) * 30 / 7
        launch = (recent < 0.3 * plan * 3) & (world.company.items.sold_from_day[items] > world.day - 150)
        statistical[launch] = np.maximum(statistical[launch], plan[launch, None])
        ending = world.company.items.sold_until_day[items]
        months = np.arange(MONTHS_AHEAD)
        gone = world.day + 30 * months[None, :] > ending[:, None]
        coming = world.day + 30 * (months[None, :] + 1) < world.company.items.sold_from_day[items][:, None]
        statistical[gone | coming] = 0.0
        targets = month + months
        judgement = world.luck.lognormal(JUDGEMENT_SPREAD, "judgement", items[:, None], targets[None, :], month)
        opinion = statistical * growth[:, None] * judgement * world.effects.forecast_bias[items][:, None]
        self.monthly[items] = opinion
        self._share_out()
        self._write(month, statistical, opinion)

    def _share_out(self) -> None:
        """Split items over the nodes that customers are served from, by what was ordered there, with a prior."""
        world = self.world
        policy = world.policy
        seen = self._by_place[policy.item, policy.place]
        sells = world.company.items.weekly_demand[policy.item] > 0
        prior = np.where((policy.supply == TRANSFER) | (policy.supply == MAKE) | (policy.supply == BUY), 1.0, 0.0)
        weight = np.where(sells, seen + 1e-3 * prior, 0.0)
        total = np.bincount(policy.item, weight, world.company.items.count)
        self.shares = np.where(sells, weight / np.where(total[policy.item] > 0, total[policy.item], 1.0), 0.0)
        self._by_place *= 0.93

    def _write(self, month: int, statistical: Floats, opinion: Floats) -> None:
        world = self.world
        first = np.array(
            [
                (date((month + ahead) // 12, (month + ahead) % 12 + 1, 1) - world.company.start_date).days
                for ahead in range(MONTHS_AHEAD)
            ]
        )
        items = self.items
        for stage, values in ((STATISTICAL, statistical), (PLANNER_STAGE, opinion)):
            wanted = values[:, :6] > 0
            row, ahead = np.nonzero(wanted)
            world.documents.forecasts.append(
                row.size,
                item=items[row],
                place=-1,
                month_day=first[ahead],
                created_at=world.day + 0.25,
                quantity=np.round(values[row, ahead], 1),
                stage=stage,
            )


def _days_in_month(day: date) -> int:
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return (following - day.replace(day=1)).days
