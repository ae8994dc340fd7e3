"""Where the sold items are kept for sale, who carries them, and how much each customer sells on."""

from __future__ import annotations

import numpy as np

from pipelines.demo.company.company import (
    DISTRIBUTION,
    FLEET,
    ONLINE,
    Assortment,
    Customers,
    Flags,
    Floats,
    Integers,
    Items,
)
from pipelines.demo.company.models import SPARE_PARTS
from pipelines.demo.company.network import PLACE_IDS
from pipelines.demo.luck import Luck

DISTRIBUTION_CENTRES = tuple(PLACE_IDS.index(place) for place in ("D1", "D2", "D3"))
ONLINE_CENTRE_SHARE = (0.6, 0.3, 0.1)
"""Where the consumers' orders are shipped from, if the item is kept there; else from the first centre."""
FEWEST_ITEMS, MOST_ITEMS = 6, 25


def kept_at(luck: Luck, items: Items) -> Flags:
    """(item, distribution centre): what distribution sells is kept in Shanghai, much of it elsewhere too."""
    codes = np.arange(items.count)
    is_kept = items.channel_share[:, DISTRIBUTION] > 0
    is_spare = items.family == SPARE_PARTS
    south = luck.chance(np.where(is_spare, 0.6, 0.8), "kept in the south", codes)
    europe = luck.chance(np.where(is_spare, 0.45, 0.6), "kept in Europe", codes)
    first_of_family = np.zeros(items.count, dtype=bool)
    _, first = np.unique(np.where(is_kept, items.family, -1), return_index=True)
    first_of_family[first] = True
    return np.column_stack([is_kept, is_kept & (south | first_of_family), is_kept & (europe | first_of_family)])


def draw_assortment(
    luck: Luck, items: Items, kept: Flags, customers: Customers, market: float, base: Integers
) -> Assortment:
    """Carriers by popularity and luck. `base`: the item that an item of the future is like, else -1."""
    sellers = np.flatnonzero(customers.kind == DISTRIBUTION)
    sold = np.flatnonzero(kept[:, 0])
    future = items.sold_from_day[sold] > 0
    centre = np.searchsorted(DISTRIBUTION_CENTRES, customers.ship_from[sellers])
    allowed = kept[sold][:, centre].T
    size = luck.lognormal(0.6, "customer size", sellers)
    popularity = np.log(np.maximum(items.weekly_demand[sold], 1e-6))
    is_spare = items.family[sold] == SPARE_PARTS
    pull = np.where(is_spare, 0.35, 0.5) * popularity
    score = pull - np.log(-np.log(luck.uniform("carried", sellers[:, None], sold)))
    wanted = FEWEST_ITEMS + luck.integers(MOST_ITEMS - FEWEST_ITEMS + 1, "items carried", sellers)
    spares_wanted = np.floor(wanted * 0.4).astype(np.int64)
    carried = np.zeros(score.shape, dtype=bool)
    for chosen, most in ((is_spare & ~future, spares_wanted), (~is_spare & ~future, wanted - spares_wanted)):
        ranked = np.where(allowed & chosen, score, -np.inf)
        place = np.argsort(np.argsort(-ranked, axis=1, kind="stable"), axis=1, kind="stable")
        carried |= (place < most[:, None]) & np.isfinite(ranked)
    _carry_successors(carried, allowed, sold, future, base)
    is_known = customers.joined_day[sellers] < 0
    _carry_everything(carried, allowed, is_known, size)
    weight = np.where(carried, size[:, None] * luck.lognormal(0.5, "carried share", sellers[:, None], sold), 0.0)
    volume = items.weekly_demand[sold] * items.channel_share[sold, DISTRIBUTION] * market
    rate = weight / weight[is_known].sum(axis=0) * volume
    row, column = np.nonzero(carried)
    cover = 3.5 + 5.5 * luck.uniform("cover weeks", sellers)
    return Assortment(
        customer=sellers[row].astype(np.int32),
        item=sold[column].astype(np.int32),
        weekly_rate=rate[row, column],
        cover_weeks=np.round(cover[row] + np.where(is_spare[column], 3.0, 0.0), 1),
    )


def _carry_successors(carried: Flags, allowed: Flags, sold: Integers, future: Flags, base: Integers) -> None:
    """Whoever carries a model will carry the one that follows it."""
    position = {int(item): number for number, item in enumerate(sold)}
    for number in np.flatnonzero(future):
        like = position.get(int(base[sold[number]]))
        if like is not None:
            carried[:, number] = carried[:, like] & allowed[:, number]


def _carry_everything(carried: Flags, allowed: Flags, is_known: Flags, size: Floats) -> None:
    """An item that nobody took is taken by the largest customer who can get it, if need be without a centre near by."""
    for number in np.flatnonzero(~carried[is_known].any(axis=0)):
        able = is_known & allowed[:, number]
        if not able.any():
            able = is_known
        free = able & (carried.sum(axis=1) < MOST_ITEMS)
        candidates = np.flatnonzero(free if free.any() else able)
        carried[candidates[np.argmax(size[candidates])], number] = True


def independent_demand(
    items: Items, kept: Flags, customers: Customers, assortment: Assortment, market: float
) -> Floats:
    """(item, place): units a week that customers take from each place in the first year, before growth and ramps.

    One column more than places: the last one is what the plant that makes the item serves itself, above all fleets.
    """
    demand = np.zeros((items.count, len(PLACE_IDS) + 1))
    known = customers.joined_day[assortment.customer] < 0
    place = customers.ship_from[assortment.customer]
    served = kept[assortment.item, np.clip(np.searchsorted(DISTRIBUTION_CENTRES, place), 0, 2)]
    place = np.where(served, place, DISTRIBUTION_CENTRES[0])
    np.add.at(demand, (assortment.item[known], place[known]), assortment.weekly_rate[known])
    total = items.weekly_demand * market
    online = total * items.channel_share[:, ONLINE]
    is_kept = kept.any(axis=1)
    for centre, share in enumerate(ONLINE_CENTRE_SHARE):
        here = is_kept & kept[:, centre]
        demand[here, DISTRIBUTION_CENTRES[centre]] += online[here] * share
        if centre:
            demand[is_kept & ~kept[:, centre], DISTRIBUTION_CENTRES[0]] += online[is_kept & ~kept[:, centre]] * share
    demand[~is_kept, -1] += online[~is_kept]
    demand[:, -1] += total * items.channel_share[:, FLEET]
    return demand
