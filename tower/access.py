"""Who sees what: roles, the row scope that every read takes, and the pages of a role."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

ROLES = ("executive", "planner", "sales", "buyer", "production", "finance", "admin")
Role = Literal["executive", "planner", "sales", "buyer", "production", "finance", "admin"]
ScopeAxis = Literal["everything", "sales_rep", "plant", "customer"]
assert get_args(Role) == ROLES


@dataclass(frozen=True, slots=True)
class RowScope:
    """The rows a reader may see, by axis: a set of ids, or None for all of that axis.

    A table that carries an axis shows only rows whose id is in the set; rows without an id are hidden from a restricted
    reader. A table that does not carry the axis is not filtered by it (stock has no customer). Tables whose models do
    not say which axes they carry are not visible at all to a restricted reader.
    """

    customers: frozenset[str] | None = None
    locations: frozenset[str] | None = None

    @property
    def is_everything(self) -> bool:
        return self.customers is None and self.locations is None

    @property
    def axes(self) -> Mapping[str, frozenset[str]]:
        """The restricted axes with their ids."""
        named = {"customer": self.customers, "location": self.locations}
        return {axis: ids for axis, ids in named.items() if ids is not None}

    @property
    def key(self) -> str:
        """Short text that is equal for equal scopes; part of every cache key."""
        if self.is_everything:
            return "everything"
        text = ";".join(f"{axis}={','.join(sorted(ids))}" for axis, ids in sorted(self.axes.items()))
        return hashlib.sha256(text.encode()).hexdigest()[:16]


EVERYTHING = RowScope()


@dataclass(frozen=True, slots=True)
class ScopeRule:
    """A user's scope as it is stored: an axis that a person understands, and its values."""

    axis: ScopeAxis = "everything"
    values: Sequence[str] = ()

    def sentence(self) -> str:
        return "everything" if self.axis == "everything" else f"{self.axis} {', '.join(self.values)}"


def row_scope_for(rule: ScopeRule, warehouse: Warehouse) -> RowScope:
    """Turn a stored rule into the ids it means in one build. `warehouse` must be open for everything."""
    if rule.axis == "everything":
        return EVERYTHING
    if rule.axis == "customer":
        return RowScope(customers=frozenset(rule.values))
    if rule.axis == "sales_rep":
        found = warehouse.frame(
            "select customer_id as id from core.dim_customers where sales_rep_id in (select unnest($values))",
            {"values": list(rule.values)},
        )
        return RowScope(customers=frozenset(found["id"].to_list()))
    found = warehouse.frame(
        "select location_id as id from core.dim_locations where plant_id in (select unnest($values))",
        {"values": list(rule.values)},
    )
    return RowScope(locations=frozenset(found["id"].to_list()))
