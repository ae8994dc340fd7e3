"""Reading the scorecard: from the view to cards, every figure asked once for all cards together."""

from __future__ import annotations

from collections.abc import Sequence

from tower.queries import scorecard as questions
from tower.queries.scorecard import GROUPS, Card, Target
from tower.ui.cached import ask, ask_metrics
from tower.ui.view import View


def read_groups(view: View) -> dict[str, list[Card]]:
    """The cards of every group, in reading order. Metrics that a build does not define are left out."""
    known = {group: [name for name in names if name in view.catalogue.metrics] for group, names in GROUPS.items()}
    cards = read_cards(view, [name for names in known.values() for name in names])
    return {group: [cards[name] for name in names] for group, names in known.items()}


def group_of(view: View, metric: str) -> str:
    """The group in which a metric, or the default of its variants, has its card."""
    family = view.catalogue.variants(metric)[0].name
    return next(group for group, names in GROUPS.items() if family in names)


def read_cards(view: View, names: Sequence[str]) -> dict[str, Card]:
    """A card for each metric."""
    where, period = view.selection.where, view.selection.period
    asked, cards = questions.answerable(view.catalogue, names, view.missing, where, view.scope)
    if not asked:
        return cards
    given = tuple(asked)
    now = ask_metrics(view, questions.values, given, where, period)
    over_time = tuple(name for name in given if view.catalogue.grains(name))
    before = ask_metrics(view, questions.values, over_time, where, period.before) if over_time else {}
    months = ask_metrics(view, questions.by_time, given, where, questions.trend_period(period), "month")
    targets = read_targets(view)
    for name in asked:
        value, numerator, denominator = now[name]
        target = targets.get(name)
        cards[name] = Card(
            name,
            "shown",
            value=value,
            numerator=numerator,
            denominator=denominator,
            before=before[name][0] if name in before else None,
            months=tuple(months.select("period", name).rows()) if name in months.columns else (),
            target=target,
            standing=questions.standing(view.catalogue.metric(name).direction, value, target),
        )
    return cards


def read_targets(view: View) -> dict[str, Target]:
    """The targets of the business by metric."""
    return {name: Target(target, warning) for name, target, warning in ask(view.warehouse, questions.targets).rows()}
