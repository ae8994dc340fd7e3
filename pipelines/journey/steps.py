"""The steps of a journey, in the order in which goods and papers go through them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Nature = Literal["work", "move", "wait"]

# So many orders deep the parts of parts are followed.
DEPTH = 5


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name, how deep in the chain of production orders it stands, and what the time in it is.

    `is_supply` steps stand between the goods and the customer's day: they can make an order late.
    """

    name: str
    level: int
    nature: Nature
    is_supply: bool = False

    @property
    def key(self) -> str:
        """Name of its column."""
        return f"{self.name}_{self.level}"


def _made(level: int) -> tuple[Step, ...]:
    return (
        Step("kit", level, "wait", is_supply=True),
        Step("start", level, "wait", is_supply=True),
        Step("production", level, "work", is_supply=True),
        Step("inspection", level, "work", is_supply=True),
    )


# One behind the other: each lasts from the end of the step before it.
PATH = (
    Step("lead", 0, "wait"),
    Step("opportunity", 0, "wait"),
    Step("quotation", 0, "wait"),
    Step("order", 0, "wait"),
    Step("purchase", 0, "wait"),
    Step("inbound", 0, "wait", is_supply=True),
    *(step for level in reversed(range(DEPTH)) for step in _made(level)),
    Step("dispatch", 0, "wait", is_supply=True),
    Step("transfer", 0, "move", is_supply=True),
    Step("stock", 0, "wait", is_supply=True),
    Step("ship", 0, "wait", is_supply=True),
    Step("transport", 0, "move", is_supply=True),
    Step("invoice", 0, "wait"),
    Step("payment", 0, "wait"),
)
# Beside the path: nothing waits for them.
BESIDE = (Step("tax_invoice", 0, "wait"), Step("satisfaction", 0, "wait"), Step("service", 0, "wait"))
STEPS = (*PATH, *BESIDE)
SUPPLY = tuple(position for position, step in enumerate(PATH) if step.is_supply)
