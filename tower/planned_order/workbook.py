"""A planned order as an Excel workbook whose formulas are live: change a figure and net, lot and dates follow.

Inputs are shaded, everything else is a formula over them with the plan's own figure as its stored value. Working days
are a sheet of dates, so that no function of Excel has to know a calendar: so many working days back is so many rows up.
"""

from __future__ import annotations

import io
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import xlsxwriter

from planning.model.calendars import WorkingCalendars, day_number
from planning.mrp.codes import NONE
from tower.planned_order.figures import OrderFigures

DAYS_BEFORE, DAYS_AFTER = 400, 60
DAYS_SHEET = "Working days"
_MAX_LATE_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the sheet: `value` is what the plan says; with a `formula` the cell computes it, else it is an input.

    In a formula `{name}` stands for the cell of the line of that name.
    """

    name: str
    label: str
    label_zh: str
    value: Any
    formula: str = ""
    source: str = ""


def order_workbook(order: OrderFigures, calendars: WorkingCalendars) -> bytes:
    """Three sheets: the order's arithmetic, the working days that it uses, and what it takes and serves."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as workbook:
        _Sheets(workbook, order, calendars).write()
    return buffer.getvalue()


class _Sheets:
    """Writes one order into a workbook."""

    def __init__(self, workbook: Any, order: OrderFigures, calendars: WorkingCalendars) -> None:
        self.workbook, self.order, self.calendars = workbook, order, calendars
        base = {"font_name": "Arial", "font_size": 10}
        self.plain = workbook.add_format(base)
        self.head = workbook.add_format({**base, "bold": True, "bg_color": "#EEF2F7", "bottom": 1})
        self.title = workbook.add_format({**base, "bold": True, "font_size": 12})
        formats = {"number": "#,##0.######", "day": "yyyy-mm-dd"}
        self.formula = {kind: workbook.add_format({**base, "num_format": code}) for kind, code in formats.items()}
        self.input = {
            kind: workbook.add_format({**base, "num_format": code, "bg_color": "#FFF8E1"})
            for kind, code in formats.items()
        }

    def write(self) -> None:
        row = self.order.figures
        site = _working_days(self.calendars, row["calendar_id"], row["need_date"])
        shipper = _working_days(self.calendars, row["shipper_calendar_id"], row["need_date"])
        lines = order_lines(self.order, site, shipper)
        sheet = self.workbook.add_worksheet("Order")
        sheet.write(0, 0, f"{row['plan_order_id']} · {row['item_id']} {row['item_name'] or ''}", self.title)
        sheet.write(1, 0, f"{row['location_id']} · {row['base_uom'] or ''} · {self.order.as_of}", self.plain)
        for column, text in enumerate(("Figure", "项目", "Value", "Source")):
            sheet.write(3, column, text, self.head)
        cells = {line.name: f"C{number}" for number, line in enumerate(lines, start=5)}
        for number, line in enumerate(lines, start=4):
            self._line(sheet, number, line, cells)
        sheet.set_column(0, 1, 34)
        sheet.set_column(2, 2, 16)
        sheet.set_column(3, 3, 40)
        self._days(site, shipper)
        self._links()

    def _line(self, sheet: Any, number: int, line: Line, cells: Mapping[str, str]) -> None:
        sheet.write(number, 0, line.label, self.plain)
        sheet.write(number, 1, line.label_zh, self.plain)
        sheet.write(number, 3, line.source, self.plain)
        kind = "day" if isinstance(line.value, date) else "number"
        if line.formula:
            stored = day_number(line.value) + 25569 if isinstance(line.value, date) else line.value
            sheet.write_formula(number, 2, "=" + line.formula.format(**cells), self.formula[kind], stored)
        elif isinstance(line.value, date):
            sheet.write_datetime(number, 2, line.value, self.input[kind])
        else:
            sheet.write(number, 2, line.value, self.input[kind])

    def _days(self, site: Sequence[date], shipper: Sequence[date]) -> None:
        sheet = self.workbook.add_worksheet(DAYS_SHEET)
        sheet.write_row(0, 0, ("Place", "Maker or shipper"), self.head)
        for column, days in enumerate((site, shipper)):
            for row, day in enumerate(days, start=1):
                sheet.write_datetime(row, column, day, self.formula["day"])
        sheet.set_column(0, 1, 16)

    def _links(self) -> None:
        sheet = self.workbook.add_worksheet("Pegging")
        taken = self.order.taken
        sheet.write_row(0, 0, ("Takes", "Place", "Quantity", "From", "Document", "There on", "Days late"), self.head)
        for number, link in enumerate(taken.head(_MAX_LATE_ROWS).iter_rows(), start=1):
            self._cells(sheet, number, link)
        start = min(taken.height, _MAX_LATE_ROWS) + 3
        serves = ("Serves", "Place", "Quantity", "Demand", "Document", "On", "Value", "Customer")
        sheet.write_row(start, 0, serves, self.head)
        for number, one in enumerate(self.order.served, start=start + 1):
            self._cells(
                sheet, number,
                (one.item_id, one.location_id, one.quantity, one.demand_type, one.demand_id, one.demand_date, one.value,
                 one.customer),
            )  # fmt: skip
        sheet.set_column(0, 7, 18)

    def _cells(self, sheet: Any, number: int, values: Sequence[Any]) -> None:
        for column, value in enumerate(values):
            if isinstance(value, date):
                sheet.write_datetime(number, column, value, self.formula["day"])
            elif isinstance(value, str):
                sheet.write_string(number, column, value, self.plain)
            elif value is not None:
                sheet.write(number, column, value, self.formula["number"])


def order_lines(order: OrderFigures, site: Sequence[date], shipper: Sequence[date]) -> Sequence[Line]:
    """The order's arithmetic line by line, as in the sentence. No working days mean that every day works."""
    row = order.figures
    before = row["projected_quantity"] + row["gross_quantity"]
    missing = max(round(row["kept_quantity"] - row["projected_quantity"], 6), 0.0)
    is_filled = row["fill_up_to_quantity"] > 0 and row["net_quantity"] > missing
    later = 0.0 if is_filled else round(row["net_quantity"] - missing, 6)
    lot_source = pack_source = f"{row['lot_rule']}; {row['lot_origin']}"
    if row["lot_origin"] == "economic_quantity":
        lot_source = "policy, or item_supplier where it states one"
        pack_source = "economic_quantity of the policy's ordering and holding cost, in whole packs"
    part = row["quantity"] / row["lot_quantity"] if row["lot_quantity"] else 1.0
    least = "MAX({rest},{minimum})"
    whole = f"IF({{lot_multiple}}>0,ROUNDUP(ROUND({least}/{{lot_multiple}},9),0)*{{lot_multiple}},{least})"
    cut = _cut(row)
    return (
        Line("before", "Available before the need", "需求前可用", before, source="stock, receipts and earlier orders"),
        Line("gross", "Gross requirement on the need date", "需求日毛需求", row["gross_quantity"], source="demand"),
        Line("projected", "Projected after it", "需求后预计", row["projected_quantity"], "{before}-{gross}"),
        Line("kept", "To be kept", "应保留", row["kept_quantity"], source=row["kept_origin"]),
        Line("missing", "Missing on the need date", "需求日缺口", missing, "MAX(0,ROUND({kept}-{projected},6))"),
        Line("later", "Needs after it that the lot covers", "批量覆盖的后续需求", later, source="lot rule"),
        Line("fill", "Filled up to (0: not)", "补足到（0：否）", row["fill_up_to_quantity"] if is_filled else 0.0,
             source=row["lot_rule"]),
        Line("net", "Net requirement", "净需求", row["net_quantity"],
             "IF({fill}>0,MAX({missing}+{later},{fill}-{projected}),{missing}+{later})"),
        Line("yield_rate", "Yield", "合格率", row["yield_rate"], source="planning policy"),
        Line("started", "To be started", "需投入", row["started_quantity"], "ROUNDUP(ROUND({net}/{yield_rate},9),6)"),
        Line("maximum", "Maximum lot (0: none)", "最大批量（0：无）", row["max_lot_quantity"], source=lot_source),
        Line("minimum", "Minimum lot (0: none)", "最小批量（0：无）", row["min_lot_quantity"], source=lot_source),
        Line("lot_multiple", "Lot multiple (0: none)", "批量倍数（0：无）", row["lot_multiple"], source=pack_source),
        Line("cut", "Whole maximum lots in it", "其中整批最大批量", cut,
             "IF({maximum}>0,INT(ROUND({started}/{maximum},9))*{maximum},0)"),
        Line("rest", "Rest", "余量", round(row["started_quantity"] - cut, 6), "ROUND({started}-{cut},6)"),
        Line("lot", "Lot", "批量", row["lot_quantity"], "{cut}+IF({rest}>0," + whole + ",0)"),
        Line("part", "This order's part of the lot", "本订单占批量的比例", part, source="1, unless lots are divided"),
        Line("quantity", "Order quantity", "订单数量", row["quantity"], "ROUND({lot}*{part},6)"),
        Line("good", "Expected good", "预计合格", row["good_quantity"], "ROUND({quantity}*{yield_rate},6)"),
        *_dates(order, site, shipper),
    )  # fmt: skip


def _cut(row: Mapping[str, Any]) -> float:
    """Whole maximum lots in what must be started."""
    maximum = float(row["max_lot_quantity"])
    return 0.0 if maximum == 0 else round(row["started_quantity"] / maximum, 9) // 1 * maximum


def _dates(order: OrderFigures, site: Sequence[date], shipper: Sequence[date]) -> Sequence[Line]:
    """From the need back to the release; what the frozen fence moved stands as the plan has it."""
    row = order.figures
    is_make = row["lead_time_unit"] == "working_days"
    moved = row["moved_days"] > 0
    away = _back if is_make else _calendar_days_back
    safety = away("{need}", "{safety_time}", "A", len(site))
    arrival = _back("{due}", "{receiving}", "A", len(site))
    release = away("{arrival}", "{lead_time}", "B", len(shipper))
    fence = " (moved by the frozen fence)" if moved else ""
    return (
        Line("need", "Need date", "需求日", row["need_date"], source="demand"),
        Line("safety_time", "Safety time, days", "安全时间（天）", row["safety_time_days"], source="planning policy"),
        Line("due", "Due date", "到期日", row["due_date"], "" if moved else safety, "dates of the plan" + fence),
        Line("receiving", "Receiving, working days", "收货（工作日）", row["receiving_days"], source="planning policy"),
        Line("arrival", "Arrival", "到货日", _rows_up(site, row["due_date"], row["receiving_days"]), arrival),
        Line("lead_time", f"Lead time, {row['lead_time_unit'].replace('_', ' ')}", "提前期", row["lead_time_days"],
             source=row["lead_time_origin"]),
        Line("release", "Release date", "下达日", row["release_date"], "" if moved else release),
        Line("as_of", "As of", "截至", order.as_of, source="build"),
        Line("past_due", "Days past due", "逾期天数", row["past_due_days"], "MAX(0,{as_of}-{release})"),
    )  # fmt: skip


def _rows_up(days: Sequence[date], day: date, count: int) -> date:
    """So many working days before the last one that is not after a day."""
    at = bisect_right(days, day) - 1 - count
    return days[at] if 0 <= at < len(days) else day - timedelta(days=count)


def _calendar_days_back(day: str, count: str, column: str, days: int) -> str:
    """The last working day not after the day so many calendar days before."""
    if not days:
        return f"{day}-{count}"
    cells = f"'{DAYS_SHEET}'!${column}$2:${column}${days + 1}"
    return f"INDEX({cells},MATCH({day}-{count},{cells},1))"


def _back(day: str, count: str, column: str, days: int) -> str:
    """So many working days before the last working day not after a day."""
    if not days:
        return f"{day}-{count}"
    cells = f"'{DAYS_SHEET}'!${column}$2:${column}${days + 1}"
    return f"INDEX({cells},MATCH({day},{cells},1)-{count})"


def _working_days(calendars: WorkingCalendars, calendar_id: str | None, need: date) -> Sequence[date]:
    """The calendar's working days around the need; none where every day works."""
    code = calendars.code(calendar_id)
    if code == NONE:
        return ()
    span = [need + timedelta(days=offset) for offset in range(-DAYS_BEFORE, DAYS_AFTER)]
    return [day for day in span if calendars.is_working(code, day)]
