"""The score as a section of docs/detection.md: all together, by kind, and what was missed or raised for nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from tests.benchmarks.detection.matching import CONSEQUENCE, EXPECTED, FALSE, HIT, NEIGHBOUR
from tests.benchmarks.detection.scoring import (
    TOP,
    Figures,
    Planted,
    SeedScore,
    counted,
    false_alarms_a_look,
    figures,
    precision,
)

_FIRST, _LAST = "<!-- section: detection-score -->", "<!-- end of section: detection-score -->"
_SECTION = re.compile(f"{re.escape(_FIRST)}.*?{re.escape(_LAST)}", re.DOTALL)


def with_score(page: str, score: str) -> str:
    """The page with the score in place of its older self; at the end where it has none yet."""
    section = f"{_FIRST}\n{score.strip()}\n{_LAST}"
    if _SECTION.search(page):
        return _SECTION.sub(lambda _: section, page)
    return f"{page.rstrip()}\n\n{section}\n"


def document(groups: Sequence[tuple[str, Sequence[SeedScore]]]) -> str:
    """Groups of seeds (name, scores), those that were used while building and those that were not."""
    shown = [(name, scores) for name, scores in groups if scores]
    lines = ["## Score", "", "Written by `make bench`.", "", *_together(shown)]
    for name, scores in shown:
        asked = [score for score in scores if score.with_incidents]
        if asked:
            lines += ["", f"### By kind: {name}", "", *_by_kind(asked)]
            lines += ["", f"### Missed: {name}", "", *_missed(asked)]
        lines += ["", f"### Raised for nothing: {name}", "", *_false(scores)]
    return "\n".join(lines) + "\n"


def _together(groups: Sequence[tuple[str, Sequence[SeedScore]]]) -> list[str]:
    lines = ["| | " + " | ".join(name for name, _ in groups) + " |", "|---|" + "--:|" * len(groups)]
    split = [
        (
            [score for score in scores if score.with_incidents],
            [score for score in scores if not score.with_incidents],
        )
        for _, scores in groups
    ]
    numbers = [figures([each for score in asked for each in score.planted]) for asked, _ in split]
    rows = [
        ("seeds with incidents", [str(len(asked)) for asked, _ in split]),
        ("planted in the last 120 days", [str(one.planted) for one in numbers]),
        ("of them with an effect by the last day", [str(one.with_effect) for one in numbers]),
        (f"**found among the first {TOP}**", [f"**{_share(one.rate)}**" for one in numbers]),
        ("of all planted", [_share(one.found / one.planted if one.planted else None) for one in numbers]),
        ("found only by a neighbouring kind", [str(one.by_neighbour) for one in numbers]),
        (
            "**median days from start to first look that has it**",
            [f"**{_number(one.median_delay)}**" for one in numbers],
        ),
        ("least possible: median days to the first look after it began", [_number(one.median_wait) for one in numbers]),
        (f"**share of the first {TOP} that is right**", [f"**{_share(precision(asked))}**" for asked, _ in split]),
        ("of them the incident itself", [_part(asked, (HIT, NEIGHBOUR)) for asked, _ in split]),
        ("of them a listed consequence", [_part(asked, (CONSEQUENCE,)) for asked, _ in split]),
        ("share of those that name a cause", [_share(precision(asked, symptoms=False)) for asked, _ in split]),
        ("seeds without incidents", [str(len(none)) for _, none in split]),
        ("**false alarms a look on those**", [f"**{_number(false_alarms_a_look(none))}**" for _, none in split]),
        (
            "of them alerts that name a cause",
            [_number(false_alarms_a_look(none, symptoms=False)) for _, none in split],
        ),
    ]
    return lines + [f"| {name} | " + " | ".join(cells) + " |" for name, cells in rows]


def _part(scores: Sequence[SeedScore], outcomes: Sequence[str]) -> str:
    found = counted(scores)
    return _share(sum(found[outcome] for outcome in outcomes) / found.total() if found else None)


def _by_kind(scores: Sequence[SeedScore]) -> list[str]:
    planted = [each for score in scores for each in score.planted]
    lines = [
        "| planted | as alert | planted | with effect | found | share | median days |",
        "|---|---|--:|--:|--:|--:|--:|",
    ]
    for kind, expected in EXPECTED.items():
        one: Figures = figures([each for each in planted if each.kind == kind])
        if one.planted:
            lines.append(
                f"| `{kind}` | `{expected.kind}` | {one.planted} | {one.with_effect} | {one.found} | {_share(one.rate)} "
                f"| {_number(one.median_delay)} |"
            )
    return lines


def missed(scores: Sequence[SeedScore]) -> list[tuple[int, Planted]]:
    """Seed and incident of all that had an effect and were found at no look."""
    return [(score.seed, each) for score in scores for each in score.planted if each.found is None and each.had_effect]


def _missed(scores: Sequence[SeedScore]) -> list[str]:
    found = missed(scores)
    if not found:
        return ["None."]
    lines = ["| planted | missed (seed: looks since its start) |", "|---|---|"]
    for kind in EXPECTED:
        some = [
            f"{seed}: {each.chances}{f' ({each.variant})' if each.variant else ''}"
            for seed, each in found
            if each.kind == kind
        ]
        if some:
            lines.append(f"| `{kind}` | {', '.join(some)} |")
    return lines


def _false(scores: Sequence[SeedScore]) -> list[str]:
    counts: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for score in scores:
        false = {kind: outcomes.get(FALSE, 0) for kind, outcomes in score.outcomes.items()}
        counts[score.with_incidents].update(+Counter(false))
    kinds = sorted(set(counts[True]) | set(counts[False]))
    if not kinds:
        return ["None."]
    looks = {side: sum(score.looks for score in scores if score.with_incidents is side) for side in (True, False)}
    lines = ["| alert | seeds with incidents, a look | without, a look |", "|---|--:|--:|"]
    for kind in sorted(kinds, key=lambda kind: (-counts[True][kind] - counts[False][kind], kind)):
        cells = [f"{counts[side][kind] / looks[side]:.2f}" if looks[side] else "–" for side in (True, False)]
        lines.append(f"| `{kind}` | " + " | ".join(cells) + " |")
    return lines


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}".removesuffix(".0")
