"""A workbook's formulas computed without Excel: cells and formulas from the file, evaluated by what the formulas use."""

from __future__ import annotations

import math
import re
import zipfile
from bisect import bisect_right
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

SPACE = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
_REFERENCE = re.compile(r"(?:'([^']+)'!)?\$?([A-Z]+)\$?(\d+)(?::\$?([A-Z]+)\$?(\d+))?")


class Workbook:
    """Sheets by name. `given` replaces cells, `value` computes one, `stored` is what the file says beside the formula."""

    def __init__(self, content: bytes) -> None:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = [
                sheet.get("name", "")
                for sheet in ElementTree.fromstring(archive.read("xl/workbook.xml")).findall("m:sheets/m:sheet", SPACE)
            ]
            strings = [
                "".join(text.text or "" for text in item.iter(f"{{{SPACE['m']}}}t"))
                for item in ElementTree.fromstring(archive.read("xl/sharedStrings.xml")).findall("m:si", SPACE)
            ]
            self.sheets = {
                name: _cells(archive.read(f"xl/worksheets/sheet{number}.xml"), strings)
                for number, name in enumerate(names, start=1)
            }
        self.given: dict[tuple[str, str], float] = {}

    def stored(self, sheet: str, cell: str) -> Any:
        return self.sheets[sheet][cell][0]

    def formula(self, sheet: str, cell: str) -> str | None:
        return self.sheets[sheet].get(cell, (None, None))[1]

    def value(self, sheet: str, cell: str) -> Any:
        if (sheet, cell) in self.given:
            return self.given[sheet, cell]
        stored, formula = self.sheets[sheet].get(cell, (0.0, None))
        return stored if formula is None else self._computed(sheet, formula)

    def labels(self, sheet: str) -> Mapping[str, str]:
        """Column C by the text of column A."""
        return {
            str(value): f"C{cell[1:]}"
            for cell, (value, _) in self.sheets[sheet].items()
            if cell.startswith("A") and isinstance(value, str)
        }

    def _computed(self, sheet: str, formula: str) -> Any:
        def read(match: re.Match[str]) -> str:
            place = match[1] or sheet
            if match[4]:
                cells = [f"{match[2]}{row}" for row in range(int(match[3]), int(match[5]) + 1)]
                return f"[{','.join(f'_cell({place!r},{cell!r})' for cell in cells)}]"
            return f"_cell({place!r},{match[2] + match[3]!r})"

        names: dict[str, Callable[..., Any]] = {**FUNCTIONS, "_cell": self.value}
        return eval(_chosen(_REFERENCE.sub(read, formula)), {"__builtins__": {}}, names)


def _chosen(formula: str) -> str:
    """IF(test,yes,no) as a condition that computes only the side it takes."""
    start = formula.find("IF(")
    if start < 0:
        return formula
    depth, parts, begin = 1, [], start + 3
    for at in range(start + 3, len(formula)):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(formula[at], 0)
        if (depth == 1 and formula[at] == ",") or depth == 0:
            parts.append(_chosen(formula[begin:at]))
            begin = at + 1
        if depth == 0:
            test, yes, no = parts
            return f"{formula[:start]}(({yes}) if ({test}) else ({no})){_chosen(formula[at + 1 :])}"
    raise ValueError(f"A bracket is not closed in {formula}")


def _cells(xml: bytes, strings: list[str]) -> dict[str, tuple[Any, str | None]]:
    found: dict[str, tuple[Any, str | None]] = {}
    for cell in ElementTree.fromstring(xml).iter(f"{{{SPACE['m']}}}c"):
        value, formula = cell.find("m:v", SPACE), cell.find("m:f", SPACE)
        text = None if value is None else value.text
        content: Any = strings[int(text or 0)] if cell.get("t") == "s" else float(text or 0)
        found[str(cell.get("r"))] = (content, None if formula is None else formula.text)
    return found


def _round_up(value: float, digits: float) -> float:
    scale = 10 ** int(digits)
    return math.copysign(math.ceil(abs(value) * scale - 1e-9), value) / scale


def _round(value: float, digits: float) -> float:
    scale = 10 ** int(digits)
    return math.copysign(math.floor(abs(value) * scale + 0.5), value) / scale


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "MAX": max,
    "MIN": min,
    "INT": math.floor,
    "ROUND": _round,
    "ROUNDUP": _round_up,
    "INDEX": lambda cells, at: cells[int(at) - 1],
    # The last value that is not greater, of a rising column.
    "MATCH": lambda wanted, cells, _: bisect_right(cells, wanted),
}
