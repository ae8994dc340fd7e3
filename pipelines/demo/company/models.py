"""What Lanhe Mobility sells: families, models and the way they are sold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.demo.company.company import ASSEMBLE_TO_ORDER, TO_ORDER, TO_STOCK
from pipelines.demo.company.draft import FINISHED, Draft, DraftItem

CITY, TREKKING, CARGO, FOLDING, SCOOTERS, DRIVES, SPARE_PARTS = range(7)
FAMILIES = (
    "City e-bikes", "Trekking e-bikes", "Cargo e-bikes", "Folding e-bikes", "Scooters", "Drive units", "Spare parts",
)  # fmt: skip
FAMILIES_ZH = (
    "城市电助力车", "旅行电助力车", "载货电助力车", "折叠电助力车", "电动滑板车", "电驱动单元", "备件",
)  # fmt: skip
FAMILY_CATEGORIES = ("CAT-CITY", "CAT-TREK", "CAT-CARGO", "CAT-FOLD", "CAT-SCOOT", "CAT-DRIVE", "CAT-SPARE")


@dataclass(frozen=True, slots=True)
class FamilyPlan:
    """How a family is drawn up. `weekly_units` of all its models to stock at market 1.0; tiers from plain to fine."""

    family: int
    prefix: str
    name: str
    name_zh: str
    models: int
    to_order: int
    """Fleet variants that are made to order, besides `models`."""
    assembled: int
    """How many of `models` (the finest) are assembled to order."""
    weekly_units: float
    low_tier: float
    high_tier: float


PLANS = (
    FamilyPlan(CITY, "C", "City", "城市", 12, 3, 0, 205.0, 0.08, 0.60),
    FamilyPlan(TREKKING, "T", "Trekking", "旅行", 9, 0, 2, 115.0, 0.42, 1.00),
    FamilyPlan(CARGO, "G", "Cargo", "载货", 6, 0, 3, 50.0, 0.50, 0.98),
    FamilyPlan(FOLDING, "F", "Folding", "折叠", 7, 0, 0, 90.0, 0.02, 0.42),
    FamilyPlan(SCOOTERS, "S", "Scooter", "滑板车", 18, 3, 0, 400.0, 0.0, 1.0),
    FamilyPlan(DRIVES, "D", "Drive unit", "驱动单元", 10, 0, 0, 150.0, 0.0, 1.0),
)
EDITIONS = (("Go", "畅行"), ("Urban", "都市"), ("Plus", "增强"), ("Tour", "远途"), ("Max", "旗舰"))


@dataclass(slots=True)
class Model:
    """A finished item. `weekly_units` at market 1.0 in the first year, once it is known to the market."""

    item: int
    plan: FamilyPlan
    strategy: int
    weekly_units: float
    base: int = -1
    """Item whose bill it follows (fleet variants, successors)."""


def draw_models(draft: Draft) -> list[Model]:
    """The models of day 0, plain to fine within each family; fleet variants follow their family."""
    models: list[Model] = []
    for plan in PLANS:
        count = draft.scaled(plan.models, 1)
        tiers = (np.arange(count) + 0.5) / count
        weights = draft.luck.lognormal(0.55, "popularity", plan.family, np.arange(count)) * (1.25 - 0.5 * tiers)
        started = -200 - draft.luck.integers(1900, "launched", plan.family, np.arange(count))
        assembled = draft.scaled(plan.assembled, min(plan.assembled, 1)) if plan.family == CARGO or count > 1 else 0
        own = []
        for number in range(count):
            strategy = ASSEMBLE_TO_ORDER if number >= count - assembled else TO_STOCK
            units = plan.weekly_units * float(weights[number] / weights.sum())
            item = draft.add(_finished(plan, number, float(tiers[number]), int(started[number])))
            own.append(Model(item, plan, strategy, round(units, 3)))
        models += own
        for number in range(_fleet_variants(draft, plan)):
            models.append(_fleet_variant(draft, plan, own[min(number * 2, count - 1)], number))
    return models


def _finished(plan: FamilyPlan, number: int, tier: float, started: int) -> DraftItem:
    edition, edition_zh = EDITIONS[min(int(tier * len(EDITIONS)), len(EDITIONS) - 1)]
    code = f"{plan.prefix}{100 + 20 * number}"
    return DraftItem(
        item_id=f"LH-{code}",
        name=f"{plan.name} {code} {edition}",
        name_zh=f"{plan.name_zh}{code}{edition_zh}",
        item_type=FINISHED,
        category_id=f"{FAMILY_CATEGORIES[plan.family]}-{'A' if tier < 0.5 else 'B'}",
        tier=round(plan.low_tier + (plan.high_tier - plan.low_tier) * tier, 4),
        made_at="P2" if plan.family == DRIVES else "P1",
        from_day=started,
        family=plan.family,
    )


def _fleet_variants(draft: Draft, plan: FamilyPlan) -> int:
    if not plan.to_order:
        return 0
    return draft.scaled(plan.to_order, 1 if plan.family == CITY else 0)


def _fleet_variant(draft: Draft, plan: FamilyPlan, base: Model, number: int) -> Model:
    like = draft.items[base.item]
    code = f"{like.item_id}-FL{number + 1}"
    item = DraftItem(
        item_id=code,
        name=f"{like.name} Fleet {number + 1}",
        name_zh=f"{like.name_zh}车队版{number + 1}",
        item_type=FINISHED,
        category_id=f"{FAMILY_CATEGORIES[plan.family]}-F",
        tier=like.tier,
        made_at="P1",
        from_day=max(like.from_day + 60, -900),
        family=plan.family,
    )
    units = plan.weekly_units * 0.15 / max(1, _fleet_variants(draft, plan))
    return Model(draft.add(item), plan, TO_ORDER, round(units, 3), base.item)
