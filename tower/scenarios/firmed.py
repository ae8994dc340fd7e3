"""The planned orders that a scenario firms, as the app store keeps them when it is promoted."""

from __future__ import annotations

from planning.model.firmed import PREFIX
from planning.mrp.codes import UNIT, SourceKind
from planning.scenarios.document import Scenario
from planning.scenarios.draft import as_date
from tower.scenarios.base import PlanningBase
from tower.store.firmed_orders import FirmedOrder


def firmed_by(base: PlanningBase, scenario: Scenario, base_build_id: str, reason: str) -> list[FirmedOrder]:
    """The orders that a scenario firms, moves and splits, with those of the scenarios below it.

    An order that nothing says how to get is left out: it could not be planned. Raises ScenarioError for changes that do
    not fit the base.
    """
    draft = base.plan.draft(scenario)
    opened, sources, model = draft.model.problem.open_supply, draft.model.sources, draft.model
    rows = [row for row in draft.firmed if opened.source[row] >= 0 and opened.quantity[row] > 0]
    lines = (*model.order_lines, None)
    found = []
    for row in rows:
        source = sources.row(int(opened.source[row]), named=True)
        paper = model.supply.row(row, named=True)
        found.append(
            FirmedOrder(
                order_type=SourceKind(int(source["kind"])).name.lower(), item_id=paper["item_id"],
                location_id=paper["location_id"], quantity=int(opened.start_quantity[row]) / UNIT,
                release_date=as_date(int(opened.start_day[row])), due_date=as_date(int(opened.day[row])),
                supplier_id=source["supplier_id"], from_location_id=source["from_location_id"],
                sales_order_line_id=lines[_line(int(opened.tracking[row]), len(model.order_lines))],
                base_build_id=base_build_id, document_id=paper["document_id"].removeprefix(PREFIX), reason=reason,
            )
        )  # fmt: skip
    return found


def _line(tracking: int, lines: int) -> int:
    """The row of the order line that supply is kept for, or the place behind the last one."""
    return tracking if 0 <= tracking < lines else lines
