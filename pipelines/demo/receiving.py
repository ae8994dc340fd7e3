"""What suppliers send comes in: it is inspected, the bad part goes to quarantine and back, the good part into stock."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.demo.arrays import Rows
from pipelines.demo.documents import PURCHASE_RECEIPT, RECEIPT_REFERENCE, SUPPLIER_RETURN
from pipelines.demo.opening_hours import CLOSES, OPENS, handed_over
from pipelines.demo.purchasing import Purchasing
from pipelines.demo.world import World

INSPECTED_SHARE = 0.35
# Below this the supplier's rate is trusted and receipts are looked at by samples only.
TRUSTED_DEFECT_RATE = 0.004
# Share of bad lots over share of bad pieces: in a bad lot one piece in ten is bad.
BAD_LOTS_PER_DEFECT = 8.0


class Receiving:
    """Receipts of the day, and rejected goods that wait for their way back."""

    def __init__(self, world: World, purchasing: Purchasing) -> None:
        self.world = world
        self.purchasing = purchasing
        self._quarantine = _quarantine_places(world)
        self._back_day = np.zeros(0, dtype=np.int64)
        self._back_receipt = np.zeros(0, dtype=np.int64)
        self._back: list[npt.NDArray[np.float64]] = [np.zeros(0)] * 4  # item, place, quantity, lot

    def step(self) -> None:
        self._return_rejected()
        lines = self.world.documents.purchase_lines
        rows = self.purchasing.open_lines
        rows = rows[lines["arrives_at"][rows] < self.world.day + 1]
        # What was held up on its way may come to a closed door, and waits for it to open.
        calendar = self.world.company.places.calendar[lines["place"][rows]]
        is_open = self.world.is_working(calendar)
        waits = rows[~is_open]
        lines["arrives_at"][waits] = handed_over(self.world, calendar[~is_open], lines["arrives_at"][waits])
        rows = rows[is_open]
        if rows.size:
            self._receive(rows)

    def _receive(self, rows: Rows) -> None:
        world, luck, day = self.world, self.world.luck, self.world.day
        company, lines = world.company, world.documents.purchase_lines
        item, place, source = lines["item"][rows], lines["place"][rows], lines["source"][rows]
        supplier = company.sources.supplier[source]
        decimals = company.items.decimals[item]
        remaining = lines["quantity"][rows] - lines["received"][rows]
        share = lines["next_share"][rows]
        part = _rounded(lines["quantity"][rows] * share, decimals)
        quantity = np.where(share < 1.0, np.clip(part, 0.0, remaining), remaining)
        quantity = np.where(quantity <= 0, remaining, quantity)
        at = np.clip(lines["arrives_at"][rows], day + OPENS, day + CLOSES)
        keys = (source, day, lines["requested_day"][rows], lines["line"][rows])
        rejected, sample = self._inspect(source, supplier, item, quantity, keys)
        accepted = np.round(quantity - rejected, 3)
        lot = np.full(rows.size, -1, dtype=np.int64)
        tracked = np.flatnonzero(company.items.is_lot_tracked[item])
        if tracked.size:
            produced = np.floor(lines["leaves_at"][rows[tracked]]).astype(np.int64) - 3
            lot[tracked] = world.stock.new_lots(
                item[tracked], produced, company.items.shelf_life_days[item[tracked]], supplier[tracked]
            )
        receipts = world.documents.receipts.append(
            rows.size,
            purchase_line=rows,
            item=item,
            place=place,
            at=at,
            leaves_at=lines["leaves_at"][rows],
            received=quantity,
            rejected=rejected,
            lot=lot,
            source=source,
            sample=sample,
        )
        cost = world.standard_cost()[item]
        good, bad = np.flatnonzero(accepted > 0), np.flatnonzero(rejected > 0)
        for some, amount, target in ((good, accepted, place), (bad, rejected, self._quarantine[place])):
            world.stock.post(
                PURCHASE_RECEIPT,
                item[some],
                world.lookup.supplier,
                target[some],
                amount[some],
                at[some],
                unit_value=cost[some],
                reference_type=RECEIPT_REFERENCE,
                reference=receipts[some],
                lot=lot[some],
            )
        if bad.size:
            back = [item[bad], self._quarantine[place[bad]], rejected[bad], lot[bad]]
            self._back = [
                np.concatenate([old, new.astype(np.float64)]) for old, new in zip(self._back, back, strict=True)
            ]
            wait = 3 + luck.integers(10, "return wait", source[bad], day)
            self._back_day = np.concatenate([self._back_day, day + wait])
            self._back_receipt = np.concatenate([self._back_receipt, receipts[bad]])
        lines["received"][rows] = np.round(lines["received"][rows] + quantity, 3)
        lines["rejected"][rows] = np.round(lines["rejected"][rows] + rejected, 3)
        complete = lines["received"][rows] >= lines["quantity"][rows] - 1e-6
        lines["completed_day"][rows[complete]] = day
        lines["arrives_at"][rows[complete]] = np.inf
        rest = rows[~complete]
        lines["next_share"][rest] = 1.0
        follows = (day + 5.3 + luck.integers(14, "rest", lines["source"][rest], day)).astype(np.float64)
        lines["arrives_at"][rest] = handed_over(world, company.places.calendar[lines["place"][rest]], follows)

    def _inspect(
        self, source: Rows, supplier: Rows, item: Rows, quantity: npt.NDArray[np.float64], keys: tuple[Any, ...]
    ) -> tuple[npt.NDArray[np.float64], Rows]:
        """(rejected quantity, inspected pieces). What is not inspected is accepted as it is."""
        world, luck = self.world, self.world.luck
        extra = world.effects.source_defect_rate[source]
        usual = world.company.suppliers.defect_rate[supplier]
        # Defects come in bad lots; the pieces of all others are good but for a few in a million.
        is_bad = luck.chance(np.minimum(BAD_LOTS_PER_DEFECT * usual, 0.5), "bad lot", *keys)
        rate = (
            luck.lognormal(0.6, "lot quality", *keys) * np.where(is_bad, 0.8 / BAD_LOTS_PER_DEFECT, 0.01 * usual)
            + extra
        )
        looked = luck.chance(
            np.where(usual > TRUSTED_DEFECT_RATE, 2 * INSPECTED_SHARE, INSPECTED_SHARE), "inspected", *keys
        )
        looked |= extra > 0
        bad = luck.poisson(np.minimum(quantity * rate, quantity), "defects", *keys)
        rejected = np.where(looked, np.minimum(bad, np.floor(quantity)), 0.0)
        sample = np.where(looked, np.maximum(np.minimum(quantity, 200), np.minimum(rejected, quantity)), 0)
        return rejected, np.ceil(sample).astype(np.int64)

    def _return_rejected(self) -> None:
        world = self.world
        due = (self._back_day <= world.day) & world.is_working(world.company.places.calendar[self._back[1].astype(int)])
        if not due.any():
            return
        item, place, quantity, lot = (part[due] for part in self._back)
        world.stock.post(
            SUPPLIER_RETURN,
            item.astype(np.int64),
            place.astype(np.int64),
            world.lookup.supplier,
            quantity,
            world.day + 0.35,
            reference_type=RECEIPT_REFERENCE,
            reference=self._back_receipt[due],
            lot=lot.astype(np.int64),
        )
        self._back = [part[~due] for part in self._back]
        self._back_day, self._back_receipt = self._back_day[~due], self._back_receipt[~due]


def _rounded(quantity: npt.NDArray[np.float64], decimals: npt.NDArray[np.int32]) -> npt.NDArray[np.float64]:
    return np.where(decimals > 0, np.round(quantity, 3), np.floor(quantity))


def _quarantine_places(world: World) -> Rows:
    """Where rejected goods of each place wait: the quarantine store beneath it, else the place itself."""
    places = world.company.places
    result = np.arange(len(places.ids), dtype=np.int64)
    for code, (name, parent) in enumerate(zip(places.ids, places.parent, strict=True)):
        if name.endswith("-Q") and parent >= 0:
            result[parent] = code
    return result
