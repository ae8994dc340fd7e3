"""What planners decided about action messages: accepted, rejected, or snoozed until a day, each with a reason.

A message has no number that outlives its build. It is known by its code, item, location and document: the open order
it is about, or else the demand. Planned orders are numbered anew by every plan and stand by their day and supplier;
messages of one code on the same item, location, day and supplier share a decision. An overload of a work centre stands
by its day, one of a supplier by the supplier, and an error in the data by its kind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from typing import ClassVar
from urllib.parse import quote

import polars as pl
from sqlalchemy import Connection, select, tuple_

from tower.errors import StoreError
from tower.store.database import reading, writing
from tower.store.schema import message_decisions as table
from tower.store.store import Store
from tower.store.versioned import WITHDRAWN, ChangedMeanwhile, Kept, Reference, VersionedTable, instant

ACCEPT, REJECT, SNOOZE = "accept", "reject", "snooze"
DECISIONS = (ACCEPT, REJECT, SNOOZE)
KEY_COLUMNS = ("code", "item_id", "location_id", "document_type", "document_id")
WORK_CENTRE = "work_centre"
SUPPLIER = "supplier"
FINDING = "finding"
_LONGEST_NAME = 200
# Keys in one query: a database takes so many values and no more.
_AT_ONCE = 1000
# Numbered anew by every plan, or known by a day of the plan.
_OF_THE_PLAN = ("planned_order", "phantom", "assembly_forecast", "forecast")
# The key of decisions made before supplier and kind of error were part of it.
_FORMER = ("code", "item_id", "location_id", "former_type", "former_id")
_FRAME = {
    **dict.fromkeys(KEY_COLUMNS, pl.String()), "decision_id": pl.Int64(), "decision": pl.String(), "until": pl.Date(),
    "reason": pl.String(), "author": pl.String(), "decided_at": pl.Datetime("us", "UTC"), "version": pl.Int64(),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class MessageDecision(Kept):
    """One decision. Of a new one, the store gives `decision_id`, `version`, `author`, `decided_at` and `status`.

    `until`: the last day on which a snoozed message stays hidden.
    """

    KEY: ClassVar[str] = "decision_id"
    code: str
    item_id: str
    location_id: str
    document_type: str
    document_id: str
    decision: str
    reason: str
    until: date | None = None
    author: str = ""
    decided_at: datetime | None = None
    status: str = "active"
    decision_id: int | None = None

    def references(self) -> tuple[Reference, ...]:
        """Its item and location, and the document where it has a number of its own."""
        named = [("item", self.item_id), ("location", self.location_id)]
        if self.document_type == WORK_CENTRE:
            named.append((WORK_CENTRE, self.document_id.rpartition("/")[0]))
        elif self.document_type not in (*_OF_THE_PLAN, FINDING):
            named.append((self.document_type, self.document_id))
        return tuple(Reference(kind, name) for kind, name in named if kind and name)


_DECISIONS = VersionedTable(table, MessageDecision, "message decision")


def message_decisions(store: Store, *, with_withdrawn: bool = False) -> list[MessageDecision]:
    """All decisions that stand, or all; the oldest message first."""
    query = select(table).order_by(table.c.decision_id)
    if not with_withdrawn:
        query = query.where(table.c.status != WITHDRAWN)
    with reading(store.engine) as connection:
        return [_DECISIONS.read(row) for row in connection.execute(query).mappings()]


def decide(store: Store, decisions: Sequence[MessageDecision], by: str, now: datetime) -> list[MessageDecision]:
    """Keep decisions, all or none: new ones, and others in the place of those that were read at their `version`.

    Raises ChangedMeanwhile when somebody decided about one of the messages since it was read (`version` 0: when there
    was no decision), StoreError when one cannot be kept.
    """
    for decision in decisions:
        _check(decision)
    keys = [_key(decision) for decision in decisions]
    twice = [key for key, times in Counter(keys).items() if times > 1]
    if twice:
        raise StoreError(f"There are two decisions about {_called(decisions[keys.index(twice[0])])}. Make one of them.")
    with writing(store.engine) as connection:
        there = _there(connection, keys)
        kept = dict(there)
        new = []
        for decision, key in zip(decisions, keys, strict=True):
            made = replace(decision, author=by, decided_at=now, status="active")
            if key in there:
                kept[key] = _replaced(connection, there[key], made, by, now)
            elif decision.version:
                raise StoreError(
                    f"There is no decision about {_called(decision)}; you read version {decision.version} of one."
                )
            else:
                new.append(replace(made, decision_id=None))
        for added in _DECISIONS.add_all(connection, new, "decide_message", by, now):
            kept[_key(added)] = added
        return [kept[key] for key in keys]


def withdraw_decision(store: Store, read: MessageDecision, by: str, now: datetime) -> MessageDecision:
    """Take a decision back: its message is open again. Raises ChangedMeanwhile when it was changed since."""
    with writing(store.engine) as connection:
        before = _DECISIONS.unchanged(connection, read)
        after = replace(before, status=WITHDRAWN, author=by, decided_at=now)
        return _DECISIONS.change(connection, before, after, "withdraw_message_decision", by, now)


def message_keys(messages: pl.DataFrame) -> pl.DataFrame:
    """Messages with `document_type` and `document_id`, by which decisions know them; `former_type` and `former_id` are
    those of decisions made before supplier and kind of error were part of the key.

    `messages` are rows of `core.fct_plan_messages`, or of the screen's query, whose `supplier_id` is also that of a
    planned order. Nulls in `item_id` and `location_id` become empty: no column of the key is null.
    """
    day = pl.col("message_date").dt.to_string("%Y-%m-%d")
    overload = pl.col("work_centre_id").is_not_null()
    order, demand = pl.col("order_type").is_not_null(), pl.col("demand_type").is_not_null()
    planned = pl.when(order).then("order_type").otherwise("demand_type").is_in(_OF_THE_PLAN[:3])
    kind = pl.when(overload).then(pl.lit(WORK_CENTRE)).when(order).then("order_type").otherwise("demand_type")
    number = (
        pl.when(overload)
        .then(pl.concat_str("work_centre_id", day, separator="/"))
        .when(planned)
        .then(day)
        .when(order)
        .then("order_id")
        .when(demand)
        .then("demand_id")
    )
    erring = pl.col("finding_kind").is_not_null()
    of_supplier = ~overload & ~order & ~demand & pl.col("supplier_id").is_not_null()
    joined = pl.concat_str(number, "supplier_id", separator="/", ignore_nulls=True)
    return messages.with_columns(
        pl.col("item_id", "location_id").fill_null(""),
        pl.when(erring).then(pl.lit(FINDING)).when(of_supplier).then(pl.lit(SUPPLIER)).otherwise(kind).fill_null("")
        .alias("document_type"),
        pl.when(erring).then(pl.concat_str("finding_kind", number, "supplier_id", separator="/", ignore_nulls=True))
        .when(of_supplier | (planned & ~overload)).then(joined).otherwise(number).fill_null("").alias("document_id"),
        kind.fill_null("").alias("former_type"),
        number.fill_null("").alias("former_id"),
    )  # fmt: skip


def with_decisions(messages: pl.DataFrame, decisions: Sequence[MessageDecision], today: date) -> pl.DataFrame:
    """Messages with the columns of `message_keys`, those of their decision (null where there is none) and `is_open`:
    nobody decided, or the snooze is over.

    A decision under the former key holds where that key means one message only; its `version` is 0 there, so that a
    new decision stands in its place under the key of today. Where it means several, those are open again.
    """
    keyed = message_keys(messages)
    frame = decision_frame(decisions)
    standing = pl.concat([frame, _taken_over(keyed, frame).select(frame.columns)])
    joined = keyed.join(standing, on=list(KEY_COLUMNS), how="left", maintain_order="left")
    is_over = (pl.col("decision") == SNOOZE) & (pl.col("until") < today)
    return joined.drop("former_type", "former_id").with_columns(
        (pl.col("decision").is_null() | is_over.fill_null(False)).alias("is_open")
    )


def _taken_over(keyed: pl.DataFrame, frame: pl.DataFrame) -> pl.DataFrame:
    """Decisions under former keys that mean one message only, under its key of today, where that has none itself."""
    keys = keyed.select(list(dict.fromkeys((*KEY_COLUMNS, *_FORMER)))).unique()
    alone = keys.filter(pl.len().over(_FORMER) == 1).join(frame, on=list(KEY_COLUMNS), how="anti")
    is_new = (pl.col("document_type") != pl.col("former_type")) | (pl.col("document_id") != pl.col("former_id"))
    former = frame.rename({"document_type": "former_type", "document_id": "former_id"})
    return alone.filter(is_new).join(former, on=list(_FORMER)).with_columns(version=pl.lit(0, dtype=pl.Int64))


def decisions_without_message(messages: pl.DataFrame, decisions: Sequence[MessageDecision]) -> list[MessageDecision]:
    """Decisions about messages that the plan does not give any more: settled, or about what is gone.

    Those under a former key that means several messages of today are among them: nobody knows which was meant.
    """
    keyed, frame = message_keys(messages), decision_frame(decisions)
    gone = frame.join(keyed, on=list(KEY_COLUMNS), how="anti")
    numbers = set(gone["decision_id"]) - set(_taken_over(keyed, frame)["decision_id"])
    return [decision for decision in decisions if decision.decision_id in numbers]


def message_object(key: Sequence[str]) -> str:
    """What comments call a message: its key as one text of a length that every store takes."""
    words = "/".join(quote(part, safe="") for part in key)
    return words if len(words) <= _LONGEST_NAME else f"{key[0]}/{sha256(words.encode()).hexdigest()}"


def decision_frame(decisions: Sequence[MessageDecision]) -> pl.DataFrame:
    """Decisions as a frame, in their order."""
    return pl.DataFrame([{name: getattr(one, name) for name in _FRAME} for one in decisions], schema=_FRAME)


def _replaced(
    connection: Connection, before: MessageDecision, made: MessageDecision, by: str, now: datetime
) -> MessageDecision:
    # Who saw no decision may decide where one was taken back.
    unseen = made.version == 0 and before.status == WITHDRAWN
    if made.version == 0 and not unseen:
        what = before.decision + (f" until {before.until}" if before.until else "")
        raise ChangedMeanwhile(
            f"{before.author} decided on {instant(before.decided_at)} about {_called(made)}: {what}. "
            "Nothing of yours was saved. Read it again, then repeat your change.",
            before,
        )
    if made.version != before.version and not unseen:
        raise _DECISIONS.conflict(connection, before, made.version)
    after = replace(made, decision_id=before.decision_id)
    return _DECISIONS.change(connection, before, after, "decide_message", by, now)


def _there(connection: Connection, keys: Sequence[tuple[str, ...]]) -> dict[tuple[str, ...], MessageDecision]:
    """The rows of these messages, withdrawn ones among them."""
    columns = tuple_(*(table.c[name] for name in KEY_COLUMNS))
    found: dict[tuple[str, ...], MessageDecision] = {}
    for first in range(0, len(keys), _AT_ONCE):
        rows = connection.execute(select(table).where(columns.in_(keys[first : first + _AT_ONCE]))).mappings()
        found |= {_key(row): row for row in map(_DECISIONS.read, rows)}
    return found


def _key(decision: MessageDecision) -> tuple[str, ...]:
    return tuple(getattr(decision, name) for name in KEY_COLUMNS)


def _called(decision: MessageDecision) -> str:
    about = " ".join(part for part in (decision.document_type.replace("_", " "), decision.document_id) if part)
    where = " at ".join(part for part in (decision.item_id, decision.location_id) if part)
    return f"the message {decision.code} of {', '.join(part for part in (where, about) if part)}"


def _check(decision: MessageDecision) -> None:
    _DECISIONS.check(decision)
    problem = None
    if decision.decision not in DECISIONS:
        problem = f"cannot be {decision.decision!r}; known decisions: {', '.join(DECISIONS)}"
    elif not decision.code or not (decision.item_id or decision.document_id):
        problem = "needs the message's code and its item or document"
    elif not decision.reason.strip():
        problem = "needs a reason"
    elif (decision.decision == SNOOZE) is (decision.until is None):
        problem = "needs the day until which it is snoozed, and only a snoozed one has a day"
    if problem:
        raise StoreError(f"The decision about {_called(decision)} {problem}.")
