"""Opportunities in their stages: when each moves on, whether it is won, and how its expected close date slips.

All of it is keyed by the customer, the day it came and whether a lead brought it, so one project's luck never moves
another's.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipelines.demo.company.calendars import TWO_SHIFTS
from pipelines.demo.documents import CHANGED_DOCUMENTS, CHANGED_FIELDS, LOST_REASONS, STAGES
from pipelines.demo.market.orders import Wishes
from pipelines.demo.opening_hours import next_working
from pipelines.demo.world import World

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
QUOTATION, NEGOTIATION, LOST = (STAGES.index(name) for name in ("quotation", "negotiation", "lost"))
OPEN_STATUS, WON_STATUS, LOST_STATUS = range(3)
STAGE_DAYS = np.array([7.0, 13.0, 11.0, 15.0])
"""Mean days in qualification, needs, quotation and negotiation."""
STAGE_SPREAD = 0.5
PASSES = np.array([0.82, 0.87, 0.88])
"""Chance to get beyond qualification, needs and quotation."""
WIN_ODDS = 0.62
"""Log odds to win in the end, at the usual price and without bad memories (65 %)."""
WIN_RATE = float(np.prod(PASSES)) * 0.64
"""What it all comes to on average."""
PRICE_PULL, LATENESS_PULL = 9.0, 3.0
"""Change of the log odds by further discount (1.0 = all) and by felt lateness (1.0 = the worst)."""
BARGAIN_SPREAD, LARGEST_DISCOUNT = 0.05, 0.45
SHORTEST_WEEKS, LONGEST_WEEKS = 4, 9
"""Weeks from the order to the wished delivery."""
SATURDAY = 5
CARRIED_DAYS = 120
"""How far back the opportunities of day 0 may have begun."""
# Weights of LOST_REASONS, and what felt lateness adds to them.
REASON_WEIGHT = np.array([0.34, 0.08, 0.24, 0.16, 0.05, 0.13])
REASON_BY_LATENESS = np.array([0.0, 1.2, 0.2, 0.0, 0.5, 0.0])
assert REASON_WEIGHT.size == len(LOST_REASONS)
_OPPORTUNITY = CHANGED_DOCUMENTS.index("opportunity")
_CLOSE_DATE = CHANGED_FIELDS.index("expected_close_date")


class Pipeline:
    """Open opportunities. `felt` is the lateness that each business customer remembers, 0 to 1."""

    def __init__(self, world: World, felt: Floats) -> None:
        self.world, self.felt = world, felt
        self._open: Rows = np.zeros(0, dtype=np.int64)

    def start(self, customer: Rows, created: Floats, campaign: Rows, lead: Rows, wishes: Wishes) -> Rows:
        """Write down new opportunities with their lines; `created` in days. Returns their rows."""
        world, luck, documents = self.world, self.world.luck, self.world.documents
        key = (customer, np.floor(created).astype(np.int64), (lead >= 0).astype(np.int64))
        rep = world.company.customers.sales_rep[customer]
        optimism = 0.9 + 0.5 * luck.uniform("optimism", rep)
        first_close = np.rint(created + STAGE_DAYS.sum() / optimism).astype(np.int64)
        discount = world.company.customers.discount_rate[customer] + BARGAIN_SPREAD * luck.normal("bargain", *key)
        discount = np.clip(discount, 0.0, LARGEST_DISCOUNT)[wishes.order]
        net = np.round(world.company.items.list_price[wishes.item] * wishes.quantity * (1 - discount), 2)
        sizes = np.bincount(wishes.order, minlength=customer.size)
        moves = self._next_move(key[1], np.zeros(customer.size, dtype=np.int64), key)
        rows = documents.opportunities.append(
            customer.size,
            customer=customer,
            lead=lead,
            sales_rep=rep,
            campaign=campaign,
            created_at=created,
            stage=0,
            status=OPEN_STATUS,
            expected_value=np.round(np.bincount(wishes.order, net, customer.size), 2),
            rep_probability=np.round(np.clip(WIN_RATE * optimism * 1.25, 0.05, 0.95), 2),
            first_close_day=first_close,
            close_day=first_close,
            closed_at=np.inf,
            lost_reason=-1,
            sales_order=-1,
            next_stage_day=moves,
            first_line=documents.opportunity_lines.count + np.cumsum(sizes) - sizes,
            lines=sizes,
            quoted_at=np.inf,
        )
        weeks = SHORTEST_WEEKS + luck.integers(LONGEST_WEEKS - SHORTEST_WEEKS + 1, "wanted in", *key)
        documents.opportunity_lines.append(
            wishes.order.size,
            opportunity=rows[wishes.order],
            item=wishes.item,
            quantity=wishes.quantity,
            net_value=net,
            wanted_day=(first_close + 7 * weeks)[wishes.order],
        )
        documents.stage_changes.append(customer.size, opportunity=rows, at=created, stage=0)
        self._open = np.concatenate([self._open, rows])
        return rows

    def alive_on_day_0(self, customer: Rows, created: Floats) -> npt.NDArray[np.bool_]:
        """Of projects that came before day 0 (without a lead): which are still open in the morning of day 0."""
        key = (customer, np.floor(created).astype(np.int64), np.zeros(customer.size, dtype=np.int64))
        moves = key[1].copy()
        alive = np.zeros(customer.size, dtype=bool)
        passed = np.ones(customer.size, dtype=bool)
        for number in range(NEGOTIATION + 1):
            stage = np.full(customer.size, number)
            moves = self._next_move(moves, stage, key)
            alive |= passed & (moves >= 0)
            passed &= ~alive & self._passes(stage, key, np.append(PASSES, 0.0)[stage])
        return alive

    def move(self) -> Rows:
        """Everything that moves until this evening; returns the opportunities won today."""
        day, table = self.world.day, self.world.documents.opportunities
        rows, won = self._open, self._open[:0]
        # Only what was carried over has more than one stage behind it on its first day.
        while True:
            due = rows[table["next_stage_day"][rows] <= day]
            if due.size == 0:
                break
            won = np.concatenate([won, self._advance(due)])
            rows = rows[table["status"][rows] == OPEN_STATUS]
        self._open = rows
        # A date that has passed is moved, again and again.
        late = rows[table["close_day"][rows] <= day]
        if late.size:
            customer, created = table["customer"][late], np.floor(table["created_at"][late]).astype(np.int64)
            further = 10 + self.world.luck.integers(25, "close date moves", customer, created, day)
            self.world.documents.changes.append(
                late.size,
                document=_OPPORTUNITY,
                row=late,
                field=_CLOSE_DATE,
                old=table["close_day"][late],
                new=day + further,
                at=day + 0.35,
            )
            table["close_day"][late] = day + further
        return won

    def _next_move(self, day: Rows, stage: Rows, key: tuple[Rows, Rows, Rows]) -> Rows:
        """When an opportunity that entered a stage on a day leaves it: not on a weekend or a holiday."""
        factor = self.world.luck.lognormal(STAGE_SPREAD, "stage takes", *key, stage)
        moves = day + np.maximum(np.rint(STAGE_DAYS[stage] * factor), 1).astype(np.int64)
        weekday = (self.world.company.start_date.weekday() + moves) % 7
        # What would fall on a weekend happens on any day of the next week.
        later = self.world.luck.integers(SATURDAY, "instead of the weekend", *key, stage)
        moves += np.where(weekday >= SATURDAY, 7 - weekday + later, 0)
        opened = next_working(self.world, np.full(moves.size, TWO_SHIFTS), moves.astype(np.float64)).astype(np.int64)
        return np.where(moves >= 0, opened, moves)

    def _passes(self, stage: Rows, key: tuple[Rows, Rows, Rows], chance: Floats) -> npt.NDArray[np.bool_]:
        return self.world.luck.chance(chance, "stage passes", *key, stage)

    def _advance(self, rows: Rows) -> Rows:
        world, table = self.world, self.world.documents.opportunities
        stage, customer = table["stage"][rows].astype(np.int64), table["customer"][rows].astype(np.int64)
        created = np.floor(table["created_at"][rows]).astype(np.int64)
        key = (customer, created, (table["lead"][rows] >= 0).astype(np.int64))
        moved_on = table["next_stage_day"][rows]
        at = moved_on + 0.05 + 0.5 * world.luck.uniform("stage at", *key, stage)
        final = stage == NEGOTIATION
        odds = WIN_ODDS - LATENESS_PULL * self.felt[customer] + PRICE_PULL * self._bargain(rows, customer)
        chance = np.where(final, 1 / (1 + np.exp(-odds)), np.append(PASSES, 0.0)[stage])
        # Whoever left does not buy.
        chance = np.where(world.customer_left_day[customer] <= world.day, 0.0, chance)
        good = self._passes(stage, key, chance)
        new = np.where(good, stage + 1, LOST)
        table["stage"][rows] = new
        world.documents.stage_changes.append(rows.size, opportunity=rows, at=at, stage=new)
        quoted = new == QUOTATION
        table["quoted_at"][rows[quoted]] = at[quoted]
        closed = final | ~good
        table["next_stage_day"][rows] = self._next_move(moved_on, np.minimum(new, NEGOTIATION), key)
        table["status"][rows[closed]] = np.where(good, WON_STATUS, LOST_STATUS)[closed]
        table["closed_at"][rows[closed]] = at[closed]
        table["lost_reason"][rows[~good]] = self._reasons(customer, key)[~good]
        won: Rows = rows[good & final]
        return won

    def _bargain(self, rows: Rows, customer: Rows) -> Floats:
        """Discount beyond what the customer is used to, from the lines as quoted."""
        world, lines = self.world, self.world.documents.opportunity_lines
        # A contract may have no lines, and be the last.
        first = np.minimum(world.documents.opportunities["first_line"][rows], lines.count - 1)
        list_value = world.company.items.list_price[lines["item"][first]] * lines["quantity"][first]
        given: Floats = 1 - lines["net_value"][first] / np.maximum(list_value, 0.01)
        return given - world.company.customers.discount_rate[customer]

    def _reasons(self, customer: Rows, key: tuple[Rows, Rows, Rows]) -> Rows:
        weights = REASON_WEIGHT + REASON_BY_LATENESS * self.felt[customer][:, None]
        cumulative = np.cumsum(weights, axis=1)
        drawn = self.world.luck.uniform("why lost", *key) * cumulative[:, -1]
        reasons: Rows = (drawn[:, None] >= cumulative).sum(axis=1)
        return reasons
