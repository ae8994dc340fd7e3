"""`tower digest`: new and grown alerts as an HTML mail file and to a webhook."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines.webhook import post_json
from tower.access import EVERYTHING, row_scope_for
from tower.builds import current_build
from tower.digest.content import Digest, as_json, digest_alerts
from tower.digest.mail import html_mail, text_mail
from tower.errors import SettingsError
from tower.i18n import Numbers, Text, language_of
from tower.queries import alerts, build_health
from tower.settings import load_settings
from tower.store import open_store
from tower.store.alert_decisions import RESOLVED, alert_decisions, note_sent, sent
from tower.warehouse import open_warehouse


def digest(
    html: Annotated[Path | None, typer.Option(help="Write the HTML mail here, and a .txt beside it.")] = None,
    webhook: Annotated[str | None, typer.Option(help="Send JSON to this http(s) address.")] = None,
    user: Annotated[str | None, typer.Option(help="For this user: their rows, their language.")] = None,
    lang: Annotated[str | None, typer.Option(help="en or zh; the user's own by default.")] = None,
    least_money: Annotated[float, typer.Option(help="Leave out alerts with less money at risk.", min=0)] = 0.0,
    everything: Annotated[bool, typer.Option("--all", help="Also those that were told before.")] = False,
) -> None:
    """Tell of alerts that are new since the last digest over the same channel, or have grown by half.

    A channel is the webhook's address or the file's path, with the user. Resolved and sleeping alerts are left out.
    TOWER_WEBHOOK_SECRET is sent as a bearer token. Run it after each build; nothing is noted where sending fails.
    """
    if html is None and webhook is None:
        raise SettingsError("Say where the digest goes: --html FILE, --webhook URL, or both.")
    settings, now = load_settings(), datetime.now(UTC)
    build = current_build(settings.home)
    store = open_store(settings.effective_store_url)
    whole = open_warehouse(build.file, EVERYTHING)
    try:
        reader = None if user is None else store.user(user)
        scope = EVERYTHING if reader is None else row_scope_for(reader.scope, whole)
        warehouse = whole if scope.is_everything else open_warehouse(build.file, scope)
        text = Text(language_of(lang or (reader.language if reader else "en")))
        numbers = Numbers(text.language, whole.company_currency)
        quiet = {
            one.alert_key
            for one in alert_decisions(store)
            if one.status == RESOLVED or (one.snoozed_until is not None and build.as_of < one.snoozed_until)
        }
        rows = [row for row in alerts.inbox(warehouse).iter_rows(named=True) if row["alert_key"] not in quiet]
        base = Digest(
            company=str(build_health.build_info(whole)["company_name"].item()), build_id=build.build_id,
            as_of=build.as_of, currency=whole.company_currency,
            total_money=sum(float(row["money_value"] or 0.0) for row in rows), open_alerts=len(rows), alerts=(),
        )  # fmt: skip
        keys = [str(row["alert_key"]) for row in rows]
        for kind, where in (("webhook", webhook), ("html", None if html is None else str(html.absolute()))):
            if where is None:
                continue
            # The address may hold a token: only its fingerprint is kept.
            channel = f"{kind} {hashlib.sha256(f'{where} {user or str()}'.encode()).hexdigest()}"
            told = {} if everything else sent(store, channel)
            made = replace(base, alerts=digest_alerts(rows, told, text, numbers, least_money))
            if kind == "html":
                assert html is not None, "the channel is named after it"
                html.parent.mkdir(parents=True, exist_ok=True)
                html.write_text(html_mail(made, text, numbers), encoding="utf-8")
                html.with_suffix(".txt").write_text(text_mail(made, text, numbers), encoding="utf-8")
            elif made.alerts:
                post_json(where, as_json(made), secret=os.environ.get("TOWER_WEBHOOK_SECRET"))
            note_sent(store, channel, {one.key: one.money for one in made.alerts}, keys, build.as_of, now)
            typer.echo(f"{len(made.alerts)} new or grown alerts of {len(rows)} open ones ({kind}).")
    finally:
        store.close()
        whole.close()
