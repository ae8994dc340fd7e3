"""Which alert is which planted incident: the right kind, the right subject, and an onset near the true start.

Plain rules over small lists, written down in docs/detection.md ("How it is measured").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

# An alert may name its first day so many days before the true start or after it. Before: days are told from documents,
# and the last good one lies before the start. After: trouble shows with the next documents, a lead time later.
EARLY_DAYS, LATE_DAYS = 21, 45
# Of what an alert sits on so much must be an incident's, where the incident does not name the alert's subject.
LEAST_SHARE = 0.5
# So long after its end an incident may still be told and its subjects may suffer; its documents are its own for good.
REST_DAYS = 60
# What these leave behind stays: the debt, and the stock that nobody wants.
STAYS = ("debtor_stop", "engineering_change", "demand_collapse")
# The truth tells no effect of these before an order is late over them: they are asked for once they are so old.
SILENT, LONG_ENOUGH_DAYS = ("bill_error", "forecast_bias", "wrong_parameter"), 21
HIT, NEIGHBOUR, CONSEQUENCE, FALSE = "hit", "neighbour", "consequence", "false"
Document = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Expected:
    """The kinds of alert for a kind of incident.

    `neighbours` say the same to the same person in other words and find it as well; `consequences` follow from it: they
    are no false alarms, and do not find it. `order_late`, `order_at_risk` and `part_short` follow from every kind.
    """

    kind: str
    neighbours: tuple[str, ...] = ()
    consequences: tuple[str, ...] = ()


_SHORTAGE = ("part_shortage_blocking", "part_short")
EXPECTED: Mapping[str, Expected] = {
    "supplier_slip": Expected("supplier_slipping", ("supplier_not_delivering",), ("parameter_wrong", *_SHORTAGE)),
    "supplier_outage": Expected("supplier_not_delivering", ("supplier_slipping",), ("parameter_wrong", *_SHORTAGE)),
    "lane_delay": Expected(
        "lane_delayed", (), ("supplier_slipping", "supplier_not_delivering", "parameter_wrong", *_SHORTAGE)
    ),
    "price_rise": Expected("purchase_price_rise"),
    "quality_excursion": Expected("quality_excursion", (), _SHORTAGE),
    "golden_screw": Expected(
        "part_shortage_blocking", ("part_short",), ("supplier_not_delivering", "supplier_slipping", "record_inaccuracy")
    ),
    "phantom_stock": Expected("record_inaccuracy", (), _SHORTAGE),
    "work_centre_overload": Expected("work_centre_overloaded"),
    "breakdown_cluster": Expected("work_centre_failing", (), ("work_centre_overloaded",)),
    "demand_surge": Expected("demand_surge", (), ("forecast_biased", "work_centre_overloaded", *_SHORTAGE)),
    "demand_collapse": Expected("demand_collapse", (), ("forecast_biased", "stock_ageing")),
    "forecast_bias": Expected("forecast_biased", (), ("stock_ageing", *_SHORTAGE)),
    "wrong_parameter": Expected("parameter_wrong", (), ("stock_ageing", *_SHORTAGE)),
    "bill_error": Expected("bill_wrong", (), ("record_inaccuracy", "work_centre_overloaded", *_SHORTAGE)),
    "engineering_change": Expected("stock_ageing", (), _SHORTAGE),
    "customers_leaving": Expected("customers_leaving", (), ("lane_delayed",)),
    "debtor_stop": Expected("customer_not_paying", (), ("customers_leaving",)),
    "campaign_flop": Expected("campaign_not_converting"),
}
OF_EVERY_KIND = ("order_late", "order_at_risk", "part_short")


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert of the list. `documents`: type and id of what it sits on."""

    rank: int
    kind: str
    subject_type: str
    subject_id: str
    since: date
    documents: frozenset[Document] = frozenset()


@dataclass(frozen=True, slots=True)
class Incident:
    """One planted incident as the truth tells it on a day; `end` is None while it lasts.

    `subjects`: type and id of all that it hits (types supplier, item, successor, place, work_centre, customer,
    campaign, family, planner, port); `documents`: what it has touched or made late. `has_effect`: it has cost
    something or touched a document; of the kinds in SILENT, it has lasted for LONG_ENOUGH_DAYS.
    """

    number: int
    kind: str
    start: date
    end: date | None = None
    variant: str = ""
    subjects: frozenset[tuple[str, str]] = frozenset()
    documents: frozenset[Document] = field(default_factory=frozenset)
    has_effect: bool = True


@dataclass(frozen=True, slots=True)
class Judged:
    """What an alert turned out to be, and the incident behind it (None: a false alarm).

    `near`: for a false alarm, what was right about it all the same ("onset 60 days late", "subject, not kind").
    """

    alert: Alert
    outcome: str
    number: int | None = None
    near: str = ""


def with_later_documents(looks: Sequence[Sequence[Incident]]) -> list[list[Incident]]:
    """The incidents of each look with all the documents that any of the looks knows of them.

    An alert may say early what comes true later: an order at risk that an incident makes late in three weeks.
    """
    documents: dict[int, frozenset[Document]] = {}
    for incident in (incident for look in looks for incident in look):
        documents[incident.number] = documents.get(incident.number, frozenset()) | incident.documents
    return [[replace(incident, documents=documents[incident.number]) for incident in look] for look in looks]


def judged(alerts: Sequence[Alert], incidents: Sequence[Incident], as_of: date) -> list[Judged]:
    """Each alert of a day against the incidents that had begun by then."""
    return [_judge(alert, incidents, as_of) for alert in alerts]


def _judge(alert: Alert, incidents: Sequence[Incident], as_of: date) -> Judged:
    newest_first = sorted(incidents, key=lambda incident: (incident.start, incident.number), reverse=True)
    about = [incident for incident in newest_first if is_about(alert, incident)]
    for incident in about:
        if alert.kind == EXPECTED[incident.kind].kind and has_onset(alert, incident) and is_told(incident, as_of):
            return Judged(alert, HIT, incident.number)
    for incident in about:
        if alert.kind in EXPECTED[incident.kind].neighbours and has_onset(alert, incident) and is_told(incident, as_of):
            return Judged(alert, NEIGHBOUR, incident.number)
    for incident in newest_first:
        if follows_from(alert, incident, as_of):
            return Judged(alert, CONSEQUENCE, incident.number)
    for incident in about:
        if alert.kind == EXPECTED[incident.kind].kind:
            near = f"incident {incident.number}, but since {(alert.since - incident.start).days:+d} days"
            if has_onset(alert, incident) and incident.end is not None:
                near = f"incident {incident.number}, but over for {(as_of - incident.end).days} days"
            return Judged(alert, FALSE, None, near)
    if about:
        return Judged(alert, FALSE, None, f"subject of incident {about[0].number} ({about[0].kind})")
    return Judged(alert, FALSE)


def has_onset(alert: Alert, incident: Incident) -> bool:
    """Whether the alert's first day lies near the incident's start."""
    return -EARLY_DAYS <= (alert.since - incident.start).days <= LATE_DAYS


def is_told(incident: Incident, as_of: date) -> bool:
    """Whether it lasts, was over not long ago, or has left behind what stays."""
    return incident.end is None or incident.kind in STAYS or (as_of - incident.end).days <= REST_DAYS


def is_about(alert: Alert, incident: Incident) -> bool:
    """Whether the alert's subject is one of the incident's, or most of what it sits on is the incident's."""
    names = {name for _, name in incident.subjects}
    if alert.subject_type == "item_location":
        item, _, place = alert.subject_id.rpartition("@")
        places = {name for kind, name in incident.subjects if kind == "place"}
        return item in names and (not places or place in places or incident.kind not in _AT_A_PLACE)
    if alert.subject_type == "lane":
        ports = {name for kind, name in incident.subjects if kind == "port"}
        return any(port in alert.subject_id for port in ports) or _mostly(alert, incident)
    if alert.subject_type == "document":
        return any(alert.subject_id == name for _, name in incident.documents)
    return alert.subject_id in names


# Trouble of an item at one place; the other kinds are known by the item alone.
_AT_A_PLACE = ("golden_screw", "phantom_stock", "wrong_parameter")


def follows_from(alert: Alert, incident: Incident, as_of: date) -> bool:
    """Whether the alert is a listed consequence: a kind that follows, on a document or a subject of the incident.

    The incident's own kind with another onset is one where the alert sits on the incident's documents.
    """
    expected = EXPECTED[incident.kind]
    if alert.kind in (expected.kind, *expected.neighbours) and _mostly(alert, incident):
        return True
    if alert.kind not in (*expected.consequences, *OF_EVERY_KIND):
        return False
    if alert.subject_type == "document":
        return ("sales_order_line", alert.subject_id) in incident.documents or _mostly(alert, incident)
    return _mostly(alert, incident) or (is_told(incident, as_of) and is_about(alert, incident))


def _mostly(alert: Alert, incident: Incident) -> bool:
    """Whether most of the alert's documents, of the types that the truth lists, are the incident's.

    The customers whom an incident hits count as documents of it where the truth lists no others that the alert has.
    """
    types = {kind for kind, _ in incident.documents} - {"customer"}
    own = {document for document in alert.documents if document[0] in types}
    listed = incident.documents
    if not own:
        own = {document for document in alert.documents if document[0] == "customer"}
        listed = frozenset(one for one in incident.subjects if one[0] == "customer")
    return bool(own) and len(own & listed) >= LEAST_SHARE * len(own)
