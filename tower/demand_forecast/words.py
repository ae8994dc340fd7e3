"""A forecast in words, English or Chinese: alarms, what a planner should know of a series, and how it was made.

The engines write codes and English sentences; a sentence that is not known here is shown as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tower.i18n import Numbers, Text
from tower.i18n.numbers import MISSING

# Sentences of the forecast's flags, and the text that says the same in the reader's language.
_FLAGS: Mapping[str, str] = {
    r"Ended: forecast as nothing\.": "ended",
    r"Phased out: fades to nothing over (?P<periods>\d+) periods\.": "fading",
    r"Replaced by (?P<items>.+?): keeps a fading share of both\.": "replaced",
    r"Continues the history of (?P<items>.+?)\.(?= |$)": "continues",
    r"Short history: drawn towards the level of similar series\.": "class_prior",
    r"New item: follows earlier launches of its family\.": "analogue_curve",
    r"Not sold yet: the level of similar series, with a wide interval\.": "attributes",
    r"No demand so far: forecast as nothing\.": "no_demand",
    r"Silent for long: check whether it has ended\.": "silent",
    r"Varies more than chance: a Poisson safety stock would be too low\.": "overdispersed",
}
# Candidates from this share on are named when it is said what drives a forecast.
_NAMED = 4
# Periods without demand are spoken of from this share on.
_WORTH_SAYING = 0.1
_SHARE = re.compile(r"(?P<voice>[\w ]+?) (?P<share>\d+%)")


def quantity_in_words(value: float | None) -> str:
    """A quantity as it is spoken of: one decimal, and none where it is whole or large."""
    if value is None:
        return MISSING
    decimals = 0 if abs(value) >= 1000 or abs(value - round(value)) < 0.05 else 1
    return f"{value:,.{decimals}f}".replace("-", "−" if round(value, decimals) else "")


def alarm_in_words(text: Text, numbers: Numbers, row: Mapping[str, Any]) -> str:
    """One sentence for a row of mart_forecast_alarms: what is wrong, since when, how much."""
    name = text.pick(row["item_name"], row["item_name_zh"])
    since = row["since"]
    value = row["value"]
    return text(
        f"alarm.{row['alarm']}",
        item=f"{row['item_id']} {name}".strip(),
        since="" if since is None else numbers.month(since),
        periods=numbers.integer(row["periods"]),
        quantity=quantity_in_words(abs(row["quantity"] or 0.0)),
        actual=quantity_in_words(row["actual_quantity"] or 0.0),
        value=numbers.value(value, "percent", 0) if value is not None and abs(value) <= 1 else numbers.value(value, ""),
        limit=numbers.value(row["limit_value"], "percent", 0),
    )


def flags_in_words(text: Text, flags: str | None) -> list[str]:
    """The sentences of a series' flags, one by one, in the reader's language."""
    if not flags:
        return []
    found: list[tuple[int, str]] = []
    rest = flags
    for pattern, name in _FLAGS.items():
        for match in re.finditer(pattern, flags):
            found.append((match.start(), text(f"forecast_flag.{name}", **match.groupdict())))
            rest = rest.replace(match.group(0), "")
    unknown = rest.strip()
    return [sentence for _, sentence in sorted(found)] + ([unknown] if unknown else [])


def voices_in_words(text: Text, voices: str | None) -> str:
    """Methods with their share: `mean6 20%; weights 20%` in the words of the reader's language."""
    parts = []
    for one in (voices or "").split("; "):
        match = _SHARE.fullmatch(one)
        if match is not None:
            name = match["voice"].replace(" ", "_")
            parts.append(f"{text.term('candidate', name)} {match['share']}")
    return text.listed(parts)


def made_in_words(
    text: Text, numbers: Numbers, series: Mapping[str, Any], weights: list[tuple[str, float]]
) -> list[str]:
    """How the forecast of one series was made, and what drives it: a row of mart_demand_forecast and its weights."""
    lines = [text(f"forecast_route.{series['route']}")]
    if series["rung"]:
        lines.append(text(f"forecast_rung.{series['rung']}", periods=numbers.integer(series["history_periods"])))
    if weights:
        shown = [f"{text.term('candidate', name)} {numbers.value(share, 'percent', 0)}" for name, share in weights]
        lines.append(text("forecast_made.weights", named=text.listed(shown[:_NAMED]), all=len(shown)))
    elif series["voices"]:
        lines.append(text("forecast_made.voices", voices=voices_in_words(text, series["voices"])))
    unit = text(f"forecast_made.unit_{series['bucket']}")
    if series["last_level"] is not None:
        level = quantity_in_words(series["last_level"])
        ahead = quantity_in_words((series["next_quantity"] or 0.0) / 3)
        lines.append(text("forecast_made.level", level=level, ahead=ahead, unit=unit))
    if series["is_seasonal"] is not None:
        season = "season" if series["is_seasonal"] else "no_season"
        strength = numbers.value(series["season_strength"], "percent", 0)
        lines.append(text(f"forecast_made.{season}", strength=strength))
    if series["trend_strength"] is not None:
        lines.append(text("forecast_made.trend", strength=numbers.value(series["trend_strength"], "percent", 0)))
    if (series["zero_share"] or 0.0) >= _WORTH_SAYING:
        share = numbers.value(series["zero_share"], "percent", 0)
        between = numbers.value(series["periods_between_demands"], "number")
        lines.append(text("forecast_made.zeros", share=share, between=between, unit=unit))
    return lines
