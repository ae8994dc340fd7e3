"""Splits delimited text into records, so that nothing a CSV reader trips over can vanish.

A record is a line of fields, each either quoted (`"a ""b"" c"`, line ends allowed) or bare text that does not start
with a quotation mark. Whole blocks are split at once by counting quotation marks; only where that count contradicts
itself is a record looked at alone. Every record is then one of

- clean: the header's number of fields; copied to a normalised file that any reader reads the same way,
- mended: readable, but with quotation marks inside bare fields (12" pipe); handed over as fields,
- odd: kept as text, with the rule it broke,
- blank: a line of nothing; counted.

This count is the source's own: the reader that comes after must find exactly the clean records.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO

import numpy as np
import numpy.typing as npt

from pipelines.land.text import readable
from tower.errors import SourceError

LONGEST_RECORD = 16 * 1024 * 1024
# A well-quoted record of the wrong width over so many lines is one lost quotation mark, not a long text.
LINES_OF_A_LOST_QUOTE = 50
_LF, _CR, _NUL = 10, 13, 0

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class OddRecord:
    """A record that cannot be read as fields. `value` is what the rule's sentence names."""

    number: int
    rule: str
    text: str
    value: str


@dataclass(frozen=True, slots=True)
class MendedRecord:
    """A record with quotation marks inside bare fields, as the fields it holds."""

    number: int
    fields: tuple[str, ...]


@dataclass(slots=True)
class Split:
    """What a file was split into. `records` = clean + mended + odd; record numbers are 1-based and skip blank lines."""

    records: int = 0
    clean: int = 0
    blank: int = 0
    longest: int = 0
    odd: list[OddRecord] = field(default_factory=list)
    mended: list[MendedRecord] = field(default_factory=list)


def split_records(blocks: Iterable[bytes], delimiter: str, quote: str, fields: int, clean_file: IO[bytes]) -> Split:
    """Split UTF-8 `blocks` (no header) into records of `fields` fields; write the clean ones to `clean_file`.

    `delimiter` is one ASCII character, `quote` one or empty for files without quoting. Raises SourceError for a file
    that holds no line end for 16 MiB: it is no table.
    """
    split = Split()
    pending = b""
    for block in blocks:
        pending += block
        consumed = _Block(pending, False, delimiter, quote, fields, split, clean_file).consume()
        pending = pending[consumed:]
    if pending:
        if not pending.endswith((b"\n", b"\r")):
            pending += b"\n"
        consumed = _Block(pending, True, delimiter, quote, fields, split, clean_file).consume()
        if consumed != len(pending):
            raise AssertionError(f"{len(pending) - consumed} bytes at the end belong to no record")
    return split


def record_pattern(delimiter: str, quote: str) -> re.Pattern[bytes]:
    """One record from its first byte on, without its line end."""
    separator = re.escape(delimiter.encode())
    if not quote:
        return re.compile(rb"[^\r\n]*+")
    mark = re.escape(quote.encode())
    one_field = rb"(?:%(q)s[^%(q)s]*+(?:%(q)s%(q)s[^%(q)s]*+)*+%(q)s|[^%(q)s%(d)s\r\n][^%(d)s\r\n]*+|)" % {
        b"q": mark,
        b"d": separator,
    }
    return re.compile(one_field + rb"(?:" + separator + one_field + rb")*+")


def fields_of(record: str, delimiter: str, quote: str) -> tuple[str, ...]:
    """The fields of one record that `record_pattern` matched."""
    if not quote:
        return tuple(record.split(delimiter))
    mark, separator = re.escape(quote), re.escape(delimiter)
    pattern = re.compile(rf"(?:\A|{separator})(?:{mark}((?:[^{mark}]|{mark}{mark})*+){mark}|([^{separator}]*+))")
    return tuple(
        bare if quoted is None else quoted.replace(quote * 2, quote) for quoted, bare in _groups(pattern, record)
    )


def _groups(pattern: re.Pattern[str], record: str) -> Iterator[tuple[str | None, str]]:
    for match in pattern.finditer(record):
        yield match.group(1), match.group(2) or ""


class _Block:
    """One stretch of text that starts at the start of a record. Splits what is complete in it."""

    def __init__(
        self, text: bytes, final: bool, delimiter: str, quote: str, fields: int, split: Split, clean_file: IO[bytes]
    ) -> None:
        self.text = text
        self.final = final
        self.delimiter, self.quote, self.fields = delimiter, quote, fields
        self.split, self.clean_file = split, clean_file
        self.data = np.frombuffer(text, dtype=np.uint8)
        self.size = len(text)
        self._find_marks()

    def _find_marks(self) -> None:
        """Positions of line ends, delimiters and quotation marks, and the parity of marks before each."""
        data = self.data
        newlines = np.flatnonzero(data == _LF)
        returns = np.flatnonzero(data == _CR)
        if not self.final and self.size and data[-1] == _CR:
            returns = returns[:-1]  # the line feed may be the first byte of the next block
        following = np.minimum(returns + 1, self.size - 1)
        self.has_returns = bool(returns.size)
        lone = returns[(data[following] != _LF) | (returns == self.size - 1)]
        self.lone_returns = lone
        self.lines = np.union1d(newlines, lone) if lone.size else newlines
        self.nuls = np.flatnonzero(data == _NUL)
        delimiters = np.flatnonzero(data == ord(self.delimiter))
        is_quote = data == ord(self.quote) if self.quote else np.zeros(0, dtype=bool)
        self.quotes = np.flatnonzero(is_quote)
        if self.quotes.size:
            parity = np.cumsum(is_quote, dtype=np.uint8) & 1
            line_parity, delimiter_parity = parity[self.lines], parity[delimiters]
            self.line_ends = tuple(self.lines[line_parity == side] for side in (0, 1))
            self.delimiters = tuple(delimiters[delimiter_parity == side] for side in (0, 1))
            self.violations = self._violations()
        else:
            nothing = np.empty(0, dtype=np.int64)
            self.line_ends = (self.lines, nothing)
            self.delimiters = (delimiters, nothing)
            self.violations = (nothing, nothing)

    def _violations(self) -> tuple[Positions, Positions]:
        """Marks that contradict the count, if the block's first mark opens a field, and if it closes one."""
        data, quotes, size = self.data, self.quotes, self.size
        ends = (ord(self.delimiter), _LF, _CR)
        before, after = data[np.maximum(quotes - 1, 0)], data[np.minimum(quotes + 1, size - 1)]
        follows_quote = np.zeros(quotes.size, dtype=bool)
        follows_quote[1:] = np.diff(quotes) == 1
        can_open = np.isin(before, ends) | follows_quote | (quotes == 0)
        can_close = np.isin(after, ends) | np.append(follows_quote[1:], False) | (quotes == size - 1)
        even = np.arange(quotes.size) % 2 == 0
        return quotes[~np.where(even, can_open, can_close)], quotes[~np.where(even, can_close, can_open)]

    def consume(self) -> int:
        """Split all complete records; give the number of bytes they take."""
        start = 0
        while start < self.size:
            # Marks before `start` that are odd in number turn openers and closers round.
            side = int(np.searchsorted(self.quotes, start)) & 1
            violations, line_ends = self.violations[side], self.line_ends[side]
            position = int(np.searchsorted(violations, start))
            stop = int(violations[position]) if position < violations.size else self.size
            ends = line_ends[np.searchsorted(line_ends, start) : np.searchsorted(line_ends, stop)]
            if ends.size:
                start, lost_quote = self._take_segment(start, ends, side)
                if lost_quote:
                    start = self._take_line(start)
                    continue
            if start >= self.size:
                break
            if stop == self.size and not self.final and self.size - start < LONGEST_RECORD:
                break
            following = self._take_alone(start, unbroken=stop == self.size)
            if following == start:
                break
            start = following
        return start

    def _take_segment(self, start: int, ends: Positions, side: int) -> tuple[int, bool]:
        """Take the records that end at `ends`. Stops early, and says so, where a quotation mark must have been lost."""
        data, delimiters = self.data, self.delimiters[side]
        starts = np.concatenate(([start], ends[:-1] + 1))
        widths = np.diff(np.searchsorted(delimiters, ends), prepend=np.searchsorted(delimiters, start)) + 1
        stops = ends.copy()
        if self.has_returns:
            carried = (data[ends] == _LF) & (ends > starts) & (data[np.maximum(ends - 1, 0)] == _CR)
            stops[carried] -= 1
        # Delimiters at the end of a record that open nothing but empty fields beyond the header's.
        while (extra := (widths > self.fields) & (data[np.maximum(stops - 1, 0)] == ord(self.delimiter))).any():
            widths[extra] -= 1
            stops[extra] -= 1
        wrong = widths != self.fields
        lost_quote = False
        if wrong.any() and self.quotes.size:
            spanned = np.diff(np.searchsorted(self.lines, ends), prepend=np.searchsorted(self.lines, start) - 1) - 1
            lost = np.flatnonzero(wrong & (spanned > LINES_OF_A_LOST_QUOTE))
            if lost.size:
                lost_quote = True
                kept = int(lost[0])
                start_of_lost = int(starts[kept])
                starts, ends, stops, wrong, widths = (a[:kept] for a in (starts, ends, stops, wrong, widths))
        if starts.size:
            self._emit(starts, ends, stops, wrong, widths)
        return (start_of_lost if lost_quote else int(ends[-1]) + 1), lost_quote

    def _emit(
        self, starts: Positions, ends: Positions, stops: Positions, wrong: npt.NDArray[np.bool_], widths: Positions
    ) -> None:
        split = self.split
        blank = starts == stops
        for index in np.flatnonzero((widths == 1) & ~blank & (stops - starts < 1000)):
            blank[index] = not self.text[starts[index] : stops[index]].strip()
        undecodable = np.zeros(starts.size, dtype=bool)
        first_nul, last_nul = np.searchsorted(self.nuls, [starts[0], ends[-1]])
        if last_nul > first_nul:
            undecodable[np.searchsorted(ends, self.nuls[first_nul:last_nul])] = True
            undecodable &= ~blank
        odd = (wrong | undecodable) & ~blank
        numbers = split.records + np.cumsum(~blank)
        for index in np.flatnonzero(odd):
            text = self.text[starts[index] : stops[index]].decode()
            rule, value = (
                ("undecodable_text", readable(text)[:200])
                if undecodable[index]
                else ("wrong_column_count", str(widths[index]))
            )
            split.odd.append(OddRecord(int(numbers[index]), rule, text, value))
        clean = ~(odd | blank)
        split.records = int(numbers[-1])
        split.blank += int(blank.sum())
        taken = int(clean.sum())
        if taken:
            split.clean += taken
            split.longest = max(split.longest, int((stops - starts)[clean].max()))
            self.clean_file.write(self._normalised(starts, ends, stops, clean))

    def _normalised(
        self, starts: Positions, ends: Positions, stops: Positions, clean: npt.NDArray[np.bool_]
    ) -> memoryview:
        """The bytes of the clean records, each ended by one line feed."""
        first, last = int(starts[0]), int(ends[-1])
        data = self.data
        if clean.all() and (stops == ends).all() and not self.lone_returns.size:
            return memoryview(self.text)[first : last + 1]
        edges = np.zeros(last + 2 - first, dtype=np.int8)
        edges[starts[clean] - first] += 1
        edges[stops[clean] - first] -= 1
        keep = np.cumsum(edges[:-1], dtype=np.int8).view(np.bool_)
        keep[ends[clean] - first] = True
        kept = data[first : last + 1]
        if self.lone_returns.size:
            kept = kept.copy()
            kept[ends - first] = _LF
        return memoryview(kept[keep].tobytes())

    def _take_alone(self, start: int, unbroken: bool) -> int:
        """Look at the one record at `start`, whose marks do not fit.

        Gives where the next one starts, or `start` to wait for more text.

        `unbroken` says that no mark is wrong yet, only that the record does not end.
        """
        limit = min(self.size, start + LONGEST_RECORD)
        match = record_pattern(self.delimiter, self.quote).match(self.text, start, limit)
        stop = match.end() if match else start
        at_end = stop == self.size or (not self.final and stop == self.size - 1 and self.data[stop] == _CR)
        if at_end and not self.final and self.size - start < LONGEST_RECORD:
            return start
        if stop < self.size and self.data[stop] in (_LF, _CR):
            return self._take_mended(start, stop)
        waits = unbroken or self._is_quote_open(stop)
        if not self.final and waits and self.size - start < LONGEST_RECORD:
            return start
        return self._take_line(start)

    def _is_quote_open(self, start: int) -> bool:
        """Whether a quoted field starts here that may still be closed in the next block."""
        mark = re.escape(self.quote.encode())
        match = re.compile(mark + rb"[^%(q)s]*+(?:%(q)s%(q)s[^%(q)s]*+)*+%(q)s?+" % {b"q": mark}).match(
            self.text, start
        )
        return match is not None and match.end() == self.size

    def _take_mended(self, start: int, stop: int) -> int:
        text = self.text[start:stop].decode()
        if text.strip():
            fields = fields_of(text, self.delimiter, self.quote)
            while len(fields) > self.fields and not fields[-1]:
                fields = fields[:-1]
            if len(fields) != self.fields and text.count("\n") >= LINES_OF_A_LOST_QUOTE:
                return self._take_line(start)
            self.split.records += 1
            if "\0" in text:
                self._odd("undecodable_text", text, readable(text)[:200])
            elif len(fields) != self.fields:
                self._odd("wrong_column_count", text, str(len(fields)))
            else:
                self.split.mended.append(MendedRecord(self.split.records, fields))
        else:
            self.split.blank += 1
        return self._after_line_end(stop)

    def _take_line(self, start: int) -> int:
        """Refuse the line at `start` alone, so that what follows can be read; `start` again to wait for its end."""
        position = int(np.searchsorted(self.lines, start))
        if position < self.lines.size:
            end = int(self.lines[position])
        elif self.final:
            end = self.size
        elif self.size - start < LONGEST_RECORD:
            return start
        else:
            raise SourceError(
                f"Record {self.split.records + 1:,} has no line end within {LONGEST_RECORD // 2**20} MiB. "
                "Check that the file is a table of text and was copied whole."
            )
        text = self.text[start:end].decode().rstrip("\r")
        self.split.records += 1
        if "\0" in text:
            self._odd("undecodable_text", text, readable(text)[:200])
        else:
            self._odd("unmatched_quote", text, text[:200])
        return self._after_line_end(end)

    def _odd(self, rule: str, text: str, value: str) -> None:
        self.split.odd.append(OddRecord(self.split.records, rule, text, value))

    def _after_line_end(self, stop: int) -> int:
        if self.text[stop : stop + 2] == b"\r\n":
            return stop + 2
        return min(stop + 1, self.size)
