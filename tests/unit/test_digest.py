"""The digest: what is new or grown, as a mail and as JSON to a local server."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar

import pytest

from pipelines.webhook import WebhookError, post_json
from tower.digest.content import Digest, as_json, digest_alerts
from tower.digest.mail import html_mail, text_mail
from tower.i18n import Numbers, Text

DAY = date(2026, 7, 1)


def row(key: str, money: float, **changed: Any) -> dict[str, Any]:
    kind, subject_type, subject_id = key.split("|")
    return {
        "alert_key": key, "kind": kind, "subject_type": subject_type, "subject_id": subject_id, "money_value": money,
        "subject_name": "Tough & Co <b>", "subject_name_zh": None, "severity": "high", "since_date": DAY,
        "hit_lines": 3, "hit_customers": 2, "owner_role": "buyer", "action": "other_source", "is_simulated": 1,
        "late_value_change": -500.0, **changed,
    }  # fmt: skip


SLIP, PRICE = "supplier_slipping|supplier|V07", "purchase_price_rise|supplier|V09"


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({}, [("new", 1000.0, None), ("new", 90.0, None)]),
        ({SLIP: 1000.0, PRICE: 90.0}, []),
        ({SLIP: 700.0, PRICE: 90.0}, []),
        ({SLIP: 600.0, PRICE: 90.0}, [("grown", 1000.0, 600.0)]),
        ({SLIP: 0.0}, [("grown", 1000.0, 0.0), ("new", 90.0, None)]),
    ],
)
def test_alerts_are_told_once_and_again_when_they_grow_by_half(
    told: dict[str, float], expected: list[tuple[str, float, float | None]]
) -> None:
    rows = [row(SLIP, 1000.0), row(PRICE, 90.0)]
    found = digest_alerts(rows, told, Text("en"), Numbers("en", "CNY"), 0.0)
    assert [(one.what, one.money, one.before) for one in found] == expected


def test_little_money_is_left_out() -> None:
    found = digest_alerts([row(SLIP, 1000.0), row(PRICE, 90.0)], {}, Text("en"), Numbers("en", "CNY"), 100.0)
    assert [one.key for one in found] == [SLIP]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_mail_needs_nothing_from_elsewhere_and_names_are_no_markup(language: Any) -> None:
    text, numbers = Text(language), Numbers(language, "CNY")
    alerts = digest_alerts([row(SLIP, 41_000.0)], {}, text, numbers, 0.0)
    digest = Digest("Lanhe", "20260701T060000-000001", DAY, "CNY", 50_000.0, 9, alerts)
    mail = html_mail(digest, text, numbers)
    assert "Tough &amp; Co &lt;b&gt;" in mail
    assert not any(word in mail for word in ("http", "<script", "<img", "<link", "@import"))
    assert numbers.value(41_000.0, "money") in text_mail(digest, text, numbers)


class _Receiver(BaseHTTPRequestHandler):
    answers: ClassVar[list[int]] = []
    seen: ClassVar[list[tuple[str | None, dict[str, Any]]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append((self.headers.get("Authorization"), json.loads(body)))
        status = self.answers.pop(0) if self.answers else 200
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")
        self.end_headers()

    def do_GET(self) -> None:
        self.seen.append((self.headers.get("Authorization"), {"got": self.path}))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing on the terminal."""


@pytest.fixture
def receiver() -> Iterator[str]:
    _Receiver.answers, _Receiver.seen = [], []
    server = HTTPServer(("127.0.0.1", 0), _Receiver)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook?token=geheim"
    server.shutdown()
    server.server_close()


def test_the_webhook_gets_the_digest_as_json_with_the_secret(receiver: str) -> None:
    alerts = digest_alerts([row(SLIP, 1000.0)], {SLIP: 100.0}, Text("en"), Numbers("en", "CNY"), 0.0)
    digest = Digest("Lanhe", "b1", DAY, "CNY", 50_000.0, 9, alerts)
    assert post_json(receiver, as_json(digest), secret="s3cret", waits=(0.0,)) == 200
    ((authorization, body),) = _Receiver.seen
    assert authorization == "Bearer s3cret"
    assert (body["version"], body["as_of"], body["money_at_risk"]) == (1, "2026-07-01", 50_000.0)
    (told,) = body["alerts"]
    assert (told["key"], told["what"], told["money_at_risk"], told["money_when_last_sent"]) == (
        SLIP,
        "grown",
        1000,
        100,
    )


def test_a_receiver_that_is_busy_is_asked_again_and_one_that_refuses_is_not(receiver: str) -> None:
    _Receiver.answers = [503, 500, 200]
    assert post_json(receiver, {}, waits=(0.0,)) == 200
    assert len(_Receiver.seen) == 3
    _Receiver.answers = [401, 200]
    with pytest.raises(WebhookError, match="refused the digest: it answered 401"):
        post_json(receiver, {}, waits=(0.0,))
    assert len(_Receiver.seen) == 4


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_an_address_that_sends_elsewhere_is_refused_and_the_secret_stays(receiver: str, status: int) -> None:
    _Receiver.answers = [status]
    with pytest.raises(WebhookError, match=f"it answered {status}"):
        post_json(receiver, {}, secret="s3cret", waits=(0.0,))
    assert len(_Receiver.seen) == 1


def test_who_cannot_be_reached_is_named_without_what_may_be_secret(receiver: str) -> None:
    _Receiver.answers = [500, 500, 500]
    with pytest.raises(WebhookError, match="after 3 attempts") as raised:
        post_json(receiver, {}, waits=(0.0,))
    assert "geheim" not in str(raised.value)
    with pytest.raises(WebhookError, match="begins with http"):
        post_json("file:///etc/passwd", {})
