"""Which alerts a digest tells: those that a channel has not been told of, and those that have grown since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tower.digest.words import says, suggestion
from tower.i18n import Numbers, Text

# An alert has grown when its money is half as much again as when it was sent: smaller steps are the noise of one day.
GROWN = 1.5
WHAT = ("new", "grown")


@dataclass(frozen=True, slots=True)
class DigestAlert:
    """One alert of a digest. Money in company currency; `before` is the money when it was last sent, of a grown one."""

    key: str
    what: str
    kind: str
    severity: str
    sentence: str
    suggestion: str
    since: date
    money: float
    before: float | None
    lines: int
    customers: int
    owner_role: str


@dataclass(frozen=True, slots=True)
class Digest:
    """The alerts to be told, the most money first, and where they come from."""

    company: str
    build_id: str
    as_of: date
    currency: str
    total_money: float
    open_alerts: int
    alerts: tuple[DigestAlert, ...]


def digest_alerts(
    rows: Sequence[Mapping[str, Any]], sent: Mapping[str, float], text: Text, numbers: Numbers, least_money: float
) -> tuple[DigestAlert, ...]:
    """The rows of the inbox that are new to a channel or grown since, with at least `least_money`, in their order."""
    told = []
    for row in rows:
        key, money = str(row["alert_key"]), float(row["money_value"] or 0.0)
        before = sent.get(key)
        is_grown = before is not None and money > 0 and money >= GROWN * before
        if money < least_money or (before is not None and not is_grown):
            continue
        told.append(
            DigestAlert(
                key=key, what="new" if before is None else "grown", kind=str(row["kind"]),
                severity=str(row["severity"]), sentence=says(text, row),
                suggestion=suggestion(text, numbers, row).replace("*", ""), since=row["since_date"], money=money,
                before=before, lines=int(row["hit_lines"] or 0), customers=int(row["hit_customers"] or 0),
                owner_role=str(row["owner_role"]),
            )
        )  # fmt: skip
    return tuple(told)


def as_json(digest: Digest) -> dict[str, Any]:
    """The body of a webhook: docs/today.md states its fields. Days as ISO text, money as numbers."""
    return {
        "version": 1,
        "company": digest.company,
        "build_id": digest.build_id,
        "as_of": digest.as_of.isoformat(),
        "currency": digest.currency,
        "money_at_risk": round(digest.total_money, 2),
        "open_alerts": digest.open_alerts,
        "alerts": [
            {
                "key": one.key, "what": one.what, "kind": one.kind, "severity": one.severity, "sentence": one.sentence,
                "suggestion": one.suggestion, "since": one.since.isoformat(), "money_at_risk": round(one.money, 2),
                "money_when_last_sent": None if one.before is None else round(one.before, 2),
                "order_lines": one.lines, "customers": one.customers, "owner_role": one.owner_role,
            }
            for one in digest.alerts
        ],
    }  # fmt: skip
