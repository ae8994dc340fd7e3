"""Every sentence about a wrong change file or form, by its code.

A sentence is text, as the command line prints it, that also keeps its code and what it speaks of, so that an app can
say the same in another language (`mistake.<code>` of its texts).
"""

from __future__ import annotations

from collections.abc import Mapping

SENTENCES: Mapping[str, str] = {
    # The file.
    "stands_on_itself": "{chain} stands on itself. Take `on` out of one.",
    "cannot_be_stacked": "It is stacked on {name!r}, which cannot be read here.",
    "no_scenario_below": "There is no scenario {name!r} to stack it on.",
    "too_long": "It has more than {most} characters. Is it a change file?",
    "no_yaml_because": "It is no readable YAML: {reason}.",
    "no_yaml": "It is no readable YAML.",
    "no_change_file": "A change file begins with `scenario: 1`, `name: …` and `changes:`.",
    "unknown_word": "{word!r} is no word of a change file.{hint}",
    "no_version": "The version of the schema is missing: write `scenario: {version}`.",
    "other_version": "It is written for version {version!r}; this program reads version {known}.",
    "no_name": "It has no name: write `name: …`.",
    "no_changes": "It has no list of changes: write `changes: []` for none.",
    "changes_no_list": "`changes` is a list: a line `- kind: …` for each.",
    "no_change": "A change is `kind: …` with its fields.",
    "no_kind": "It has no `kind`.{hint}",
    "unknown_kind": "{word!r} is no kind of change.{hint}",
    "unknown_field": "{kind} has no {field!r}.{hint}",
    "missing_field": "{kind} needs `{field}`: {what}.",
    "cannot_stand_here": "{value!r} cannot stand here. {reason}",
    "empty_list": "The list is empty. Write {what}, or leave it out.",
    "stands_twice": "{word!r} stands here twice. Take one out.",
    "one_text": "Write one text.",
    "of_change": "{kind}: {sentence}",
    # What a field takes.
    "write": "Write {what}.",
    "write_such_as": "Write {what}, such as 1.2.",
    "write_one_of": "Write {first} or {last}.",
    "write_date": "Write a date as YYYY-MM-DD.",
    "a_name": "a name",
    "a_name_or_names": "a name or a list of names",
    "a_date": "a date, YYYY-MM-DD",
    "a_number": "a number",
    "a_number_above": "a number above {above}",
    "a_number_above_most": "a number above {above} and of at most {most}",
    "a_number_least": "a number of at least {least}",
    "a_number_least_most": "a number of at least {least} and of at most {most}",
    "a_number_most": "a number of at most {most}",
    "a_whole_number": "a whole number from {least} to {most}",
    "did_you_mean": " Did you mean {names}?",
    "there_are": " There are {names}.",
    # Which things are meant.
    "nothing_chosen": "No planned item is {scope} at once. Leave one of them out.",
    "unknown_item": "No item {name!r} is planned.{hint}",
    "unknown_family": "No family {name!r} is known as a category or family of items.{hint}",
    "unknown_location": "No location {name!r} plans anything.{hint}",
    "unknown_supplier": "No supplier {name!r} is known.{hint}",
    "unknown_work_centre": "No work centre {name!r} is known.{hint}",
    "unknown_place_of_work": "No place with work centres {name!r} is known.{hint}",
    "unknown_open_order": "No order {name!r} is open.{hint}",
    "unknown_sales_line": "No sales order line {name!r} is open.{hint}",
    "unknown_customer": "No customer {name!r} has open orders.{hint}",
    "several_places": "{item} is planned at {places}. Give the `location`.",
    "no_demand": "There is no demand that it speaks of. Widen the dates, items or customers.",
    "no_sales_line": "There is no open sales order line that it speaks of. Widen the dates or the names.",
    "no_open_line": "There is no open line that it speaks of. Widen the dates or the names.",
    "no_planned_order": "The base plans no such order, or an earlier change has firmed it already.",
    "no_source": "No item that it speaks of is got that way. Leave a supplier, item or kind out.",
    "no_operation": "No operation is both of these. Leave an item, place or work centre out.",
    "no_work_centre": "No work centre is both of these. Leave one of them out.",
    "nothing_ordered": "Nothing is ordered from there, now or in the plan. Leave the change out.",
    "not_planned_beside": "{item} is not planned at {source!r} beside {place}.{hint}",
    "no_bill_takes": "No bill takes {item} at a place where {substitute} is planned, too.",
    # What does not go together.
    "ends_before_it_begins": "It ends on {end}, before it begins on {start}. Turn them round.",
    "before_first_day": "{day} is before the first day of the plan, {first}.",
    "none_of_one": "Give exactly one of {first} and {last}; none is given.",
    "many_of_one": "Give exactly one of {first} and {last}; {given} is given.",
    "only_one_of_days": "Give only one of days and new_due.",
    "one_of_days": "Give at least one of days, new_due and new_quantity.",
    "forecast_without_customer": "A forecast has no customer: leave `customer` out, or say `of: orders`.",
    "say_which": "Say which: give order, customer, item, family or location.",
    "one_item_quantity": "Give one `item`: a quantity is of one item.",
    "one_item_line": "Give one `item`: an order line is of one item.",
    "one_item_supplier": "Give one `item`: a supplier is added to one item.",
    "one_item_place": "Give one `item` and the `location` it is brought to.",
    "one_item_substitute": "Give one `item`: the part that is substituted.",
    "stands_for_itself": "A part cannot stand for itself.",
    "give_from": "Give the date `from` on.",
    "every_and_to": "`every` and `to` belong together: a quantity every day, week or month until then.",
    "too_many_buckets": "These are more than {most} buckets. End earlier, or take longer buckets.",
    "order_exists": "There is an order {name} already. Give this one another name.",
    "priority_or_share": "Give priority, share or both.",
    "no_lot_figure": "Say what changes: rule, fixed_lot, minimum, maximum, multiple, periods_of_supply, …",
    "maximum_below_minimum": "The maximum {maximum} is below the minimum {minimum}.",
    "maximum_below_multiple": "The maximum {maximum} is below the multiple {multiple}.",
    "no_hours": "Say what changes: factor (run hours), setup_factor, or both.",
    "one_outage": "A supplier can have one outage; an earlier change gives another. Join them.",
}  # fmt: skip


class Bilingual(str):
    """A part of a sentence that a change says itself, with the Chinese beside the English."""

    chinese: str

    def __new__(cls, english: str, chinese: str) -> Bilingual:
        made = super().__new__(cls, english)
        made.chinese = chinese
        return made


class Mistake(str):
    """A sentence of `SENTENCES`. `parameters` are texts, and may be sentences and parts of some themselves."""

    code: str
    parameters: Mapping[str, str]

    def __new__(cls, code: str, **parameters: str) -> Mistake:
        made = super().__new__(cls, SENTENCES[code].format(**parameters))
        made.code, made.parameters = code, parameters
        return made


def said(code: str, **parameters: object) -> Mistake:
    """The sentence of a code about some things."""
    texts = {name: value if isinstance(value, str) else str(value) for name, value in parameters.items()}
    return Mistake(code, **texts)
