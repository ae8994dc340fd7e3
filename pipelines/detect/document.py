"""docs/alerts, one page a kind, written from the code's own definitions by `python -m pipelines.detect.document`.

A test keeps the pages fresh.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping
from pathlib import Path

from planning.detection.actions import rule_text
from planning.detection.detectors import DETECTORS
from planning.detection.kinds import KINDS, AlertKind

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "alerts"
_WRITTEN = "Written by `python -m pipelines.detect.document` from the code; change it there."
_BASES: Mapping[str, str] = {
    "overdue": "what is open past its day",
    "extra_cost": "what is paid beyond the usual",
    "excess_stock": "stock beyond what is needed, at standard cost",
    "lost_stock": "pieces that are gone or useless, at standard cost",
    "lost_hours": "hours that are missing, at the work centre's cost",
    "lost_sales": "sales that do not come",
    "budget": "what was spent",
}


def documents() -> Mapping[str, str]:
    """Every page by its file name."""
    return {"README.md": _contents(), **{f"{kind.name}.md": _page(kind) for kind in KINDS.values()}}


def _contents() -> str:
    rows = [
        f"| [{_words(kind.name)}]({kind.name}.md) | {kind.area} | {kind.owner_role} | {kind.watches} |"
        for kind in KINDS.values()
    ]
    return "\n".join([
        "# Kinds of alerts", "", _WRITTEN, "", "How findings become alerts: [detection.md](../detection.md).", "",
        "| kind | area | belongs to | what is watched |", "|---|---|---|---|", *rows, "",
    ])  # fmt: skip


def _page(kind: AlertKind) -> str:
    causes = ", ".join(f"[{_words(name)}]({name}.md)" for name in kind.caused_by) or "–"
    facts = {
        "name": f"`{kind.name}`",
        "area": kind.area,
        "is about": ", ".join(_words(name) for name in kind.subjects),
        "belongs to": kind.owner_role,
        "at least": kind.least_severity,
        "may be caused by": causes,
        "stands alone": "only where no cause was found" if kind.is_symptom else "yes",
        "known to the plan": "no: orders that the plan counts on time may be hit" if kind.hides_from_plan else "yes",
    }
    found = [inspect.getdoc(one.finds) or "" for one in DETECTORS if kind.name in one.kinds]
    money = [
        "Order lines that it hits: the late part of their net value, by [the one method](../detection.md#money).",
        *[f"Its own money: {_BASES[basis]} (`{basis}`)." for basis in kind.value_bases],
    ]
    return "\n".join([
        f"# {_words(kind.name).capitalize()}", "", _WRITTEN, "", kind.watches, "", "| | |", "|---|---|",
        *[f"| {name} | {value} |" for name, value in facts.items()],
        "", "## How it is found", "", "\n\n".join(found) or "No detector finds it yet.",
        "", "## Money", "", *money,
        "", "## Action", "", f"`{kind.action}`: {rule_text(kind.action)}", "",
    ])  # fmt: skip


def _words(name: str) -> str:
    return name.replace("_", " ")


def main() -> None:
    """Write all pages."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in documents().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    sys.stdout.write(f"{len(documents())} pages written to {FOLDER}\n")


if __name__ == "__main__":
    main()
