"""What the page of finance asks for, and its sections with what each of them stands on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tower.ui import states, url
from tower.ui.finance.cash import show_cash
from tower.ui.finance.ledger import show_ledger
from tower.ui.finance.margin import show_margin
from tower.ui.finance.match import show_match
from tower.ui.finance.receivables import show_receivables
from tower.ui.finance.working_capital import show_working_capital
from tower.ui.suppliers.asked import is_connected
from tower.ui.view import View

PARAMETERS = (
    "section", "by", "basis", "customer", "against", "bridge", "key", "side", "party", "bracket", "week", "state",
    "papers", "direction", "tax", "reason", "made",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Section:
    """`needs` are the canonical tables without which there is nothing to show; `is_whole`: not for a part's reader."""

    show: Callable[[View], None]
    needs: tuple[str, ...]
    is_whole: bool = False


SECTIONS: Mapping[str, Section] = {
    "margin": Section(show_margin, ("invoices", "invoice_lines")),
    "receivables": Section(show_receivables, ("invoices",)),
    "capital": Section(show_working_capital, ("invoices", "settlements")),
    "cash": Section(show_cash, ("invoices", "ledger_entries"), is_whole=True),
    "ledger": Section(show_ledger, ("ledger_entries", "ledger_accounts"), is_whole=True),
    "match": Section(show_match, ("invoice_lines",), is_whole=True),
}


def show_finance(view: View) -> None:
    """Everything below the title."""
    text = view.text
    name = url.segments(
        text("finance.section"), "section", list(SECTIONS), lambda one: text(f"finance.section_{one}"),
        default="margin", label_visibility="collapsed",
    )  # fmt: skip
    section = SECTIONS[name]
    if missing := [one for one in section.needs if not is_connected(view, one)]:
        states.not_connected(text, missing)
    elif section.is_whole and not view.scope.is_everything:
        states.forbidden(text, text("finance.whole_only"))
    else:
        section.show(view)
