"""The compiled SQL of every model and test speaks what DuckDB and Spark both know."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
import sqlglot
from sqlglot import exp
from sqlglot.dialects import Spark
from sqlglot.tokens import Token, TokenType

from tests.architecture.conftest import Compiled
from tests.architecture.source_files import REPOSITORY

# By the same name, with the same meaning, in both engines.
BOTH_KNOW = {
    "abs", "avg", "cast", "ceil", "coalesce", "concat", "count", "date_trunc", "dense_rank", "exp", "extract",
    "first_value", "floor", "greatest", "lag", "last_value", "lead", "least", "left", "length", "ln", "lower", "lpad",
    "ltrim", "max", "min", "nullif", "power", "rank", "regexp_replace", "replace", "round", "row_number", "rtrim",
    "sign", "sqrt", "substring", "sum", "trim", "try_cast", "upper",
}  # fmt: skip
# Of DuckDB alone; each comes from a macro that dbt dispatches, so that Spark is given its own.
DISPATCHED = {
    "date_add": "dbt.dateadd",
    "date_diff": "dbt.datediff",
    "generate_series": "days_between",
    "hash": "key_hash",
    "unnest": "days_between",
}
# Words before a bracket that are not functions.
NOT_FUNCTIONS = {
    "and", "as", "by", "case", "decimal", "else", "except", "exists", "from", "in", "intersect", "join", "not", "on", "or",
    "over", "select", "then", "union", "using", "values", "varchar", "when", "where", "with", "distinct", "numeric",
}  # fmt: skip
FORBIDDEN_TOKENS = {
    TokenType.L_BRACKET: "lists and slices differ between engines",
    TokenType.QUALIFY: "filter a row number in a CTE of its own",
    TokenType.FILTER: "use case inside the aggregate",
    TokenType.ASOF: "join on a range instead",
    TokenType.PIVOT: "use case inside the aggregate",
}


def _functions(tokens: list[Token]) -> set[str]:
    return {
        word.text.lower()
        for word, bracket in pairwise(tokens)
        if bracket.token_type is TokenType.L_PAREN
        and word.text[:1].isalpha()
        and word.token_type is not TokenType.STRING
    } - NOT_FUNCTIONS


def _ctes(tree: exp.Expression) -> set[str]:
    return {cte.alias.lower() for cte in tree.find_all(exp.CTE)}


@pytest.fixture(scope="module")
def parsed(compiled: Compiled) -> dict[str, exp.Expression]:
    """Every model and test as Spark would read it; what it cannot read is listed by the first test."""
    trees = {}
    for name, sql in compiled.sql.items():
        try:
            trees[name] = sqlglot.parse_one(sql, read="spark")
        except sqlglot.errors.ParseError:
            continue
    return trees


def test_every_model_and_test_parses_as_spark(compiled: Compiled, parsed: dict[str, exp.Expression]) -> None:
    assert len(compiled.sql) > 200
    assert sorted(set(compiled.sql) - set(parsed)) == []
    assert [name for name, tree in parsed.items() if tree.find(exp.Command)] == []


def test_only_functions_that_both_engines_know_are_called(
    compiled: Compiled, parsed: dict[str, exp.Expression]
) -> None:
    unknown = {
        name.split(".")[2]: sorted(found)
        for name, sql in compiled.sql.items()
        if (found := _functions(Spark().tokenize(sql)) - BOTH_KNOW - set(DISPATCHED) - _ctes(parsed[name]))
    }
    assert unknown == {}


def _written_sql() -> dict[str, str]:
    """Every model, test and macro as it is written, without comments and without what only DuckDB is given."""
    folder = REPOSITORY / "models_dbt"
    written = {}
    for path in sorted(folder.rglob("*.sql")):
        if "target" not in path.parts:
            text = path.read_text(encoding="utf-8")
            text = re.sub(r"\{%-?\s*macro duckdb__.*?endmacro\s*-?%\}", "", text, flags=re.DOTALL)
            written[path.relative_to(folder).as_posix()] = re.sub(r"\{#.*?#\}|--[^\n]*", "", text, flags=re.DOTALL)
    return written


def test_functions_of_one_engine_come_from_dispatched_macros_only() -> None:
    """They stand in no model and no test, and in a macro only between `duckdb__` and its end."""
    called = re.compile(rf"\b({'|'.join(DISPATCHED)})\s*\(")
    assert [f"{name}: {match}" for name, text in _written_sql().items() for match in called.findall(text)] == []


def test_types_are_cast_by_cast() -> None:
    """dbt's own macros for DuckDB write `x::type`; the project's SQL does not."""
    assert [name for name, text in _written_sql().items() if "::" in text] == []


def test_no_syntax_that_only_one_engine_reads_is_used(compiled: Compiled) -> None:
    found = [
        f"{name.split('.')[2]}:{token.line} {FORBIDDEN_TOKENS[token.token_type]}"
        for name, sql in compiled.sql.items()
        for token in Spark().tokenize(sql)
        if token.token_type in FORBIDDEN_TOKENS
    ]
    assert found == []


def test_no_column_is_left_out_of_a_star_and_no_grouping_is_guessed(parsed: dict[str, exp.Expression]) -> None:
    found = [
        name.split(".")[2]
        for name, tree in parsed.items()
        if any(
            star.args.get("except_") or star.args.get("replace") or star.args.get("rename")
            for star in tree.find_all(exp.Star)
        )
        or any(group.args.get("all") for group in tree.find_all(exp.Group))
    ]
    assert found == []


def test_the_check_finds_what_it_is_made_for() -> None:
    tokens = Spark().tokenize("select arg_max(a, b)::int, sum(x) filter (where y), list[1] from t qualify 1 = 1")
    assert _functions(tokens) - BOTH_KNOW >= {"arg_max"}
    assert {TokenType.FILTER, TokenType.L_BRACKET, TokenType.QUALIFY} <= {token.token_type for token in tokens}
