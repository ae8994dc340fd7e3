"""What people decide about alerts: who has one, until when it sleeps, that it is resolved.

An alert is named by the key that it has in every build, so a decision outlives builds and a build writes nothing here.
Whether an alert is still there, gone or back is worked out when it is read: see `standing`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ClassVar, Literal

from sqlalchemy import Connection, insert, select, update

from tower.errors import StoreError
from tower.store.database import reading, writing
from tower.store.schema import alert_decisions as table
from tower.store.schema import alert_notifications, alert_visits
from tower.store.store import Store
from tower.store.versioned import WITHDRAWN, ChangedMeanwhile, Kept, VersionedTable, instant

ACTIVE, RESOLVED = "active", "resolved"
# new: nobody has it. taken: somebody has. snoozed: not to be shown before a day. resolved: done, as somebody says, and
# still in the newest build. back: it was gone or resolved and begins again. gone: somebody had it, and no build has it.
Standing = Literal["new", "taken", "snoozed", "resolved", "back", "gone"]


@dataclass(frozen=True, slots=True)
class AlertDecision(Kept):
    """The decision about one alert. Of a new one, the store gives `decision_id`, `version`, `author`, `decided_at`.

    `owner` is empty where nobody has it; `snoozed_until` is the first day on which it is shown again; `resolved_as_of`
    the day of the build on which it was called resolved; `money_at_risk` in company currency as it was then.
    """

    KEY: ClassVar[str] = "decision_id"
    alert_key: str
    kind: str
    owner: str = ""
    snoozed_until: date | None = None
    resolved_as_of: date | None = None
    reason: str = ""
    money_at_risk: float | None = None
    author: str = ""
    decided_at: datetime | None = None
    status: str = ACTIVE
    decision_id: int | None = None


_DECISIONS = VersionedTable(table, AlertDecision, "alert decision")


def alert_decisions(store: Store) -> list[AlertDecision]:
    """All decisions that stand, the oldest first."""
    query = select(table).where(table.c.status != WITHDRAWN).order_by(table.c.decision_id)
    with reading(store.engine) as connection:
        return [_DECISIONS.read(row) for row in connection.execute(query).mappings()]


def assign(store: Store, read: AlertDecision, owner: str, by: str, now: datetime) -> AlertDecision:
    """Give an alert to somebody, or take it oneself; a snooze or resolution ends. An empty owner puts it back."""
    return _decide(
        store,
        replace(read, owner=owner, snoozed_until=None, resolved_as_of=None, status=ACTIVE),
        "assign_alert",
        by,
        now,
    )


def snooze(store: Store, read: AlertDecision, until: date, today: date, by: str, now: datetime) -> AlertDecision:
    """Let it sleep until a day after today; it keeps its owner. Raises StoreError for a day that is not ahead."""
    if until <= today:
        raise StoreError(f"An alert sleeps until a day after {today}; {until} is not ahead.")
    return _decide(
        store, replace(read, snoozed_until=until, resolved_as_of=None, status=ACTIVE), "snooze_alert", by, now
    )


def resolve(store: Store, read: AlertDecision, as_of: date, reason: str, by: str, now: datetime) -> AlertDecision:
    """Say that it is done, with what was done. Raises StoreError without a reason."""
    if not reason.strip():
        raise StoreError("Say in a few words how the alert was resolved; whoever meets it again will want to know.")
    resolved = replace(read, snoozed_until=None, resolved_as_of=as_of, reason=reason, status=RESOLVED)
    return _decide(store, resolved, "resolve_alert", by, now)


def reopen(store: Store, read: AlertDecision, by: str, now: datetime) -> AlertDecision:
    """It is not done after all, or shall not sleep any longer; it keeps its owner."""
    opened = replace(read, snoozed_until=None, resolved_as_of=None, status=ACTIVE)
    return _decide(store, opened, "reopen_alert", by, now)


def standing(decision: AlertDecision | None, running_since: date | None, as_of: date) -> Standing:
    """How an alert stands on the day of a build.

    `running_since` is the day from which every build has had it, None where this build has not.
    """
    if running_since is None:
        return "gone"
    if decision is None:
        return "new"
    if decision.status == RESOLVED:
        is_back = decision.resolved_as_of is not None and running_since > decision.resolved_as_of
        return "back" if is_back else "resolved"
    if decision.snoozed_until is not None and as_of < decision.snoozed_until:
        return "snoozed"
    return "taken" if decision.owner else "new"


def visit(store: Store, user_id: str, as_of: date, now: datetime) -> date | None:
    """Note that somebody looks at the build of a day; gives the day of the build that they looked at before.

    Looking again at the same build changes nothing, so what is new stays new while it is read.
    """
    mine = alert_visits.c.user_id == user_id
    # Every drawing of the page asks; only the first of a newer build writes.
    with reading(store.engine) as connection:
        there = connection.execute(select(alert_visits).where(mine)).mappings().first()
    if there is not None and as_of <= there["as_of"]:
        before: date | None = there["before_as_of"]
        return before
    with writing(store.engine) as connection:
        there = connection.execute(select(alert_visits).where(mine)).mappings().first()
        last: date | None = None if there is None else there["as_of"]
        values = {"visited_at": now, "as_of": as_of, "before_as_of": last}
        if there is None:
            connection.execute(insert(alert_visits).values(user_id=user_id, **values))
        elif as_of > there["as_of"]:
            connection.execute(update(alert_visits).where(mine).values(**values))
    return last


def sent(store: Store, channel: str) -> dict[str, float]:
    """What was sent over a channel: the money at risk that each alert had then (0 where it had none)."""
    query = select(alert_notifications.c.alert_key, alert_notifications.c.money_at_risk).where(
        alert_notifications.c.channel == channel
    )
    with reading(store.engine) as connection:
        return {str(key): float(money or 0.0) for key, money in connection.execute(query).tuples()}


def note_sent(
    store: Store, channel: str, alerts: Mapping[str, float | None], kept: Sequence[str], as_of: date, now: datetime
) -> None:
    """Note what was sent. Alerts that are not among `kept` are forgotten: when they come back they are sent as new."""
    with writing(store.engine) as connection:
        same = alert_notifications.c.channel == channel
        rows = connection.execute(select(alert_notifications.c.alert_key).where(same)).tuples()
        known = {str(key) for (key,) in rows}
        gone = known - set(kept) - set(alerts)
        for key in sorted(gone):
            connection.execute(alert_notifications.delete().where(same & (alert_notifications.c.alert_key == key)))
        for key, money in sorted(alerts.items()):
            values = {"sent_at": now, "as_of": as_of, "money_at_risk": money}
            if key in known:
                where = same & (alert_notifications.c.alert_key == key)
                connection.execute(update(alert_notifications).where(where).values(**values))
            else:
                connection.execute(insert(alert_notifications).values(channel=channel, alert_key=key, **values))


def _decide(store: Store, made: AlertDecision, action: str, by: str, now: datetime) -> AlertDecision:
    """Keep the decision: a new one (`version` 0), or in the place of the one that was read at its `version`.

    Raises ChangedMeanwhile when somebody decided about the alert since it was read.
    """
    _DECISIONS.check(made)
    if not (made.alert_key and made.kind):
        raise StoreError("A decision needs the key and the kind of its alert.")
    new = replace(made, author=by, decided_at=now)
    with writing(store.engine) as connection:
        there = _there(connection, made.alert_key)
        if there is None:
            return _DECISIONS.add_all(connection, [replace(new, decision_id=None)], action, by, now)[0]
        if made.version == 0:
            raise ChangedMeanwhile(
                f"{there.author} decided on {instant(there.decided_at)} about this alert while you looked at it. "
                "Nothing of yours was saved. Read it again, then repeat your change.",
                there,
            )
        if made.version != there.version:
            raise _DECISIONS.conflict(connection, there, made.version)
        return _DECISIONS.change(connection, there, replace(new, decision_id=there.decision_id), action, by, now)


def _there(connection: Connection, alert_key: str) -> AlertDecision | None:
    row = connection.execute(select(table).where(table.c.alert_key == alert_key)).mappings().first()
    return None if row is None else _DECISIONS.read(row)
