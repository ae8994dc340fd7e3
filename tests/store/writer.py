"""One process that writes to a store, for the tests: `python -m tests.store.writer <what> <url> <who>`.

`once`: says "ready", waits for a line, makes every kind of change on what is there, and prints what came of each.
`forever`: keeps on saving, and prints the number of each round when it is saved.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import count

from tests.store.rows import COMMENT, DECISION, LATER, NOW, ORDER, scenario_named, with_factor
from tower.errors import StoreError
from tower.store import Store, open_store
from tower.store.comments import add_comment, change_comment, comments
from tower.store.decisions import decide
from tower.store.firmed_orders import firm_orders
from tower.store.forecast_overrides import change_forecast_override, forecast_overrides
from tower.store.scenarios import SHARED, add_scenario, change_scenario, move_scenario, scenarios

DECISIONS_A_ROUND = 12


def changes(store: Store, who: str) -> dict[str, Callable[[], object]]:
    """Changes of what is there now, each to be made later: by then another may have been first."""
    kept, other = scenarios(store)
    (comment,), (override,) = comments(store), forecast_overrides(store)
    return {
        "scenario": lambda: change_scenario(store, with_factor(kept, 1.5), who, LATER),
        "state": lambda: move_scenario(store, other, SHARED, who, LATER),
        "comment": lambda: change_comment(store, replace(comment, text=f"as {who} says"), "anna", LATER),
        "override": lambda: change_forecast_override(store, replace(override, quantity=3.0), who, LATER),
        "decision": lambda: decide(store, [DECISION], who, LATER),
        "order": lambda: firm_orders(store, [ORDER], who, LATER),
    }


def outcome(change: Callable[[], object]) -> str:
    try:
        change()
    except StoreError as error:
        return str(error)
    return "saved"


def content(number: int) -> bytes:
    """Inputs of a round, too large for one page of the database."""
    return hashlib.sha256(str(number).encode()).digest() * 4000


def one_round(store: Store, number: int) -> None:
    kept = add_scenario(store, scenario_named(f"round {number}"), content(number), "anna", NOW)
    change_scenario(store, with_factor(kept, 1.5), "anna", LATER)
    decide(store, [replace(DECISION, document_id=f"{number}/{part}") for part in range(DECISIONS_A_ROUND)], "anna", NOW)
    add_comment(store, replace(COMMENT, object_id=str(number)), "anna", NOW)


def main(what: str, url: str, who: str) -> None:
    store = open_store(url)
    if what == "once":
        made = changes(store, who)
        print("ready", flush=True)
        sys.stdin.readline()
        print(json.dumps({name: outcome(change) for name, change in made.items()}))
    else:
        # A round that was cut off stays as it is: the next one has a number of its own.
        for number in count(len(scenarios(store))):
            one_round(store, number)
            print(number, flush=True)
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
