"""A scenario as a change file: a small YAML that people write and read, checked as a whole.

    scenario: 1
    name: second-supplier
    title: A second supplier for the controllers
    on: cautious-demand.yaml
    changes:
      - {kind: demand_factor, family: City e-bikes, factor: 1.2, from: 2026-09-01}

`scenario` is the version of the schema. `on` names the file that this one is stacked on; without it the base. Every
mistake is found, each with its line. Reading opens no file: a text comes in, and a function gives the text of `on`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import yaml  # type: ignore[import-untyped]

from planning.scenarios.change import Change
from planning.scenarios.fields import Unreadable, key_of, readable, suggestion
from planning.scenarios.kinds import KINDS
from planning.scenarios.mistakes import said
from planning.scenarios.problems import Problem, ScenarioError

SCHEMA_VERSION = 1
MOST_CHARACTERS = 1_000_000
_KEYS = ("scenario", "name", "title", "title_zh", "on", "changes")
# The text of a scenario that another one is stacked on, by the name it is called there.
Reader = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Scenario:
    """Changes in order, with a name. `places` says of each where it stands: (file, number in it, line)."""

    name: str
    changes: tuple[Change, ...] = ()
    title: str = ""
    title_zh: str = ""
    on: str = ""
    places: tuple[tuple[str, int, int], ...] = ()

    def then(self, later: Scenario) -> Scenario:
        """The changes of both, `later` on top and naming it."""
        return replace(later, changes=self.changes + later.changes, places=self.places + later.places, on=self.on)

    def described(self, language: str = "en") -> Sequence[str]:
        """One line for each change."""
        return [one.described("zh" if language == "zh" else "en") for one in self.changes]


def read_scenario(text: str, read: Reader | None = None, file: str = "") -> Scenario:
    """The scenario of a text, with those it is stacked on below it.

    `read` gives the text of `on`; it raises KeyError where there is none. Raises ScenarioError with all mistakes of all
    the files.
    """
    problems: list[Problem] = []
    found: list[Scenario] = []
    seen: list[str] = []
    name: str | None = file
    while name is not None:
        seen.append(name)
        one, line, mistakes = _scenario(text, name)
        problems += mistakes
        found.append(one)
        below, name = one.on, None
        if not below:
            break
        at = ("on", line, seen[-1])
        if below in seen:
            problems.append(Problem(said("stands_on_itself", chain=" → ".join([*seen, below])), *at))
        elif read is None:
            problems.append(Problem(said("cannot_be_stacked", name=below), *at))
        else:
            try:
                text, name = read(below), below
            except KeyError:
                problems.append(Problem(said("no_scenario_below", name=below), *at))
    if problems:
        raise ScenarioError(problems)
    whole = found.pop()
    for one in reversed(found):
        whole = whole.then(one)
    return whole


def written(scenario: Scenario) -> str:
    """A scenario as the text of a change file; reading it gives the same scenario."""
    head = {"scenario": SCHEMA_VERSION, "name": scenario.name}
    head |= {key: value for key in ("title", "title_zh", "on") if (value := getattr(scenario, key))}
    text = yaml.safe_dump(head, sort_keys=False, allow_unicode=True, width=1000)
    if not scenario.changes:
        return f"{text}changes: []\n"
    lines = [
        "  - " + yaml.safe_dump(_plain(one), sort_keys=False, allow_unicode=True, default_flow_style=True, width=10_000)
        for one in scenario.changes
    ]
    return f"{text}changes:\n" + "".join(lines)


def _plain(change: Change) -> dict[str, object]:
    found: dict[str, object] = {"kind": change.KIND}
    for column in readable(type(change)):
        value = getattr(change, column.name)
        if value is None or value == ():
            continue
        if isinstance(value, tuple):
            value = value[0] if len(value) == 1 else list(value)
        if isinstance(value, float) and value == int(value):
            value = int(value)
        found[key_of(column)] = value
    return found


def _scenario(text: str, file: str) -> tuple[Scenario, int, list[Problem]]:
    """One file, the line of its `on`, and its mistakes."""
    nothing = Scenario(file)
    if len(text) > MOST_CHARACTERS:
        return nothing, 0, [Problem(said("too_long", most=f"{MOST_CHARACTERS:,}"), file=file)]
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        says = said("no_yaml_because", reason=error.problem or error.context)
        return nothing, 0, [Problem(says, line=mark.line + 1 if mark else 0, file=file)]
    except (yaml.YAMLError, RecursionError):
        return nothing, 0, [Problem(said("no_yaml"), file=file)]
    problems: list[Problem] = []
    entries = _entries(root, "", file, problems)
    if entries is None:
        says = said("no_change_file")
        return nothing, 0, [Problem(says, line=1, file=file)]
    for key, node in entries.items():
        if key not in _KEYS:
            says = said("unknown_word", word=key, hint=suggestion(key, _KEYS))
            problems.append(Problem(says, key, _line(node), file))
    texts = {key: _line_text(entries.get(key), key, file, problems) for key in ("scenario", "name", *_KEYS[2:5])}
    line = _line(entries["scenario"]) if "scenario" in entries else 1
    if "scenario" not in entries:
        problems.append(Problem(said("no_version", version=SCHEMA_VERSION), "", 1, file))
    elif texts["scenario"] != str(SCHEMA_VERSION):
        says = said("other_version", version=texts["scenario"], known=SCHEMA_VERSION)
        problems.append(Problem(says, "scenario", line, file))
    if not texts["name"]:
        problems.append(Problem(said("no_name"), "", 1, file))
    changes, places = _changes(entries.get("changes"), file, problems)
    found = Scenario(texts["name"] or file, changes, texts["title"], texts["title_zh"], texts["on"], places)
    return found, _line(entries["on"]) if "on" in entries else 0, problems


def _changes(
    node: yaml.Node | None, file: str, problems: list[Problem]
) -> tuple[tuple[Change, ...], tuple[tuple[str, int, int], ...]]:
    if node is None:
        problems.append(Problem(said("no_changes"), "", 1, file))
        return (), ()
    if not isinstance(node, yaml.SequenceNode):
        if not (isinstance(node, yaml.ScalarNode) and not node.value):
            problems.append(Problem(said("changes_no_list"), "changes", _line(node), file))
        return (), ()
    found, places = [], []
    for position, one in enumerate(node.value, start=1):
        change = _change(one, f"changes[{position}]", file, problems)
        if change is not None:
            found.append(change)
            places.append((file, position, _line(one)))
    return tuple(found), tuple(places)


def _change(node: yaml.Node, place: str, file: str, problems: list[Problem]) -> Change | None:
    entries = _entries(node, place, file, problems)
    if entries is None:
        problems.append(Problem(said("no_change"), place, _line(node), file))
        return None
    if "kind" not in entries:
        says = said("no_kind", hint=suggestion("", sorted(KINDS)))
        problems.append(Problem(says, place, _line(node), file))
        return None
    word = _line_text(entries["kind"], f"{place}.kind", file, problems)
    if word not in KINDS:
        says = said("unknown_kind", word=word, hint=suggestion(word, sorted(KINDS)))
        problems.append(Problem(says, f"{place}.kind", _line(entries["kind"]), file))
        return None
    before = len(problems)
    kind = KINDS[word]
    columns = {key_of(column): column for column in readable(kind)}
    values: dict[str, Any] = {}
    for key, value in entries.items():
        at = f"{place}.{key}"
        if key in columns:
            values[columns[key].name] = _value(columns[key].metadata, value, at, file, problems)
        elif key != "kind":
            says = said("unknown_field", kind=word, field=key, hint=suggestion(key, sorted(columns)))
            problems.append(Problem(says, at, _line(value), file))
    for key, column in columns.items():
        if column.metadata["required"] and key not in entries:
            says = said("missing_field", kind=word, field=key, what=column.metadata["says"])
            problems.append(Problem(says, place, _line(node), file))
    if len(problems) > before:
        return None
    change = kind(**values)
    problems += [Problem(says, place, _line(node), file) for says in change.faults()]
    return change


def _value(metadata: Mapping[str, Any], node: yaml.Node, place: str, file: str, problems: list[Problem]) -> Any:
    before = len(problems)
    is_list = isinstance(node, yaml.SequenceNode) and metadata["many"]
    nodes = list(node.value) if is_list else [node]
    found = []
    for one in nodes:
        if not isinstance(one, yaml.ScalarNode):
            problems.append(Problem(said("write", what=metadata["says"]), place, _line(one), file))
            continue
        try:
            found.append(metadata["read"](one.value))
        except Unreadable as error:
            says = said("cannot_stand_here", value=one.value, reason=error.args[0])
            problems.append(Problem(says, place, _line(one), file))
    if metadata["many"]:
        if not found and len(problems) == before:
            problems.append(Problem(said("empty_list", what=metadata["says"]), place, _line(node), file))
        return tuple(found)
    return found[0] if found else None


def _entries(node: yaml.Node | None, place: str, file: str, problems: list[Problem]) -> dict[str, yaml.Node] | None:
    """The entries of a mapping; a key that stands twice is a mistake. None for what is no mapping."""
    if not isinstance(node, yaml.MappingNode):
        return None
    found: dict[str, yaml.Node] = {}
    for key, value in node.value:
        word = key.value if isinstance(key, yaml.ScalarNode) else "…"
        if word in found:
            problems.append(Problem(said("stands_twice", word=word), place, _line(key), file))
        found[word] = value
    return found


def _line_text(node: yaml.Node | None, place: str, file: str, problems: list[Problem]) -> str:
    if node is None:
        return ""
    if not isinstance(node, yaml.ScalarNode):
        problems.append(Problem(said("one_text"), place, _line(node), file))
        return ""
    return str(node.value).strip()


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
