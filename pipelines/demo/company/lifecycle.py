"""What changes in the catalogue over the years: variants, successors, launches, substitutes, engineering changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from pipelines.demo.company.company import HORIZON_DAYS, NEVER, TO_STOCK
from pipelines.demo.company.draft import COMPONENT, Draft, DraftItem
from pipelines.demo.company.models import DRIVES, EDITIONS, FAMILY_CATEGORIES, Model
from pipelines.demo.company.products import paint_frame

OVERLAP_DAYS = 130
"""How long a predecessor is sold on after its successor came."""
FIRST_CHANGES, LATER_CHANGE_DAYS = 8, 190
"""Engineering changes in the first three years; afterwards one every so many days."""


def follow_base(draft: Draft, models: Sequence[Model]) -> None:
    """Fleet variants: the bill of their base, painted in the fleet's colour, with a tracker."""
    fleet = [model for model in models if model.base >= 0]
    for number, model in enumerate(fleet):
        _copy_bill(draft, model.base, model.item, own_paint=f"M-FPX-{number + 1:02d}")
    draft.use([model.item for model in fleet], "C-IOT", 1, operation=10)


def _copy_bill(draft: Draft, base: int, item: int, own_paint: str) -> None:
    """The lines and operations of `base` for `item`; its painted frame and decals become the item's own."""
    for line in [line for line in draft.lines if line.parent == base]:
        component = line.component
        like = draft.items[component]
        if like.made_at == "SUB1":
            component = paint_frame(draft, own_paint, len(draft.items), like.tier)
            for paint in [paint for paint in draft.lines if paint.parent == line.component]:
                draft.add_line(component, paint.component, paint.quantity)
        elif like.item_id.startswith("C-DCL"):
            component = draft.add(
                replace(like, item_id=f"C-DCL-{draft.items[item].item_id[3:]}", name=f"Decal set {own_paint[2:]}",
                        name_zh=f"贴标套{own_paint[2:]}", from_day=-NEVER, until_day=NEVER)
            )  # fmt: skip
        draft.add_line(
            item, component, line.quantity, operation=line.operation, scrap_rate=line.scrap_rate, is_fixed=line.is_fixed
        )
    draft.operations += [replace(each, item=item) for each in draft.operations if each.item == base]


def draw_successions(draft: Draft, models: list[Model]) -> None:
    """Models that take over from older ones, and some that are new to the market, through the whole horizon."""
    luck = draft.luck
    whole = draft.catalogue > 0.5
    gaps = (150, 210) if whole else (420, 700)
    day, number = (140 if whole else 300), 0
    while day < HORIZON_DAYS - 200:
        day += int(luck.integers(60, "succession day", number)[0])
        is_launch = number % 3 == 2
        candidates = [
            model for model in models
            if model.strategy == TO_STOCK and draft.items[model.item].until_day == NEVER
            and draft.items[model.item].from_day < day - 600 and model.plan.family != DRIVES
        ]  # fmt: skip
        if candidates:
            chosen = candidates[int(luck.integers(len(candidates), "succeeded", number)[0])]
            models.append(_successor(draft, chosen, day, number, is_launch))
        number += 1
        day += gaps[0] if day < 1100 else gaps[1]


def _successor(draft: Draft, base: Model, day: int, number: int, is_launch: bool) -> Model:
    like, plan = draft.items[base.item], base.plan
    code = f"{plan.prefix}{500 + 10 * number}"
    edition, edition_zh = EDITIONS[number % len(EDITIONS)]
    item = draft.add(
        DraftItem(
            item_id=f"LH-{code}",
            name=f"{plan.name} {code} {edition}",
            name_zh=f"{plan.name_zh}{code}{edition_zh}",
            item_type=like.item_type,
            category_id=f"{FAMILY_CATEGORIES[plan.family]}-{'A' if like.tier < 0.5 else 'B'}",
            tier=like.tier,
            made_at=like.made_at,
            from_day=day,
            family=plan.family,
        )
    )
    _copy_bill(draft, base.item, item, own_paint=f"M-FPN-{number + 1:02d}")
    if not is_launch:
        like.until_day = day + OVERLAP_DAYS
        like.replaced_by = item
    share = 0.45 if is_launch else 1.05
    return Model(item, plan, TO_STOCK, round(base.weekly_units * share, 3), base.item)


def draw_substitutes(draft: Draft) -> None:
    """Other makes that may stand in for a component; a few components have two."""
    used = _used_components(draft)
    order = np.argsort(draft.luck.uniform("substituted", np.arange(len(used))), kind="stable")
    for rank, position in enumerate(order[: draft.scaled(12, 3)].tolist()):
        code = used[position]
        for choice in range(2, 4 if rank % 4 == 0 else 3):
            _substitute(draft, code, choice)


def _substitute(draft: Draft, code: int, choice: int) -> None:
    item = draft.items[code]
    other = draft.add(
        replace(
            item, item_id=f"{item.item_id}-S{choice}", name=f"{item.name} (alternative {choice - 1})",
            name_zh=f"{item.name_zh}（替代{choice - 1}）", cost=round(item.cost * (1.02 + 0.03 * choice), 4),
        )
    )  # fmt: skip
    for number in range(len(draft.lines)):
        line = draft.lines[number]
        if line.component == code:
            group = f"G-{line.line_id[2:]}"
            draft.lines[number] = replace(line, substitute_group=group)
            draft.lines.append(
                replace(line, line_id=f"{line.line_id}-S{choice}", component=other, substitute_group=group,
                        substitute_priority=choice, substitute_of=number)
            )  # fmt: skip


def _used_components(draft: Draft, day: int = 0) -> list[int]:
    """Bought parts that are still built in half a year after `day`, without those that have or are substitutes."""
    taken = {line.component for line in draft.lines if line.substitute_group}
    used = dict.fromkeys(
        line.component for line in draft.lines
        if draft.items[line.component].item_type == COMPONENT and line.until_day == NEVER
        and draft.items[line.component].replaced_by < 0
        and line.from_day <= day and draft.items[line.parent].from_day <= day < draft.items[line.parent].until_day - 180
    )  # fmt: skip
    return [code for code in used if code not in taken and draft.items[code].shelf_life_days == 0]


def draw_engineering_changes(draft: Draft) -> None:
    """A component gives way to its next revision from one day on, in all bills."""
    day, number = 70, 0
    while day < HORIZON_DAYS - 100:
        day += int(draft.luck.integers(40, "change day", number)[0])
        used = [code for code in _used_components(draft, day) if draft.items[code].cost >= 2.0]
        weights = np.cumsum([1.0 + draft.items[code].cost ** 0.5 for code in used])
        _change(draft, used[int(draft.luck.choice(weights, "changed", number)[0])], day, number)
        number += 1
        day += 105 if number < FIRST_CHANGES else LATER_CHANGE_DAYS


def _change(draft: Draft, code: int, day: int, number: int) -> None:
    old = draft.items[code]
    stem, _, revision = old.item_id.partition(".")
    letter = chr(ord(revision) + 1) if revision else "B"
    factor = 0.93 + 0.16 * float(draft.luck.uniform("change cost", number)[0])
    new = draft.add(
        replace(
            old, item_id=f"{stem}.{letter}", name=f"{old.name.partition(' rev ')[0]} rev {letter}",
            name_zh=f"{old.name_zh.partition(' 版本')[0]} 版本{letter}", cost=round(old.cost * factor, 4),
            from_day=-NEVER, until_day=NEVER, replaced_by=-1,
        )
    )  # fmt: skip
    old.replaced_by = new
    for line in [line for line in draft.lines if line.component == code and line.until_day > day]:
        parent = draft.items[line.parent]
        if parent.until_day <= day:
            continue
        if max(line.from_day, parent.from_day) >= day:
            line.component = new
            continue
        draft.lines.append(
            replace(line, line_id=f"{line.line_id}-{letter}{number}", component=new, from_day=day, until_day=NEVER)
        )
        line.until_day = day


def spread_dates(draft: Draft) -> None:
    """A part is known from when the first bill that takes it is, and until the last one ends."""
    items, lines = draft.items, draft.lines
    given = [item.from_day > -NEVER for item in items]
    known: list[int | None] = [item.from_day if fixed else None for item, fixed in zip(items, given, strict=True)]
    until: list[int | None] = [item.until_day if fixed else None for item, fixed in zip(items, given, strict=True)]
    for _ in range(12):
        before = list(known), list(until)
        for line in lines:
            first, last = known[line.parent], until[line.parent]
            if given[line.component] or first is None or last is None:
                continue
            first, last = max(first, line.from_day), min(last, line.until_day)
            old_first, old_last = known[line.component], until[line.component]
            known[line.component] = first if old_first is None else min(old_first, first)
            until[line.component] = last if old_last is None else max(old_last, last)
        if before == (known, until):
            break
    for parent, item, _ in draft.by_products:
        first, old_first = known[parent], known[item]
        known[item] = first if old_first is None or first is None else min(old_first, first)
    for drafted, begin, end in zip(items, known, until, strict=True):
        drafted.from_day = -1000 if begin is None else begin
        drafted.until_day = NEVER if end is None else end
