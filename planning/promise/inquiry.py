"""What is asked and what is answered: an inquiry, and a promise with the reasons for its dates. Codes, no names."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from planning.mrp.codes import NONE


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A customer's question: so much of a node (millionths) on a day. `customer` is a code of the caller's, or NONE."""

    node: int
    quantity: int
    wanted_day: int
    customer: int = NONE


class LimitKind(StrEnum):
    """MATERIAL: the slowest supply of the inquiry itself. ORDER: the inquiry would make an order late that is promised.

    CAPACITY: hours of a work centre.
    """

    MATERIAL = "material"
    ORDER = "order"
    CAPACITY = "capacity"


@dataclass(frozen=True, slots=True)
class Limit:
    """Why it cannot be sooner, or more. All are row numbers of the problem, NONE where they do not apply.

    Material: `node` is what comes last, `possible_day` when it can be there at the earliest; it is to be ordered from
    `source` (`lead_days` from release to due day), or comes with the row `open_supply`. `order` is the demand that
    would be late. Capacity: `work_centre` has `free_hours` until the bucket `week_day`, and `hours` would be needed.
    """

    kind: LimitKind
    node: int = NONE
    source: int = NONE
    open_supply: int = NONE
    possible_day: int = NONE
    lead_days: int = 0
    order: int = NONE
    work_centre: int = NONE
    week_day: int = NONE
    hours: float = 0.0
    free_hours: float = 0.0


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a promise: a quantity (millionths) on a day."""

    day: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Promise:
    """The answer.

    `day`: the earliest for the whole quantity, NONE where there is none in `LATEST_DAYS`. `on_wanted_day`: the most
    that is possible on the wanted day. `parts`: quantities by day, adding up to the quantity asked for; one part where
    dividing gains nothing. `limits_day` says why the whole cannot be sooner, `limits_quantity` why there is not more on
    the wanted day; None where nothing does. `without_source`: nodes that would be ordered although nothing says how
    they are supplied, so that their lead time counts as 0.
    """

    inquiry: Inquiry
    day: int
    on_wanted_day: int
    parts: tuple[Part, ...]
    limits_day: Limit | None
    limits_quantity: Limit | None
    without_source: tuple[int, ...]
