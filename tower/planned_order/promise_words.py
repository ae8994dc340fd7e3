"""An answer to an inquiry in words, English or Chinese: when, how much, in which parts, and what limits it."""

from __future__ import annotations

from collections.abc import Mapping

from planning.promise import LimitKind
from planning.tables.promise import NamedLimit, NamedPromise
from tower.planned_order.words import Language

_DOCUMENTS: Mapping[Language, Mapping[str, str]] = {
    "en": {"purchase_order_line": "purchase order line", "production_order": "production order",
           "transfer_order": "transfer order"},
    "zh": {"purchase_order_line": "采购订单行", "production_order": "生产订单", "transfer_order": "调拨单"},
}  # fmt: skip
_ASKED: Mapping[Language, str] = {
    "en": "Asked: {quantity} {unit} {item} from {place} on {wanted}{customer}.",
    "zh": "询问：{wanted} 自 {place} 供 {item} {quantity} {unit}{customer}。",
}
_WHOLE: Mapping[Language, str] = {
    "en": "All of it can be there on {day}.",
    "zh": "全部数量最早 {day} 可供。",
}
_NEVER: Mapping[Language, str] = {
    "en": "All of it cannot be promised within three years.",
    "zh": "三年内无法承诺全部数量。",
}
_WANTED: Mapping[Language, str] = {
    "en": "On {wanted}, {quantity} {unit} of it are possible.",
    "zh": "{wanted} 可供 {quantity} {unit}。",
}
_PARTS: Mapping[Language, str] = {"en": "In parts: {parts}.", "zh": "分批：{parts}。"}
_DATE_LIMIT: Mapping[Language, str] = {"en": "What limits the date: {limit}.", "zh": "日期受限于：{limit}。"}
_QUANTITY_LIMIT: Mapping[Language, str] = {
    "en": "What limits the quantity on {wanted}: {limit}.",
    "zh": "{wanted} 的数量受限于：{limit}。",
}
_BOUGHT: Mapping[Language, str] = {
    "en": "{item} at {place}{from_whom}, {lead} days from release to receipt, there on {day} at the earliest",
    "zh": "{place} 的 {item}{from_whom}，从下达到入库 {lead} 天，最早 {day} 到",
}
_EXPECTED: Mapping[Language, str] = {
    "en": "{item} at {place} comes with {document_type} {document}, on {day} at the earliest",
    "zh": "{place} 的 {item} 随{document_type} {document} 到，最早 {day}",
}
_MATERIAL: Mapping[Language, str] = {
    "en": "{item} at {place}, there on {day} at the earliest",
    "zh": "{place} 的 {item}，最早 {day} 到",
}
_OTHER_ORDER: Mapping[Language, str] = {
    "en": "order line {order} would come too late: {limit}",
    "zh": "订单行 {order} 将延误：{limit}",
}
_CAPACITY: Mapping[Language, str] = {
    "en": "work centre {centre} has {free} hours left until the week of {week}, and {hours} would be needed",
    "zh": "工作中心 {centre} 至 {week} 当周剩余 {free} 小时，需要 {hours} 小时",
}
_UNSURE: Mapping[Language, str] = {
    "en": "Not certain: nothing says how {items} is supplied; its lead time was counted as 0.",
    "zh": "不确定：没有说明 {items} 如何供应，提前期按 0 计。",
}
_ASSUMED: Mapping[Language, str] = {
    "en": "Assumed: forecast holds nothing back, no order is met later than now or than its date, and work may be done "
    "in any week from the first in which its material is there.",
    "zh": "假设：预测不占用供应；任何订单不因此晚于现有日期或其要求日期；加工可在材料到齐后的任一周进行。",
}


def promise_in_words(found: NamedPromise, language: Language = "en") -> str:
    """A few lines: the question, the date of the whole, the wanted date, the parts, what limits, what is assumed."""
    unit, wanted = found.base_uom or "", found.wanted_date
    customer = ""
    if found.customer_id is not None:
        customer = f" for {found.customer_id}" if language == "en" else f"，客户 {found.customer_id}"
    lines = [
        _ASKED[language].format(
            quantity=_number(found.quantity), unit=unit, item=found.item_id, place=found.location_id, wanted=wanted,
            customer=customer,
        ),
        _NEVER[language] if found.possible_date is None else _WHOLE[language].format(day=found.possible_date),
    ]  # fmt: skip
    if found.wanted_date_quantity < found.quantity:
        lines.append(_WANTED[language].format(wanted=wanted, quantity=_number(found.wanted_date_quantity), unit=unit))
    if len(found.parts) > 1:
        between = {"en": ", ", "zh": "，"}[language]
        each = [
            f"{_number(quantity)} {unit} on {day}" if language == "en" else f"{day} {_number(quantity)} {unit}"
            for day, quantity in found.parts
        ]
        lines.append(_PARTS[language].format(parts=between.join(each)))
    if found.limits_date is not None:
        lines.append(_DATE_LIMIT[language].format(limit=limit_in_words(found.limits_date, language)))
    if found.limits_quantity is not None and found.limits_quantity != found.limits_date:
        lines.append(
            _QUANTITY_LIMIT[language].format(wanted=wanted, limit=limit_in_words(found.limits_quantity, language))
        )
    if found.without_source:
        items = ", ".join(f"{item} @ {place}" for item, place in found.without_source)
        lines.append(_UNSURE[language].format(items=items))
    lines.append(_ASSUMED[language])
    return "\n".join(lines)


def limit_in_words(limit: NamedLimit, language: Language = "en") -> str:
    """What limits a promise: a part and what brings it, an order that would be late, or a work centre's hours."""
    if limit.kind is LimitKind.CAPACITY:
        return _CAPACITY[language].format(
            centre=limit.work_centre_id, free=_number(round(limit.free_hours, 1)), week=limit.week_date,
            hours=_number(round(limit.hours, 1)),
        )  # fmt: skip
    material = _material(limit, language)
    if limit.kind is LimitKind.ORDER:
        return _OTHER_ORDER[language].format(order=limit.sales_order_line_id, limit=material)
    return material


def _material(limit: NamedLimit, language: Language) -> str:
    by = limit.supplier_id or limit.from_location_id
    from_whom = "" if by is None else {"en": f" from {by}", "zh": f"（来自 {by}）"}[language]
    if limit.document is not None:
        words = _DOCUMENTS[language].get(limit.document_type or "", limit.document_type)
        return _EXPECTED[language].format(
            item=limit.item_id, place=limit.location_id, document_type=words, document=limit.document,
            day=limit.possible_date,
        )  # fmt: skip
    pattern = _BOUGHT if limit.lead_days else _MATERIAL
    return pattern[language].format(
        item=limit.item_id, place=limit.location_id, from_whom=from_whom, lead=limit.lead_days, day=limit.possible_date
    )


def _number(value: float) -> str:
    return f"{round(value, 6):,.6f}".rstrip("0").rstrip(".")
