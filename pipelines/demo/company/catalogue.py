"""The whole catalogue as it is drawn up: models, structure, spare parts and what changes over the years."""

from __future__ import annotations

import numpy as np

from pipelines.demo.company.company import TO_STOCK
from pipelines.demo.company.draft import GRADES, SPARE, Draft, DraftItem
from pipelines.demo.company.kinds import SPARES
from pipelines.demo.company.lifecycle import (
    draw_engineering_changes,
    draw_substitutes,
    draw_successions,
    follow_base,
    spread_dates,
)
from pipelines.demo.company.models import SPARE_PARTS, FamilyPlan, Model, draw_models
from pipelines.demo.company.products import draw_products
from pipelines.demo.luck import Luck

SPARE_COUNT = 150
SPARE_WEEKLY_UNITS = 110.0
SPARE_PLAN = FamilyPlan(SPARE_PARTS, "SP", "Spare", "备件", SPARE_COUNT, 0, 0, SPARE_WEEKLY_UNITS, 0.0, 1.0)


def draw_catalogue(luck: Luck, catalogue: float) -> tuple[Draft, list[Model]]:
    """Every item, bill and routing, and the models and spare parts that are sold."""
    draft = Draft(luck, catalogue)
    models = draw_models(draft)
    draw_products(draft, models)
    follow_base(draft, models)
    draw_successions(draft, models)
    draw_substitutes(draft)
    draw_engineering_changes(draft)
    spares = _spares(draft)
    spread_dates(draft)
    return draft, [*models, *spares]


def _spares(draft: Draft) -> list[Model]:
    """Spare parts: bought; screw kits are gathered at the assembly plant from the screws that are there."""
    count = draft.scaled(SPARE_COUNT, 12)
    weights = draft.luck.lognormal(1.0, "spare demand", np.arange(count))
    started = -300 - draft.luck.integers(1500, "spare since", np.arange(count))
    spares = []
    for number in range(count):
        key, name, name_zh, group, low, high = SPARES[number % len(SPARES)]
        tier = (number // len(SPARES) + 0.5) / (count / len(SPARES) + 1)
        grade, grade_zh = GRADES[int(tier * len(GRADES))]
        item = DraftItem(
            f"SP-{key}-{number // len(SPARES) + 1:02d}", f"{name} {grade} {number // len(SPARES) + 1:02d}",
            f"{name_zh} {grade_zh}{number // len(SPARES) + 1:02d}", SPARE, f"CAT-SPARE-{group.upper()}",
            cost=round(low * (high / low) ** tier, 4), tier=tier, group=group, from_day=int(started[number]),
            family=SPARE_PARTS,
        )  # fmt: skip
        units = SPARE_WEEKLY_UNITS * float(weights[number] / weights.sum())
        spares.append(Model(draft.add(item), SPARE_PLAN, TO_STOCK, round(units, 4)))
    _kitted(draft, [spare.item for spare in spares if "-BLT-" in draft.items[spare.item].item_id])
    return spares


def _kitted(draft: Draft, kits: list[int]) -> None:
    screws = [code for code, item in enumerate(draft.items) if item.item_id.startswith(("C-SCR", "C-NUT"))]
    for number, kit in enumerate(kits):
        draft.items[kit].made_at = "P1"
        draft.items[kit].cost = 0.0
        for step in range(3):
            draft.add_line(kit, screws[(number * 3 + step) % len(screws)], 60.0 - 12 * step, operation=10)
    draft.operation(kits, 10, "PACK", "Pack screw kit 螺钉套件包装", 0.2, 0.04)
