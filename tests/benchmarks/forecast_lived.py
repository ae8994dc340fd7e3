"""What the proposed safety stocks do when the demo company lives with them, with the same luck.

    python -m tests.benchmarks.forecast_lived [--seeds 1-5] [--work FOLDER]

The company is three years old. What the product proposes comes from what is known that evening. Then copies live the
next eighteen months: some with their own safety stocks scaled by a factor, some with those that a fill-rate target
asks for. Only items at places with a proposal change, everything else stays the company's own; a reorder point or
largest stock moves by as much as the safety stock. Measured is, for those items at places, over the last of these years:

fill rate: of the quantity of customer order lines (ordered within that year, due to leave within it, less what
customers cancelled before it was due) the share that had left by the day it had to; stock: the mean value a day, and
that of all own stock, parts included.

Both curves are pooled over seeds and read in straight lines where they first reach a fill rate; the ratio is the stock
of the proposals over that of the scaled safety stocks. Intervals come from drawing seeds with replacement: a low of 0
says that scaling did not reach the fill rate in some draws, a high without bound that the proposals did not.
"""

from __future__ import annotations

import argparse
import copy
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.company.build import build_company
from pipelines.demo.scale import SCALES
from pipelines.demo.simulation import Simulation
from pipelines.demo.world import World
from tests.benchmarks.demo_known import AS_OF, START, known_company
from tests.benchmarks.forecast_demo import seeds_of

Floats = npt.NDArray[np.float64]
# A step in safety stocks sends a wave through plants and suppliers that takes two quarters to pass.
DAYS, SETTLING_DAYS = 547, 182
FACTORS = (0.4, 0.7, 1.0, 1.4, 2.0, 3.0, 4.5, 7.0)
FILL_RATES = (0.75, 0.8, 0.825, 0.85, 0.875, 0.9, 0.925, 0.95)
SCALED, PROPOSED = "present, scaled", "proposed"
_DRAWS = 2000


@dataclass(frozen=True, slots=True)
class Served:
    """Sums of one life: quantities asked for and left in time, the same at standard cost; mean value a day of the stock
    of the items at places that are measured, and of all own stock."""

    asked: float
    filled: float
    asked_value: float
    filled_value: float
    stock_value: float
    own_stock_value: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default="1-2", help="seeds, as 1-10 or 3,5")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "control-tower-forecast-demo")
    asked = parser.parse_args()
    lives = pl.concat([kept_lives(seed, asked.work) for seed in seeds_of(asked.seeds)])
    print(document(lives), flush=True)


def kept_lives(seed: int, folder: Path) -> pl.DataFrame:
    """The lives of a seed, lived once and kept in the folder."""
    kept = folder / f"lived-{seed}.parquet"
    if not kept.exists():
        lived(seed, folder).write_parquet(kept)
    return pl.read_parquet(kept)


def lived(seed: int, folder: Path) -> pl.DataFrame:
    """seed, curve, level and the fields of Served: all lives of one company."""
    known = known_company(seed, folder)
    simulation = Simulation(build_company(seed, SCALES["tiny"], START))
    simulation.run((AS_OF - START).days)
    nodes = nodes_of(simulation.world, known.policies)
    present = simulation.world.policy.safety_stock[nodes].copy()
    # The same incidents in every life.
    usual = copy.deepcopy(simulation)
    usual.run(simulation.world.day + DAYS)
    planned = usual.incidents.as_planned()
    choices = [(SCALED, factor, present * factor) for factor in FACTORS]
    choices += [(PROPOSED, target, level) for target, level in proposals(known.policies, known.trade_off).items()]
    rows = []
    for curve, level, safety_stock in choices:
        other = copy.deepcopy(simulation)
        other.incidents.replay(planned)
        decide(other.world, nodes, safety_stock)
        served = live(other, nodes)
        rows.append({"seed": seed, "curve": curve, "level": level} | {name: getattr(served, name) for name in _SERVED})
    return pl.DataFrame(rows)


_SERVED = Served.__slots__
STOCK, OWN_STOCK = _SERVED.index("stock_value"), _SERVED.index("own_stock_value")


def nodes_of(world: World, policies: pl.DataFrame) -> npt.NDArray[np.int64]:
    """The simulation's nodes of the proposals, in their order."""
    items = {name: row for row, name in enumerate(world.company.items.ids)}
    item = [items[name] for name in policies["item_id"]]
    place = [world.company.places.code(name) for name in policies["location_id"]]
    return world.lookup.node_at[item, place].astype(np.int64)


def proposals(policies: pl.DataFrame, trade_off: pl.DataFrame) -> Mapping[float, Floats]:
    """Safety stocks by fill-rate target, in the order of the policies."""
    keys = policies.select("item_id", "location_id")
    found = {}
    for target in trade_off["target_fill_rate"].unique().sort():
        part = trade_off.filter(pl.col("target_fill_rate") == target)
        placed = keys.join(part, on=["item_id", "location_id"], how="left", maintain_order="left")
        found[float(target)] = placed["safety_stock_quantity"].to_numpy()
    return found


def decide(world: World, nodes: npt.NDArray[np.int64], safety_stock: Floats) -> None:
    """From now on these safety stocks; a reorder point and largest stock that are set move by as much."""
    policy = world.policy
    whole = np.where(world.company.items.decimals[policy.item[nodes]] > 0, safety_stock, np.rint(safety_stock))
    change = whole - policy.safety_stock[nodes]
    for level in (policy.reorder_point, policy.max_stock):
        level[nodes] = np.where(level[nodes] > 0, np.maximum(level[nodes] + change, 1.0), 0.0)
    policy.safety_stock[nodes] = whole


def live(simulation: Simulation, nodes: npt.NDArray[np.int64]) -> Served:
    """Settling in, then a year that is measured."""
    world = simulation.world
    first, last = world.day + SETTLING_DAYS, world.day + DAYS
    simulation.run(first)
    where = (world.policy.item[nodes], world.policy.place[nodes])
    own = world.company.places.is_own
    value = everything = 0.0
    for day in range(first + 1, last + 1):
        simulation.run(day)
        value += float(world.stock.value[where].sum())
        everything += float(world.stock.value[:, own].sum())
    days = last - first
    return served(world, nodes, first, last, (value / days, everything / days))


def served(world: World, nodes: npt.NDArray[np.int64], first: int, last: int, stock: tuple[float, float]) -> Served:
    """Lines ordered after day `first` that were due to leave by day `last`."""
    lines, sent = world.documents.sales_lines, world.documents.delivery_lines
    due = lines["ship_by_day"].astype(np.int64)
    left = np.floor(world.documents.deliveries["shipped_at"][sent["delivery"]])
    in_time = left <= due[sent["sales_line"]]
    filled = np.bincount(sent["sales_line"][in_time], sent["quantity"][in_time], lines.count)
    asked = lines["quantity"] - np.where(lines["cancelled_at"] < due + 1, lines["cancelled"], 0.0)
    rows = np.isin(world.lookup.node_at[lines["item"], lines["place"]], nodes)
    rows &= (lines["ordered_day"] > first) & (due <= last)
    cost = world.standard_cost()[lines["item"][rows]]
    asked, filled = asked[rows], np.minimum(filled[rows], asked[rows])
    return Served(
        float(asked.sum()), float(filled.sum()), float((asked * cost).sum()), float((filled * cost).sum()), *stock
    )


def document(lives: pl.DataFrame) -> str:
    """Both curves, pooled, and the stock at equal fill rate with its 95 % interval over seeds."""
    count = lives["seed"].n_unique()
    lines = [
        f"\nLived for a year, {count} seeds: means of all\n",
        "| safety stocks | level | fill rate | by value | their stock, CNY thousand | all own stock |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    curves = {name: _Curve.of(lives, name) for name in (SCALED, PROPOSED)}
    every = np.arange(count)
    for name, curve in curves.items():
        fills = curve.fill(every), curve.fill(every, by_value=True)
        stocks = (curve.stock(every, field) / count / 1000 for field in (STOCK, OWN_STOCK))
        for row in zip(curve.levels, *fills, *stocks, strict=True):
            lines.append("| {} | {:g} | {:.3f} | {:.3f} | {:,.0f} | {:,.0f} |".format(name, *row))
    lines += ["", "| stock of the proposals over scaled at equal fill rate | by quantity | by value | all own stock |"]
    lines.append("|---|--:|--:|--:|")
    asked = ((STOCK, False), (STOCK, True), (OWN_STOCK, False))
    ratios = [ratios_at(curves[SCALED], curves[PROPOSED], field, by_value=by_value) for field, by_value in asked]
    for row, fill in enumerate(FILL_RATES):
        lines.append(f"| fill rate {fill:g} | " + " | ".join(_shown(*one[row]) for one in ratios) + " |")
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class _Curve:
    """Sums of a curve's lives by level and seed, (levels, seeds, fields of Served)."""

    levels: Floats
    sums: Floats

    @classmethod
    def of(cls, lives: pl.DataFrame, name: str) -> _Curve:
        table = lives.filter(pl.col("curve") == name).sort("level", "seed")
        levels = table["level"].unique().sort().to_numpy()
        return cls(levels, table.select(_SERVED).to_numpy().reshape(levels.size, -1, len(_SERVED)))

    def fill(self, seeds: npt.NDArray[np.int64], *, by_value: bool = False) -> Floats:
        total: Floats = self.sums[:, seeds].sum(axis=1)
        return total[:, 3] / total[:, 2] if by_value else total[:, 1] / total[:, 0]

    def stock(self, seeds: npt.NDArray[np.int64], field: int) -> Floats:
        found: Floats = self.sums[:, seeds, field].sum(axis=1)
        return found


def ratios_at(scaled: _Curve, proposed: _Curve, field: int, *, by_value: bool) -> Floats:
    """(FILL_RATES, 3): stock of the proposals over that of the scaled curve at the same fill rate, low and high.

    0 where only the proposals reach it, infinite where only the scaled safety stocks do, NaN where neither does.
    """
    count = scaled.sums.shape[1]
    wanted = np.array(FILL_RATES)

    def ratio(seeds: npt.NDArray[np.int64]) -> Floats:
        above, below = (
            stock_for(curve.fill(seeds, by_value=by_value), curve.stock(seeds, field), wanted)
            for curve in (proposed, scaled)
        )
        is_known = np.isfinite(above) | np.isfinite(below)
        return np.divide(above, below, out=np.full(wanted.size, np.nan), where=is_known)

    drawn = np.random.default_rng(2026).integers(count, size=(_DRAWS, count))
    found = np.array([ratio(seeds) for seeds in drawn])
    ordered = np.sort(np.where(np.isnan(found), np.inf, found), axis=0)
    low, high = ordered[int(0.025 * _DRAWS)], ordered[int(0.975 * _DRAWS) - 1]
    return np.stack([ratio(np.arange(count)), low, high], axis=1)


def stock_for(fill: Floats, stock: Floats, wanted: Floats) -> Floats:
    """Stock at which a curve reaches fill rates, in a straight line between its points; infinite where it never does."""
    reached = np.maximum.accumulate(fill)
    found: Floats = np.interp(wanted, reached, stock, right=np.inf)
    return found


def _shown(ratio: float, low: float, high: float) -> str:
    if np.isnan(ratio):
        return "reached by neither"
    if not 0 < ratio < np.inf:
        return "reached by the proposals alone" if ratio == 0 else "reached by scaling alone"
    return f"{ratio:.2f} ({low:.2f}–{high:.2f})"


if __name__ == "__main__":
    main()
