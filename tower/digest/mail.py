"""The digest as one HTML file that any mail program shows: no picture, script or style from elsewhere."""

from __future__ import annotations

from html import escape

from tower.digest.content import Digest
from tower.i18n import Numbers, Text

_CELL = "padding:8px 10px;border-bottom:1px solid #e3e8ef;vertical-align:top"


def html_mail(digest: Digest, text: Text, numbers: Numbers) -> str:
    """A whole HTML document in the language of `text`."""
    title = text("digest.title", company=digest.company, day=numbers.day(digest.as_of))
    summary = text(
        "digest.summary", count=len(digest.alerts), money=numbers.value(digest.total_money, "money"),
        open=digest.open_alerts,
    )  # fmt: skip
    rows = "".join(
        f"<tr><td style='{_CELL};white-space:nowrap;text-align:right'>"
        f"<b>{escape(numbers.value(one.money, 'money'))}</b></td><td style='{_CELL}'><b>{escape(one.sentence)}</b><br>"
        f"<span style='color:#5b6575'>{escape(text(f'digest.{one.what}'))} · "
        f"{escape(text('digest.hits', lines=one.lines, customers=one.customers, since=numbers.day(one.since)))}</span>"
        f"<br>{escape(one.suggestion)}</td></tr>\n"
        for one in digest.alerts
    )
    body = f"<table style='border-collapse:collapse;width:100%'>\n{rows}</table>" if rows else ""
    return (
        f"<!doctype html>\n<html lang='{text.language}'><head><meta charset='utf-8'>"
        f"<title>{escape(title)}</title></head>\n"
        "<body style='font-family:Arial,sans-serif;font-size:14px;color:#1c2636;max-width:760px;margin:24px auto'>\n"
        f"<h2 style='margin:0 0 4px'>{escape(title)}</h2>\n"
        f"<p style='color:#5b6575;margin:0 0 16px'>{escape(summary)}</p>\n"
        f"{body}\n<p style='color:#5b6575;font-size:12px'>{escape(text('digest.foot', build=digest.build_id))}</p>\n"
        "</body></html>\n"
    )


def text_mail(digest: Digest, text: Text, numbers: Numbers) -> str:
    """The same as plain text, for programs that show no HTML."""
    lines = [text("digest.title", company=digest.company, day=numbers.day(digest.as_of)), ""]
    for one in digest.alerts:
        lines += [f"{numbers.value(one.money, 'money')}  {one.sentence}", f"    {one.suggestion}"]
    return "\n".join(lines) + "\n"
