"""The value of goods movements by day, kind and inventory account: all that the ledger needs of the longest log.

Movements come in chunks and are forgotten; what stays is a small table of whole cents, and the value of each receipt.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipelines.demo.company.company import HORIZON_DAYS, ITEM_TYPES, Company
from pipelines.demo.documents import MOVEMENT_TYPES, PURCHASE_RECEIPT, RECEIPT_REFERENCE, SUPPLIER_RETURN
from pipelines.demo.records import Columns

Codes = npt.NDArray[np.int64]
RAW_MATERIALS, SEMI_FINISHED, FINISHED_GOODS = "1403", "1404", "1405"
INVENTORY_ACCOUNTS = (RAW_MATERIALS, SEMI_FINISHED, FINISHED_GOODS)
_ACCOUNT_OF_TYPE = {"finished": 2, "spare_part": 2, "semi_finished": 1}


class MovementTotals:
    """Cents that came into own stock (out of it: negative), by (day, movement type, inventory account)."""

    def __init__(self, company: Company) -> None:
        self.totals = np.zeros((HORIZON_DAYS, len(MOVEMENT_TYPES), len(INVENTORY_ACCOUNTS)), dtype=np.int64)
        self._is_own = company.places.is_own.astype(np.int64)
        accounts = np.array([_ACCOUNT_OF_TYPE.get(name, 0) for name in ITEM_TYPES])
        self._account = accounts[company.items.item_type]
        self._received = np.zeros(1024, dtype=np.int64)
        self._sent_back: list[tuple[Codes, Codes, Codes]] = []

    def add(self, first: int, columns: Columns) -> None:
        """Take a chunk of the movements log."""
        sign = self._is_own[columns["to_place"]] - self._is_own[columns["from_place"]]
        rows = np.flatnonzero(sign)
        value = sign[rows] * np.rint(columns["value"][rows] * 100.0).astype(np.int64)
        kind = columns["type"][rows].astype(np.int64)
        day = np.floor(columns["at"][rows]).astype(np.int64)
        np.add.at(self.totals, (day, kind, self._account[columns["item"][rows]]), value)
        of_receipt = columns["reference_type"][rows] == RECEIPT_REFERENCE
        reference = columns["reference"][rows]
        came = of_receipt & (kind == PURCHASE_RECEIPT)
        self._grow(int(reference[came].max(initial=-1)) + 1)
        np.add.at(self._received, reference[came], value[came])
        back = of_receipt & (kind == SUPPLIER_RETURN)
        if back.any():
            self._sent_back.append((day[back], reference[back], -value[back]))

    def received(self, receipt: Codes) -> Codes:
        """Cents at which receipts came into stock, accepted and rejected pieces together."""
        return np.where(receipt < self._received.size, self._received[np.minimum(receipt, self._received.size - 1)], 0)

    def sent_back(self) -> tuple[Codes, Codes, Codes]:
        """(day, receipt, cents) of what went back to suppliers."""
        if not self._sent_back:
            none = np.zeros(0, dtype=np.int64)
            return none, none, none
        day, receipt, value = (np.concatenate(part) for part in zip(*self._sent_back, strict=True))
        return day, receipt, value

    def _grow(self, needed: int) -> None:
        if needed > self._received.size:
            grown = np.zeros(max(needed, 2 * self._received.size), dtype=np.int64)
            grown[: self._received.size] = self._received
            self._received = grown
