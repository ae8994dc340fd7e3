"""Laws of the stock layers, against a slow reference that moves one unit at a time."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.stock_layers import NO_VALUE, StockLayers, StockMovements, stock_layers

# Places 0 to 3 are own stock, 4 and 5 are outside.
OWN = np.array([True, True, True, True, False, False])
FIRST_DAY = datetime(2026, 1, 1, 8)
AS_OF = date(2026, 1, 8)
MILLION = 1_000_000


@dataclass(frozen=True)
class Movement:
    number: int
    item: int
    origin: int
    target: int
    lot: int
    half_days: int
    quantity: int
    value: int | None
    stated_days_before: int | None

    @property
    def moved_at(self) -> datetime:
        return FIRST_DAY + timedelta(hours=12 * self.half_days)

    @property
    def stated_date(self) -> date | None:
        if self.stated_days_before is None:
            return None
        return (self.moved_at - timedelta(days=self.stated_days_before)).date()

    @property
    def receipt_date(self) -> date:
        return self.stated_date or self.moved_at.date()


# Few queues and many movements, so that receipts meet, transfers chain and split, and stock runs out.
movement = st.builds(
    Movement,
    number=st.just(0),
    item=st.sampled_from([0, 0, 0, 0, 1]),
    origin=st.sampled_from([4, 4, 0, 1, 2, 3, 5]),
    target=st.sampled_from([0, 0, 1, 1, 2, 3, 4]),
    lot=st.sampled_from([-1, -1, -1, -1, 0]),
    half_days=st.integers(0, 17),  # the last two are after the as-of day
    quantity=st.integers(0, 6),
    value=st.none() | st.integers(0, 100 * MILLION),
    stated_days_before=st.none() | st.integers(0, 400),
)
histories = st.lists(movement, min_size=3, max_size=25).flatmap(
    lambda found: st.permutations(range(len(found))).map(
        lambda numbers: [replace(one, number=number) for one, number in zip(found, numbers, strict=True)]
    )
)
# With values that no quantity divides evenly.
priced_histories = st.builds(
    lambda history, prices: [replace(one, value=prices[one.number]) for one in history],
    histories,
    st.lists(st.integers(1, 1000 * MILLION), min_size=25, max_size=25),
)


def arrays(history: list[Movement]) -> StockMovements:
    def integers(values: list[int]) -> np.ndarray:
        return np.array(values, dtype=np.int64)

    return StockMovements(
        number=integers([one.number for one in history]),
        item=integers([one.item for one in history]),
        from_location=integers([one.origin for one in history]),
        to_location=integers([one.target for one in history]),
        lot=integers([one.lot for one in history]),
        moved_at=np.array([one.moved_at for one in history], dtype="datetime64[us]"),
        original_receipt_date=np.array([one.stated_date for one in history], dtype="datetime64[D]"),
        quantity=integers([one.quantity * MILLION for one in history]),
        value=integers([NO_VALUE if one.value is None else one.value for one in history]),
    )


def computed(history: list[Movement]) -> StockLayers:
    return stock_layers(arrays(history), OWN, AS_OF)


def counted(history: list[Movement]) -> list[Movement]:
    return [one for one in history if one.moved_at.date() <= AS_OF and one.origin != one.target]


# A unit of a movement: the movement and which of its units.
Unit = tuple[Movement, int]


@dataclass
class Reference:
    """Which unit left as which, unit by unit: a shelf for what is there, a list of debts for what is missing."""

    came_as: dict[Unit, Unit]
    shelves: dict[tuple[int, int, int], deque[Unit]]
    debts: dict[tuple[int, int, int], deque[Unit]]

    @classmethod
    def of(cls, history: list[Movement]) -> Reference:
        found = cls({}, defaultdict(deque), defaultdict(deque))
        events = [(one.moved_at, 0, one.number, one) for one in counted(history) if OWN[one.target]]
        events += [(one.moved_at, 1, one.number, one) for one in counted(history) if OWN[one.origin]]
        for _, leaves, _, one in sorted(events, key=lambda event: event[:3]):
            for unit in range(one.quantity):
                if leaves:
                    found._depart((one.item, one.origin, one.lot), (one, unit))
                else:
                    found._arrive((one.item, one.target, one.lot), (one, unit))
        return found

    def _arrive(self, place: tuple[int, int, int], unit: Unit) -> None:
        if self.debts[place]:
            self.came_as[self.debts[place].popleft()] = unit
        else:
            self.shelves[place].append(unit)

    def _depart(self, place: tuple[int, int, int], unit: Unit) -> None:
        if self.shelves[place]:
            self.came_as[unit] = self.shelves[place].popleft()
        else:
            self.debts[place].append(unit)

    def origin(self, unit: Unit) -> Unit | None:
        """The unit as it first came; itself where it never came; None for a circle."""
        seen = {unit}
        while OWN[unit[0].origin] and unit in self.came_as:
            unit = self.came_as[unit]
            if unit in seen:
                return None
            seen.add(unit)
        return unit


def reference_layers(history: list[Movement]) -> Counter[tuple[object, ...]]:
    reference = Reference.of(history)
    expected: Counter[tuple[object, ...]] = Counter()
    for place, shelf in reference.shelves.items():
        for unit in shelf:
            origin = reference.origin(unit)
            assert origin is not None, "a remaining layer cannot come from a circle"
            expected[(unit[0].number, origin[0].number, *place, origin[0].receipt_date, unit[0].moved_at.date())] += (
                MILLION
            )
    for place, debts in reference.debts.items():
        for unit in debts:
            day = unit[0].moved_at.date()
            expected[(None, unit[0].number, *place, day, day)] -= MILLION
    return expected


def reference_uses(history: list[Movement]) -> Counter[tuple[object, ...]]:
    reference = Reference.of(history)
    expected: Counter[tuple[object, ...]] = Counter()
    for unit, arrival in reference.came_as.items():
        origin = reference.origin(arrival) or arrival
        expected[
            (
                unit[0].number, arrival[0].number, origin[0].number, unit[0].item, unit[0].origin,
                unit[0].moved_at.date(), origin[0].receipt_date, arrival[0].moved_at > unit[0].moved_at,
            )
        ] += MILLION  # fmt: skip
    return expected


def found_layers(history: list[Movement]) -> dict[tuple[object, ...], int]:
    numbers = [one.number for one in history]
    frame = computed(history).layers
    return {
        (
            None if row["in_row"] is None else numbers[row["in_row"]],
            numbers[row["origin_row"]],
            row["item"],
            row["location"],
            -1 if row["lot"] is None else row["lot"],
            row["original_receipt_date"],
            row["arrived_date"],
        ): row["quantity"]
        for row in frame.iter_rows(named=True)
    }


def found_uses(history: list[Movement]) -> dict[tuple[object, ...], int]:
    numbers = [one.number for one in history]
    return {
        (
            numbers[row["out_row"]], numbers[row["in_row"]], numbers[row["origin_row"]], row["item"],
            row["location"], row["used_date"], row["original_receipt_date"], row["is_backfilled"],
        ): row["quantity"]
        for row in computed(history).uses.iter_rows(named=True)
    }  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(histories)
def test_layers_and_uses_equal_those_of_moving_every_unit_by_hand(history: list[Movement]) -> None:
    assert found_layers(history) == dict(reference_layers(history))
    assert found_uses(history) == dict(reference_uses(history))


@settings(max_examples=150, deadline=None)
@given(histories)
def test_layers_add_up_to_stock_on_hand_in_every_queue(history: list[Movement]) -> None:
    on_hand: Counter[tuple[int, int, int]] = Counter()
    for one in counted(history):
        if OWN[one.target]:
            on_hand[(one.item, one.target, one.lot)] += one.quantity * MILLION
        if OWN[one.origin]:
            on_hand[(one.item, one.origin, one.lot)] -= one.quantity * MILLION
    layers: Counter[tuple[int, int, int]] = Counter()
    for key, quantity in found_layers(history).items():
        layers[key[2:5]] += quantity  # type: ignore[index]
    assert {key: value for key, value in layers.items() if value} == {
        key: value for key, value in on_hand.items() if value
    }


@settings(max_examples=150, deadline=None)
@given(histories)
def test_uses_of_a_departure_and_its_negative_layer_add_up_to_its_quantity(history: list[Movement]) -> None:
    gone: Counter[int] = Counter()
    for key, quantity in found_uses(history).items():
        gone[key[0]] += quantity  # type: ignore[index]
    for key, quantity in found_layers(history).items():
        if key[0] is None:
            gone[key[1]] -= quantity  # type: ignore[index]
    departures = {one.number: one.quantity * MILLION for one in counted(history) if OWN[one.origin] and one.quantity}
    assert dict(gone) == departures


@settings(max_examples=150, deadline=None)
@given(priced_histories)
def test_value_is_neither_made_nor_lost(priced: list[Movement]) -> None:
    found = computed(priced)
    by_row = dict(enumerate(priced))
    came = sum(one.value for one in counted(priced) if OWN[one.target] and not OWN[one.origin] and one.quantity)
    left = sum(
        row["value"]
        for row in found.uses.iter_rows(named=True)
        if not OWN[by_row[row["out_row"]].target] and row["value"]
    )
    left_unpaid = sum(
        -row["value"]
        for row in found.layers.iter_rows(named=True)
        if row["in_row"] is None and not OWN[by_row[row["origin_row"]].target]
    )
    assert came == left + left_unpaid + found.layers["value"].sum()


@settings(max_examples=150, deadline=None)
@given(priced_histories)
def test_what_a_transfer_brings_is_worth_what_it_took(priced: list[Movement]) -> None:
    found = computed(priced)
    taken: Counter[int] = Counter()
    brought: Counter[int] = Counter()
    circles = set()
    for row in found.uses.iter_rows(named=True):
        if row["value"] is None:
            circles |= {row["out_row"], row["in_row"]}
            continue
        taken[row["out_row"]] += row["value"]
        brought[row["in_row"]] += row["value"]
    for row in found.layers.iter_rows(named=True):
        if row["in_row"] is None:
            taken[row["origin_row"]] -= row["value"]
        else:
            brought[row["in_row"]] += row["value"]
    transfers = {
        row for row, one in enumerate(priced) if OWN[one.origin] and OWN[one.target] and one in counted(priced)
    } - circles
    assert {row: taken[row] for row in transfers} == {row: brought[row] for row in transfers}


@settings(max_examples=100, deadline=None)
@given(histories, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(history: list[Movement], random: object) -> None:
    shuffled = list(history)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert found_layers(shuffled) == found_layers(history)
    assert found_uses(shuffled) == found_uses(history)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 5), min_size=1, max_size=4), st.lists(st.integers(0, 3), min_size=2, max_size=12))
def test_ages_survive_any_chain_of_transfers(receipts: list[int], places: list[int]) -> None:
    """All of it is moved from place to place; at the end every receipt is still as old as it was."""
    history = [
        Movement(number, 0, 4, places[0], -1, 0, quantity, 7 * quantity * MILLION, 30 * (number + 1))
        for number, quantity in enumerate(receipts)
    ]
    for step, (origin, target) in enumerate(pairwise(places)):
        moved = Movement(len(history), 0, origin, target, -1, step + 1, sum(receipts), None, None)
        history.append(moved)
    layers = computed(history).layers
    assert layers["location"].unique().to_list() == [places[-1]]
    ages = {row["original_receipt_date"]: row["quantity"] for row in layers.iter_rows(named=True)}
    assert ages == {one.receipt_date: one.quantity * MILLION for one in history[: len(receipts)]}
    assert layers["value"].sum() == 7 * sum(receipts) * MILLION
