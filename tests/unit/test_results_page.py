"""One section of the benchmarks is measured anew; the others stay."""

from __future__ import annotations

from tests.benchmarks.results_page import read_sections, with_sections

PAGE = "# Benchmarks\n\nWords.\n\n<!-- section: build -->\n## Build\n\n1 s\n\n<!-- section: by-hand -->\n## By hand\n\nkept\n"


def test_only_the_section_measured_is_replaced() -> None:
    found = with_sections(PAGE, {"build": "## Build\n\n2 s\n"})
    assert found == PAGE.replace("1 s", "2 s")
    assert list(read_sections(found)) == ["build", "by-hand"]


def test_a_new_section_comes_last_and_nothing_is_lost() -> None:
    found = with_sections(PAGE, {"kills": "## Kills\n\nnone"})
    assert found.startswith(PAGE.rstrip("\n"))
    assert read_sections(found)["kills"] == "## Kills\n\nnone"


def test_a_page_without_sections_keeps_its_words() -> None:
    assert with_sections("# Benchmarks\n", {"build": "## Build"}) == (
        "# Benchmarks\n\n<!-- section: build -->\n## Build\n"
    )
