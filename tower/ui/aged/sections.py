"""The sections of the page, by the name they have in the URL."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tower.queries.aged_stock import Where
from tower.ui.aged.brackets import show_brackets
from tower.ui.aged.bridge import show_bridge
from tower.ui.aged.dispositions import show_dispositions
from tower.ui.aged.positions import show_positions
from tower.ui.view import View


def _stock(view: View, where: Where) -> None:
    show_brackets(view, where)
    show_positions(view, where)


SECTIONS: Mapping[str, Callable[[View, Where], None]] = {
    "stock": _stock,
    "bridge": show_bridge,
    "dispositions": show_dispositions,
}
