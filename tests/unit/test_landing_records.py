"""How delimited text is split into records: what counts as one, and what happens to those that cannot be read."""

from __future__ import annotations

import io

from pipelines.land.records import Split, split_records


def split(text: bytes, fields: int = 3, delimiter: str = ",", quote: str = '"') -> tuple[Split, bytes]:
    clean = io.BytesIO()
    return split_records([text], delimiter, quote, fields, clean), clean.getvalue()


def test_quoted_line_ends_and_delimiters_belong_to_their_record() -> None:
    found, clean = split(b'1,"a\nb,c",3\n4,"say ""hi""",6\n')
    assert (found.records, found.clean, found.odd) == (2, 2, [])
    assert clean == b'1,"a\nb,c",3\n4,"say ""hi""",6\n'


def test_every_kind_of_line_end_ends_a_record() -> None:
    found, clean = split(b'1,2,3\r\n4,5,6\r7,"8\r\n8",9\n10,11,12')
    assert (found.records, found.clean) == (4, 4)
    assert clean == b'1,2,3\n4,5,6\n7,"8\r\n8",9\n10,11,12\n'


def test_blank_lines_are_counted_and_are_no_records() -> None:
    found, clean = split(b"1,2,3\n\n  \t \r\n4,5,6\n\n")
    assert (found.records, found.blank) == (2, 3)
    assert clean == b"1,2,3\n4,5,6\n"


def test_a_row_of_empty_fields_is_a_record() -> None:
    found, clean = split(b",,\n")
    assert (found.records, found.clean, found.blank) == (1, 1, 0)
    assert clean == b",,\n"


def test_ragged_rows_are_kept_as_text_with_their_number() -> None:
    found, clean = split(b"1,2,3\n4,5\n6,7,8,9\n10,11,12\n")
    assert [(odd.number, odd.rule, odd.text, odd.value) for odd in found.odd] == [
        (2, "wrong_column_count", "4,5", "2"),
        (3, "wrong_column_count", "6,7,8,9", "4"),
    ]
    assert clean == b"1,2,3\n10,11,12\n"


def test_delimiters_at_the_end_that_open_only_empty_fields_are_dropped() -> None:
    found, clean = split(b"1,2,3,\n4,5,,,,\n6,7,,8\n")
    assert clean == b"1,2,3\n4,5,\n"
    assert [odd.text for odd in found.odd] == ["6,7,,8"]


def test_a_quotation_mark_inside_bare_text_is_text() -> None:
    found, clean = split(b'1,pipe 12",3\n4,5,6\n')
    assert [(record.number, record.fields) for record in found.mended] == [(1, ("1", 'pipe 12"', "3"))]
    assert clean == b"4,5,6\n"


def test_a_lost_quotation_mark_costs_its_own_line_and_no_other() -> None:
    found, clean = split(b'1,"lost,3\n4,5,6\n7,"8, x",9\n')
    assert [(odd.number, odd.rule, odd.text) for odd in found.odd] == [(1, "unmatched_quote", '1,"lost,3')]
    assert clean == b'4,5,6\n7,"8, x",9\n'


def test_a_lost_quotation_mark_that_pairs_up_far_away_costs_its_own_line_and_no_other() -> None:
    rows = b"".join(b"%d,b,c\n" % number for number in range(100))
    found, clean = split(b'x,"lost,y\n' + rows + b'z,",",c\n')
    assert [(odd.number, odd.rule, odd.text) for odd in found.odd] == [(1, "unmatched_quote", 'x,"lost,y')]
    assert clean == rows + b'z,",",c\n'


def test_text_after_a_closing_quotation_mark_cannot_be_read() -> None:
    found, clean = split(b'1,"2" inch,3\n4,5,6\n')
    assert [(odd.number, odd.rule) for odd in found.odd] == [(1, "unmatched_quote")]
    assert clean == b"4,5,6\n"


def test_nul_bytes_and_marked_bytes_make_a_row_undecodable() -> None:
    found, clean = split(b"1,\0,3\n4,\0xFF,6\n7,8,9\n")
    assert [(odd.number, odd.rule) for odd in found.odd] == [(1, "undecodable_text"), (2, "undecodable_text")]
    assert found.odd[1].value == "4,\\xFF,6"
    assert clean == b"7,8,9\n"


def test_files_without_quoting_take_quotation_marks_as_text() -> None:
    found, clean = split(b'1;"a;3\n', delimiter=";", quote="")
    assert (found.records, found.odd) == (1, [])
    assert clean == b'1;"a;3\n'


def test_a_very_long_field_is_one_field() -> None:
    text = b"x" * 3_000_000
    found, clean = split(b'1,"' + text + b'",3\n4,5,6\n')
    assert (found.records, found.odd, found.longest) == (2, [], 3_000_006)
    assert len(clean) == 3_000_013
