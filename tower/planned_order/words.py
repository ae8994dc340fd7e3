"""The arithmetic of a planned order in words, English or Chinese, every figure with the parameter and source it has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from tower.planned_order.figures import OrderFigures, Serving

Language = Literal["en", "zh"]
MOST_NAMED = 5
_WORDS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "make": "make", "buy": "buy", "transfer": "transfer", "subcontract": "have made", "None": "get",
        "nothing": "nothing", "safety_stock": "safety stock", "safety_stock_step": "safety stock of that day",
        "days_of_cover": "days of cover", "reorder_point": "reorder point", "policy": "planning policy",
        "item_supplier": "agreement with the supplier", "routing": "routing", "lane": "transport lane",
        "scenario": "changed by the scenario",
        "working_days": "working days", "calendar_days": "calendar days", "lot_for_lot": "lot-for-lot",
        "fixed_quantity": "fixed quantity", "economic_quantity": "economic quantity",
        "period_of_supply": "period of supply", "min_max": "min/max", "silver_meal": "Silver-Meal",
        "part_period": "part-period balancing", "least_unit_cost": "least unit cost", "wagner_whitin": "Wagner-Whitin",
        "stock": "stock", "planned_order": "planned order", "purchase_order_line": "purchase order line",
        "production_order": "production order", "transfer_order": "transfer order", "by_product": "by-product of",
        "firm_planned_order": "firm planned order", "phantom": "phantom", "assembly_forecast": "assembly forecast",
        "sales_order_line": "sales order line", "forecast": "forecast of", "expiry": "expiry of lot",
    },
    "zh": {
        "make": "自制", "buy": "采购", "transfer": "调拨", "subcontract": "委外", "None": "获取", "nothing": "无",
        "safety_stock": "安全库存", "safety_stock_step": "当日安全库存", "days_of_cover": "覆盖天数",
        "reorder_point": "再订货点", "policy": "计划策略", "item_supplier": "供应商协议", "routing": "工艺路线",
        "lane": "运输线路", "scenario": "按情景更改",
        "working_days": "个工作日", "calendar_days": "个日历日", "lot_for_lot": "按需求批量",
        "fixed_quantity": "固定批量", "economic_quantity": "经济批量", "period_of_supply": "周期批量",
        "min_max": "最大最小", "silver_meal": "Silver-Meal", "part_period": "零件周期平衡",
        "least_unit_cost": "最小单位成本", "wagner_whitin": "Wagner-Whitin", "stock": "库存",
        "planned_order": "计划订单", "purchase_order_line": "采购订单行", "production_order": "生产订单",
        "transfer_order": "调拨单", "by_product": "副产品来自", "firm_planned_order": "确认的计划订单",
        "phantom": "虚拟件", "assembly_forecast": "装配预测", "sales_order_line": "销售订单行", "forecast": "预测",
        "expiry": "批次到期",
    },
}  # fmt: skip
_LATER = {
    "en": " Beyond the need date the lot covers what is asked for up to {last_need_date}: {net} in all.",
    "zh": "除需求日外，批量还覆盖至 {last_need_date} 的需求：共 {net}。",
}
_FILL = {"en": " Min/max fills up to {fill}: {net}.", "zh": "按最大最小补足到 {fill}：{net}。"}
_YIELD = {
    "en": " At a yield of {yield_rate}, {started} must be started for {net} good.",
    "zh": "按合格率 {yield_rate}，得到 {net} 需投入 {started}。",
}
_DIVIDED = {"en": " This order is {quantity} of it.", "zh": "本订单为其中的 {quantity}。"}
_MOVED = {
    "en": " The frozen fence moved it by {moved} days.",
    "zh": "冻结期使其后移 {moved} 天。",
}


def explained(order: OrderFigures, language: Language = "en") -> str:
    """Five lines: what it is, gross to net, net to lot, dates, and whom it serves; a sixth where it comes late."""
    row = order.figures
    unit = row["base_uom"] or ""
    words = _WORDS[language]
    said = {name: words.get(str(row[name]), str(row[name])) for name in
            ("order_type", "kept_origin", "lot_rule", "lot_origin", "lead_time_origin", "lead_time_unit")}  # fmt: skip
    figures: dict[str, Any] = {
        "order": row["plan_order_id"], "unit": unit, "item": row["item_id"],
        "name": (row["item_name_zh"] if language == "zh" else None) or row["item_name"] or "",
        "place": row["location_id"], "from": _from(row, language), "as_of": order.as_of,
        "gross": _number(row["gross_quantity"]), "projected": _number(row["projected_quantity"]),
        "before": _number(row["projected_quantity"] + row["gross_quantity"]),
        "kept": _number(row["kept_quantity"]), "missing": _number(_missing(row)), "net": _number(row["net_quantity"]),
        "fill": _number(row["fill_up_to_quantity"]), "yield_rate": _number(row["yield_rate"]),
        "started": _number(row["started_quantity"]), "lot": _number(row["lot_quantity"]),
        "quantity": _number(row["quantity"]), "modifiers": _modifiers(row, language), "moved": row["moved_days"],
        "value": f"{row['value']:,.2f} {order.currency}", "past_due": row["past_due_days"],
        **{name: row[name] for name in ("need_date", "last_need_date", "due_date", "release_date", "safety_time_days",
                                        "receiving_days", "lead_time_days")},
        **said,
    }  # fmt: skip
    lines = [_HEAD[language].format(**figures), _gross_to_net(row, language).format(**figures)]
    lot = _LOT_HEAD[language] + (_YIELD[language] if row["yield_rate"] != 1 else "") + _LOT[language]
    lot += _DIVIDED[language] if row["quantity"] != row["lot_quantity"] else ""
    lines.append(lot.format(**figures))
    dates = _DATES[language] + (_MOVED[language] if row["moved_days"] else "")
    dates += _PAST_DUE[language] if row["is_past_due"] else ""
    lines.append(dates.format(**figures))
    lines.append(_served(order, language))
    if row["late_days"]:
        lines.append(_LATE[language].format(days=row["late_days"], why=_holding_up(order, language)))
    return "\n".join(lines)


_ECONOMIC = {
    "en": "the multiple is the economic quantity from the policy's ordering and holding cost, in whole packs where a "
    "pack is stated",
    "zh": "倍数为按计划策略的订货成本与持有成本算出的经济批量，有包装量时取整包",
}
_HEAD = {
    "en": "{order}: {order_type} {quantity} {unit} of {item} {name} at {place}{from}, worth {value} at standard cost.",
    "zh": "{order}：{order_type} {item} {name} {quantity} {unit}，地点 {place}{from}，标准成本 {value}。",
}
_NET = {
    "en": "Gross to net: on {need_date} there are {before} before {gross} are asked for, which leaves {projected}. "
    "{kept} must stay ({kept_origin}), so {missing} are missing.",
    "zh": "毛需求到净需求：{need_date} 可用 {before}，当日需求 {gross}，剩余 {projected}；"
    "应保留 {kept}（{kept_origin}），缺 {missing}。",
}
_LOT_HEAD = {"en": "Net to lot:", "zh": "净需求到批量："}
_LOT = {
    "en": " The rule {lot_rule}{modifiers} turns {started} into a lot of {lot}.",
    "zh": "按规则{lot_rule}{modifiers}，{started} 成批为 {lot}。",
}
_DATES = {
    "en": "Dates: needed on {need_date}, less {safety_time_days} days of safety time due on {due_date}, less "
    "{receiving_days} working days of receiving and {lead_time_days} {lead_time_unit} of lead time "
    "({lead_time_origin}) to be released on {release_date}.",
    "zh": "日期：{need_date} 需求，减安全时间 {safety_time_days} 天，{due_date} 到期；再减收货 {receiving_days} "
    "个工作日和提前期 {lead_time_days} {lead_time_unit}（{lead_time_origin}），{release_date} 下达。",
}
_PAST_DUE = {
    "en": " That was {past_due} days before {as_of}: it is past due.",
    "zh": "比 {as_of} 早 {past_due} 天：已逾期。",
}
_LATE = {"en": "It will be {days} days late at best{why}.", "zh": "最快也将迟 {days} 天{why}。"}


def _gross_to_net(row: Mapping[str, Any], language: Language) -> str:
    text = _NET[language]
    if row["net_quantity"] > _missing(row):
        filled = row["fill_up_to_quantity"] > 0
        text += _FILL[language] if filled else _LATER[language]
    return text


def _missing(row: Mapping[str, Any]) -> float:
    return max(round(float(row["kept_quantity"] - row["projected_quantity"]), 6), 0.0)


def _modifiers(row: Mapping[str, Any], language: Language) -> str:
    named = {
        "en": (("min_lot_quantity", "minimum"), ("max_lot_quantity", "maximum"), ("lot_multiple", "multiple")),
        "zh": (("min_lot_quantity", "最小"), ("max_lot_quantity", "最大"), ("lot_multiple", "倍数")),
    }[language]
    said = [f"{word} {_number(row[name])}" for name, word in named if row[name]]
    if row["lot_window_days"]:
        said.insert(0, f"{row['lot_window_days']} days" if language == "en" else f"{row['lot_window_days']} 天")
    if not said:
        return ""
    if row["lot_origin"] == "economic_quantity":
        source = _ECONOMIC[language]
    else:
        source = _WORDS[language][str(row["lot_origin"])]
    return f" ({', '.join(said)}; {source})" if language == "en" else f"（{'，'.join(said)}；{source}）"


def _from(row: Mapping[str, Any], language: Language) -> str:
    by = row["supplier_name"] or row["supplier_id"] or row["from_location_id"]
    if by is None:
        return ""
    return f" from {by}" if language == "en" else f"，来自 {by}"


def _served(order: OrderFigures, language: Language) -> str:
    """The first few demands by date, and how many more there are."""
    if not order.served:
        return {"en": "It serves no demand: safety stock, reorder point or the rest of a lot asks for it.",
                "zh": "不服务任何需求：由安全库存、再订货点或批量余数产生。"}[language]  # fmt: skip
    named = [_one(one, order, language) for one in order.served[:MOST_NAMED]]
    more = len(order.served) - len(named)
    if language == "zh":
        return "服务于：" + "；".join(named) + (f"；另有 {more} 项" if more else "") + "。"
    return "It serves " + "; ".join(named) + (f"; and {more} more" if more else "") + "."


def _one(one: Serving, order: OrderFigures, language: Language) -> str:
    what = _WORDS[language][one.demand_type]
    customer = f" ({one.customer})" if one.customer else ""
    money = f", {one.value:,.2f} {order.currency}" if one.value else ""
    unit = f"{_number(one.quantity)} {one.item_id}"
    if language == "zh":
        return f"{what} {one.demand_id}{customer} {one.demand_date} {unit}{money}"
    return f"{what} {one.demand_id}{customer}: {unit} on {one.demand_date}{money}"


def _holding_up(order: OrderFigures, language: Language) -> str:
    """The component that comes last, where one comes late."""
    late = order.taken.filter(order.taken["late_days"] > 0)
    if not late.height:
        return ""
    first = late.row(0, named=True)
    what = f"{_WORDS[language][first['supply_type']]} {first['supply_id']}".removesuffix(" stock").removesuffix(" 库存")
    if language == "zh":
        return f"：{first['item_id']}（{what}）晚到 {first['late_days']} 天"
    return f": {first['item_id']} ({what}) comes {first['late_days']} days late"


def _number(value: float) -> str:
    """Up to six decimals, none that say nothing."""
    return f"{round(value, 6):,.6f}".rstrip("0").rstrip(".")
