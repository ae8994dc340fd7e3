"""What shapes of values say about reading them."""

from __future__ import annotations

import pytest

from pipelines.land.shapes import ISO, DateShape, date_shape, is_number, is_plain_number, mark_evidence, needs_order


@pytest.mark.parametrize(
    ("shape", "under_point", "under_comma"),
    [
        ("9", True, True),
        ("-9.99", True, False),
        ("9,999.99", True, False),
        ("9.999,99", False, True),
        ("9.999", True, True),
        ("9.999.999", False, True),
        ("9999.999", True, False),
        ("9 999,9", False, True),
        ("9'999.99", True, False),
        ("99-", True, True),
        ("(9,999)", True, True),
        ("9.99E+99", True, False),
        ("99,99.9", False, False),
        ("9.9.9", False, False),
        ("9_999", False, False),
        ("-", False, False),
        (".", False, False),
        ("(9", False, False),
        ("-9-", False, False),
        ("9x99", False, False),
    ],
)
def test_a_shape_is_a_number_under_one_decimal_mark_both_or_none(
    shape: str, under_point: bool, under_comma: bool
) -> None:
    assert (is_number(shape, "."), is_number(shape, ",")) == (under_point, under_comma)


def test_percent_signs_are_read_only_where_they_are_meant() -> None:
    assert is_number("9.9%", ".", percent=True)
    assert not is_number("9.9%", ".")


def test_only_numbers_that_need_no_help_are_plain() -> None:
    assert [shape for shape in ("9", "-9.9", ".9", "9.", "9e9", "9,999", "9-", "9%") if is_plain_number(shape)] == [
        "9", "-9.9", ".9", "9.", "9e9",
    ]  # fmt: skip


def test_evidence_parts_what_proves_a_mark_from_what_allows_both() -> None:
    evidence = mark_evidence(["9", "9.999", "9,99", "9.99", "oops"])
    assert (evidence.point, evidence.comma, evidence.ambiguous) == (("9.99",), ("9,99",), ("9.999",))


@pytest.mark.parametrize(
    ("shape", "read"),
    [
        ("9999-99-99", DateShape(ISO)),
        ("9999-9-9 9:99", DateShape(ISO)),
        ("9999-99-99T99:99:99.999Z", DateShape(ISO, zoned=True)),
        ("9999-99-99 99:99:99+99:99", DateShape(ISO, zoned=True)),
        ("9999/9/99", DateShape("%Y/%m/%d")),
        ("99999999", DateShape("%Y%m%d")),
        ("99999999999999", DateShape("%Y%m%d%H%M%S")),
        ("9999年99月99日", DateShape("%Y年%m月%d日")),
        ("99.99.9999", DateShape("%d.%m.%Y", order="dmy")),
        ("99-Mar-9999", DateShape("%d-%b-%Y")),
        ("March 99, 9999", DateShape("%B %d, %Y")),
        ("99/99/9999", None),
        ("99/99/99", None),
        ("9999-99", None),
        ("99-Foo-9999", None),
        ("9999-99/99", None),
    ],
)
def test_a_shape_is_read_as_one_date_or_as_none(shape: str, read: DateShape | None) -> None:
    assert date_shape(shape, None) == read


def test_day_and_month_change_places_only_with_an_order() -> None:
    assert date_shape("99/99/9999 9:99 PM", "dmy") == DateShape("%d/%m/%Y %I:%M %p", order="dmy")
    assert date_shape("99/99/9999 9:99 PM", "mdy") == DateShape("%m/%d/%Y %I:%M %p", order="mdy")
    assert [shape for shape in ("9/9/9999", "9-9-9999", "9.9.9999", "9999-9-9") if needs_order(shape)] == [
        "9/9/9999", "9-9-9999",
    ]  # fmt: skip
