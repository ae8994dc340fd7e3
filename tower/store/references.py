"""What people entered about things that the served build does not have any more. It is kept, and shown as such."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from tower.store.versioned import Kept, Reference


@dataclass(frozen=True, slots=True)
class LostReference:
    """A row of the store and a thing it names that is not there."""

    kept: Kept
    reference: Reference

    def __str__(self) -> str:
        named = f"{self.reference.kind.replace('_', ' ')} {self.reference.id}"
        return f"{named} is gone" if self.reference.kind == "build" else f"{named} is not in the served build any more"


def lost_references(kept: Iterable[Kept], served: Mapping[str, Collection[str]]) -> list[LostReference]:
    """Rows with each thing they name that is not among the served ones, in their order.

    `served` gives the ids of each kind as sets, such as {"item": {...}}; of other kinds nothing is said. The ids are
    those of the whole build: for a reader of a part of it, the rest would look lost.
    """
    return [
        LostReference(one, reference)
        for one in kept
        for reference in one.references()
        if reference.kind in served and reference.id not in served[reference.kind]
    ]
