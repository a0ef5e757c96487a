"""YAML as lecturers write it: safe, bounded, with line numbers, and without YAML 1.1's surprises.

``no`` stays a word, ``12:30`` stays a time, ``2026-11-23`` stays text, ``0912`` keeps its zero and ``1e-9`` is a
number.  Aliases, tags and repeated keys are refused: each hides what a reader of the file believes it says.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from autograder.errors import ContentError
from autograder.locale import _

MAX_CHARACTERS = 1_000_000
MAX_NODES = 60_000
MAX_DEPTH = 40

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Path = tuple[str | int, ...]


class _Loader(_Base):
    """A safe loader whose scalars are those of YAML 1.2: text, true/false, null, decimal numbers."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  (PyYAML's own name)


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|)$"), ["~", "n", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$"), list("-+0123456789"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$"),
    list("-+0123456789"),
)


def _construct_float(loader: Any, node: Any) -> float:
    number = float(loader.construct_scalar(node))
    if not math.isfinite(number):
        raise yaml.constructor.ConstructorError(None, None, "number out of range", node.start_mark)
    return number


_Loader.add_constructor("tag:yaml.org,2002:float", _construct_float)


@dataclass(frozen=True)
class YamlDocument:
    """Parsed YAML with the line on which each value starts."""

    # the plain value: dict, list, str, int, float, bool or None
    data: Any
    # path or name shown in errors
    where: str = ""
    # path of keys and indexes → line, counted from 1
    lines: dict[Path, int] = field(default_factory=dict)

    def line_of(self, path: Path) -> int | None:
        """Return the line of the value at ``path``, or of its nearest known parent, or None.

        Raises
        ------
        nothing
        """
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)


def parse_yaml(text: str, *, where: str = "", first_line: int = 1) -> YamlDocument:
    """Read one YAML document.

    Parameters
    ----------
    text : str
        At most 1,000,000 characters.
    where : str
        Path or name of the text, for errors.
    first_line : int
        The number of the text's first line in the file that the author sees.

    Returns
    -------
    YamlDocument

    Raises
    ------
    ContentError
        ``yaml-size``, ``yaml-syntax``, ``yaml-alias``, ``yaml-tag``, ``yaml-depth`` or ``yaml-duplicate-key``.
    """
    if len(text) > MAX_CHARACTERS:
        raise ContentError(
            "yaml-size",
            _("The YAML text is too long"),
            where=where,
            found=len(text),
            expected=_("at most {n} characters").format(n=MAX_CHARACTERS),
            hint=_("move pictures and long tables into files of data/"),
        )
    try:
        _refuse_tricks(text, where, first_line)
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            lines: dict[Path, int] = {}
            if node is not None:
                _record_lines(node, (), lines, where, first_line)
            data = None if node is None else loader.construct_document(node)
        finally:
            loader.dispose()
    except (yaml.YAMLError, ValueError) as error:
        raise _syntax_error(error, text, where, first_line) from None
    return YamlDocument(data, where, lines)


def place(where: str, line: int | None) -> str:
    """Return ``where`` with its line, in the reader's language.

    Raises
    ------
    nothing
    """
    if line is None:
        return where
    at = _("line {n}").format(n=line)
    return f"{where}, {at}" if where else at


def _refuse_tricks(text: str, where: str, first_line: int) -> None:
    """Walk the events, which needs no recursion, before anything is built from them."""
    depth = nodes = 0
    event: Any
    for event in yaml.parse(text, Loader=_Loader):
        line = event.start_mark.line + first_line
        if isinstance(event, yaml.AliasEvent):
            raise ContentError(
                "yaml-alias",
                _("YAML aliases (*name) are not used here"),
                where=place(where, line),
                found=f"*{event.anchor}",
                expected=_("the value itself"),
                hint=_("write the value out again; put text that begins with * or & in quotes"),
            )
        if isinstance(event, yaml.NodeEvent):
            nodes += 1
            if getattr(event, "tag", None):  # the stream events have none
                raise ContentError(
                    "yaml-tag",
                    _("YAML tags (!name) are not used here"),
                    where=place(where, line),
                    found=getattr(event, "tag", None),
                    expected=_("plain text, numbers, lists and mappings"),
                    hint=_("remove the tag; put text that begins with ! in quotes"),
                )
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH or nodes > MAX_NODES:
            raise ContentError(
                "yaml-depth",
                _("The YAML text is nested too deeply or has too many values"),
                where=place(where, line),
                found=_("depth {depth}, {nodes} values").format(depth=depth, nodes=nodes),
                expected=_("depth up to {depth}, up to {nodes} values").format(depth=MAX_DEPTH, nodes=MAX_NODES),
                hint=_("split the list into several questions"),
            )


def _record_lines(node: yaml.Node, path: Path, lines: dict[Path, int], where: str, first_line: int) -> None:
    lines[path] = node.start_mark.line + first_line
    if isinstance(node, yaml.SequenceNode):
        for index, child in enumerate(node.value):
            _record_lines(child, (*path, index), lines, where, first_line)
    elif isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key_node, child in node.value:
            line = key_node.start_mark.line + first_line
            if not isinstance(key_node, yaml.ScalarNode):
                raise ContentError(
                    "yaml-syntax",
                    _("A key must be a word, not a list or a mapping"),
                    where=place(where, line),
                    hint=_("put text that begins with [ or {{ in quotes").format(),
                )
            key = str(key_node.value)
            if key in seen:
                raise ContentError(
                    "yaml-duplicate-key",
                    _("The key {key} is written twice").format(key=key),
                    where=place(where, line),
                    found=_("lines {first} and {second}").format(first=seen[key], second=line),
                    expected=_("each key once"),
                    hint=_("remove one of the two; only the last would count"),
                )
            seen[key] = line
            # A key written as a number (2025: …) is kept as text, so that ids never change their type.
            key_node.tag = "tag:yaml.org,2002:str"
            _record_lines(child, (*path, key), lines, where, first_line)
            lines[(*path, key)] = line


def _syntax_error(error: Exception, text: str, where: str, first_line: int) -> ContentError:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = None if mark is None else mark.line
    problem = str(getattr(error, "problem", None) or error)
    if isinstance(error, yaml.reader.ReaderError):
        line = text.count("\n", 0, error.position)
    rows = text.splitlines()
    row = rows[line].strip() if line is not None and line < len(rows) else ""
    return ContentError(
        "yaml-syntax",
        _("The YAML text cannot be read ({problem})").format(problem=_name_problem(error, problem)),
        where=place(where, None if line is None else line + first_line),
        found=row[:120] or None,
        expected=_("YAML") if row else None,
        hint=_syntax_hint(problem, rows, mark),
    )


def _name_problem(error: Exception, problem: str) -> str:
    """Say in the reader's language what PyYAML says in English."""
    if isinstance(error, yaml.reader.ReaderError):
        return _("a character that is no part of any text")
    known = (
        ("mapping values are not allowed", _("a second colon where only one can stand")),
        ("cannot start any token", _("a character that cannot begin a value")),
        ("but found another document", _("--- begins a second text")),
        ("out of range", _("a number that is too large")),
        ("integer string conversion", _("a number that is too large")),
        ("unexpected end of stream", _("a quotation mark that is not closed")),
        ("expected ',' or", _("a bracket that is not closed, or a comma that is missing")),
        ("block end", _("a line that does not fit to the ones above it")),
        ("block mapping", _("a line that does not fit to the ones above it")),
        ("simple key", _("a line without the colon behind its key")),
        ("expected alphabetic or numeric", _("a sign that cannot begin a value")),
        ("unknown escape character", _("a backslash in quotation marks")),
    )
    return next((text for part, text in known if part in problem), problem.splitlines()[0])


def _syntax_hint(problem: str, rows: list[str], mark: Any) -> str:
    near = "\n".join(rows[max(0, mark.line - 1) : mark.line + 1]) if mark is not None else ""
    if "\t" in near or "'\\t'" in problem:
        return _("indent with spaces, never with tabs")
    if "mapping values are not allowed" in problem:
        return _('put text that holds ": " in quotes, or write it below "|"')
    if "unacceptable character" in problem or "not allowed in" in problem:
        return _("delete the character; it comes from copying out of another program")
    if "cannot start any token" in problem or "alias" in problem or "anchor" in problem:
        return _("put text that begins with % @ ` * & ! in quotes")
    if "another document" in problem:
        return _("remove the line ---")
    if "out of range" in problem or "integer string conversion" in problem:
        return _("write a smaller number, or put it in quotes if it is a text")
    if "escape character" in problem:
        return _("use single quotation marks: '…'")
    if "expected ',' or" in problem:
        return _("close every [ ] and {{ }}, and put text that holds , : [ ] {{ }} in quotes").format()
    if "block end" in problem or "block mapping" in problem or "simple key" in problem:
        return _('lines of the same level begin in the same column, and every key ends with ": "')
    return _("compare the line with the example in docs/lecturer.md")


class _Dumper(yaml.SafeDumper):
    """Block style, long text below ``|``, and every string that our loader would read as a number in quotes."""

    yaml_implicit_resolvers = {  # noqa: RUF012  (PyYAML's own name)
        letter: [*pairs, *_Loader.yaml_implicit_resolvers.get(letter, [])]
        for letter, pairs in {
            **{k: [] for k in _Loader.yaml_implicit_resolvers},
            **yaml.SafeDumper.yaml_implicit_resolvers,
        }.items()
    }

    def ignore_aliases(self, _data: Any) -> bool:
        """Write every value out: our loader refuses aliases."""
        return True


# Text that a literal block would change: spaces at an edge, control and unusual characters.
_NOT_LITERAL = re.compile(r"[ \t]+\n|\A\s|[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]")

# Ends of a line to YAML, though not to people.
_LINE_ENDS = re.compile("[\r\x85\u2028\u2029]")


def _represent_text(dumper: Any, text: str) -> Any:
    style = "|" if "\n" in text and not _NOT_LITERAL.search(text) else None
    if _LINE_ENDS.search(text):
        style = '"'  # in any other style they come back as spaces
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _represent_float(dumper: Any, number: float) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:float", repr(number))


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(float, _represent_float)


def dump_block(data: dict[str, Any]) -> str:
    """Write a question or check as the YAML of its cell (without the magic's own line).

    Parameters
    ----------
    data : dict
        JSON-ready; for example what ``spec.resolved`` or ``spec.public_part`` gave.

    Returns
    -------
    str
        Ends with a line break; ``parse_yaml`` gives the same data back.

    Raises
    ------
    nothing
    """
    return str(yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110))
