"""What of the company is in the books on a day: the company as it was founded, with the changes made since."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipelines.demo.company.company import (
    KNOWN_AHEAD_DAYS,
    NEVER,
    BillLines,
    Codes,
    Company,
    Flags,
    Floats,
    Nodes,
    Operations,
)


@dataclass(frozen=True, slots=True)
class MasterView:
    """The master data of the evening of `day`. Row arrays are those of company.bills with the changes of bill lines."""

    company: Company
    day: int
    policies: Nodes
    operations: Operations
    known_from: Codes
    """Day on which each item came into the books."""
    introduced: Codes
    """First day on which each item can be sold or used."""
    row_quantity: Floats
    row_from_day: Codes
    row_until_day: Codes
    row_is_substitute: Flags

    @property
    def known(self) -> Flags:
        """Of each item, whether it is in the books."""
        known: Flags = self.known_from <= self.day
        return known

    def nodes(self) -> npt.NDArray[np.int64]:
        """Planned nodes whose item is known."""
        return np.flatnonzero(self.known[self.policies.item])

    def bills(self) -> Flags:
        """Of each bill, whether its item is known."""
        known: Flags = self.known[self.company.bills.item]
        return known

    def rows(self) -> npt.NDArray[np.int64]:
        """Rows of known bills that have begun or will begin soon."""
        bills = self.company.bills
        is_known = self.bills()[bills.row_bill] & (self.row_from_day - KNOWN_AHEAD_DAYS <= self.day)
        return np.flatnonzero(is_known & self.known[bills.row_item])


def master_view(
    company: Company,
    day: int,
    policies: Nodes | None = None,
    bill_lines: BillLines | None = None,
    operations: Operations | None = None,
) -> MasterView:
    """`policies`, `bill_lines`, `operations`: as they are on the day, where somebody changed them."""
    bills = company.bills
    quantity, first, last = bills.row_quantity.copy(), bills.row_from_day.copy(), bills.row_until_day.copy()
    is_substitute = bills.row_substitute_priority > 1
    introduced = company.items.sold_from_day.copy()
    if bill_lines is not None:
        _apply(company, bill_lines, quantity, first, last, is_substitute)
        moved = np.flatnonzero((first != bills.row_from_day) & (first > -NEVER))
        np.minimum.at(introduced, bills.row_item[moved], first[moved])
    return MasterView(
        company=company,
        day=day,
        policies=company.nodes if policies is None else policies,
        operations=company.operations if operations is None else operations,
        known_from=(introduced - KNOWN_AHEAD_DAYS).astype(np.int32),
        introduced=introduced,
        row_quantity=quantity,
        row_from_day=first,
        row_until_day=last,
        row_is_substitute=is_substitute,
    )


def _apply(company: Company, now: BillLines, quantity: Floats, first: Codes, last: Codes, is_substitute: Flags) -> None:
    """Carry changed lines back to the rows that they come from. A phantom's row stands behind several lines."""
    founded = company.bill_lines
    changed = (
        (now.quantity != founded.quantity)
        | (now.valid_from_day != founded.valid_from_day)
        | (now.valid_until_day != founded.valid_until_day)
        | (now.substitute_of != founded.substitute_of)
    )
    row_of = {name: row for row, name in enumerate(company.bills.row_ids)}
    for line in np.flatnonzero(changed).tolist():
        row = row_of[founded.component_id[line]]
        quantity[row] = company.bills.row_quantity[row] * now.quantity[line] / founded.quantity[line]
        if now.valid_from_day[line] != founded.valid_from_day[line]:
            first[row] = now.valid_from_day[line]
        if now.valid_until_day[line] != founded.valid_until_day[line]:
            last[row] = now.valid_until_day[line]
        if now.substitute_of[line] < 0 <= founded.substitute_of[line]:
            is_substitute[row] = False
    np.round(quantity, 6, out=quantity)
