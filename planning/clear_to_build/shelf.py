"""What is left of each supply while orders are served one by one, in plain numbers.

Arrays of a few entries are slower than lists; only the parts that some order may have to do without come here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil, floor

from planning.clear_to_build.codes import NEVER, TOLERANCE, Integers
from planning.clear_to_build.kits import Kits

# Requirement, supply, quantity of the supply's item, quantity of the required item that it covers.
Take = tuple[int, int, int, int]


@dataclass(slots=True)
class Claim:
    """What one requirement would take of one node: `quantity` there covers `covers` of the required item."""

    requirement: int
    node: int
    quantity: int
    covers: int


@dataclass(slots=True)
class Shelf:
    """Supplies of each node in date order: their days and what is left of them."""

    first: list[int]
    days: list[int]
    left: list[int]
    takes: list[Take] = field(default_factory=list)

    @classmethod
    def of(cls, kits: Kits, left: Integers) -> Shelf:
        return cls(kits.supply_first.tolist(), kits.supply_day.tolist(), left.tolist())

    def until(self, node: int, day: int) -> int:
        """What is left at the node and there by the day."""
        have = 0
        for supply in range(self.first[node], self.first[node + 1]):
            if self.days[supply] > day:
                break
            have += self.left[supply]
        return have

    def covered(self, node: int, need: int, status_day: int) -> tuple[int, int]:
        """The first day on which the node has the need, and how much of it is there by the status day."""
        have = by_status = 0
        for supply in range(self.first[node], self.first[node + 1]):
            have += self.left[supply]
            if self.days[supply] <= status_day:
                by_status = have
            if have >= need:
                return self.days[supply], min(by_status, need)
        return NEVER, min(by_status, need)

    def take(self, claim: Claim, day: int, *, latest_first: bool) -> None:
        """Take a claim from the supplies that are there by the day. The caller has made sure that they suffice."""
        begin, end = self.first[claim.node], self.first[claim.node + 1]
        supplies = range(end - 1, begin - 1, -1) if latest_first else range(begin, end)
        open_quantity, pieces = claim.quantity, [0]
        for supply in supplies:
            if not open_quantity:
                break
            if self.days[supply] > day or not self.left[supply]:
                continue
            taken = min(self.left[supply], open_quantity)
            self.left[supply] -= taken
            open_quantity -= taken
            pieces.append(claim.quantity - open_quantity)
            # Shares of what is covered by cumulative rounding down: together they are the whole.
            until, before = (claim.covers * edge // claim.quantity for edge in (pieces[-1], pieces[-2]))
            self.takes.append((claim.requirement, supply, taken, until - before))

    def candidate_days(self, nodes: list[int]) -> list[int]:
        """The days on which something arrives at one of the nodes."""
        return sorted({day for node in nodes for day in self.days[self.first[node] : self.first[node + 1]]})


def claims_of(
    shelf: Shelf,
    requirement: int,
    need: int,
    options: list[tuple[int, float]],
    day: int,
    pending: dict[int, int],
    *,
    mixed: bool,
) -> list[Claim]:
    """What a requirement would take by the day from its options in their order (the part itself first, ratio 1).

    `pending` is what the same order already claims of each node. The claims may cover less than the need. Not mixed:
    the first option that covers the whole need, else the one that covers most.
    """
    found: list[Claim] = []
    rest = need
    for node, ratio in options:
        free = shelf.until(node, day) - pending.get(node, 0)
        covers = min(rest, free if ratio == 1.0 else floor(free / ratio + TOLERANCE))
        if covers <= 0:
            continue
        quantity = covers if ratio == 1.0 else min(free, ceil(covers * ratio - TOLERANCE))
        claim = Claim(requirement, node, max(quantity, 1), covers)
        if mixed:
            found.append(claim)
            rest -= covers
        elif covers == need:
            return [claim]
        elif not found or covers > found[0].covers:
            found = [claim]
        if not rest:
            break
    return found
