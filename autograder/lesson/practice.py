"""A ``%%check`` in a session: ask the learner's functions for values, show the practice cases."""

from __future__ import annotations

import contextlib
import html
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from autograder.lesson.trouble import MAX_SHOWN, explain_error, explain_nothing, name_error
from autograder.locale import _
from autograder.questions.check_spec import Failed, ResolvedCase, ResolvedCheck
from autograder.questions.model import read_text
from autograder.questions.plain_values import to_plain_value, values_equal


@dataclass(frozen=True)
class Found:
    """What one call gave."""

    # a plain value, or Failed
    value: Any
    # why there is no value, as a person reads it; "" where there is one
    trouble: str = ""
    # what Python calls it
    error: str = ""


def find_values(cases: tuple[ResolvedCase, ...], names: Mapping[str, Any]) -> list[Found]:
    """Call what each case calls, among the learner's names.

    Parameters
    ----------
    cases : tuple of ResolvedCase
    names : Mapping
        The session's names; they are not changed by the calls' own bindings.

    Returns
    -------
    list of Found, one per case

    Raises
    ------
    KeyboardInterrupt
        The learner stopped the run.
    """
    return [_find_value(case, names) for case in cases]


def _find_value(case: ResolvedCase, names: Mapping[str, Any]) -> Found:
    # A fresh copy per case: a function may change its arguments.
    bound = json.loads(json.dumps(case.with_))
    scope = {**names, **bound}
    try:
        with _silence():
            value = eval(compile(case.call, "<call>", "eval"), scope)
    except (Exception, SystemExit) as error:
        words = (_("The commands do not run yet."), explain_error(error))
        return Found(Failed("error"), " ".join(filter(None, words)), name_error(error))
    try:
        return Found(to_plain_value(value))
    except Exception:  # a learner's object may do anything when it is looked at
        trouble = _("a value of type {type}, which cannot be compared").format(type=type(value).__name__)
        return Found(Failed("type"), trouble)


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Keep prints and warnings of the learner's code away: stock nbgrader takes stderr for a failure."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield


def show_practice(check: ResolvedCheck, names: Mapping[str, Any]) -> str:
    """Run the practice cases and return them as an accessible table.

    Parameters
    ----------
    check : ResolvedCheck
        Only its visible cases are run.
    names : Mapping
        The session's names.

    Returns
    -------
    str
        HTML without scripts; everything that came from anybody is escaped.

    Raises
    ------
    KeyboardInterrupt
        The learner stopped the run.
    """
    cases = check.practice
    if not cases:
        return _frame("<p>" + _escape(_("This task has no practice case; it is scored after handing in.")) + "</p>")
    found = find_values(cases, names)
    right = [not f.trouble and values_equal(f.value, c.equals, c.within) for f, c in zip(found, cases, strict=True)]
    rows = [_show_row(f, c, ok) for f, c, ok in zip(found, cases, right, strict=True)]
    caption = _("Practice cases passed: {done} of {all}. The score comes from other cases, after handing in.").format(
        done=sum(right), all=len(cases)
    )
    heads = "".join(f'<th role="columnheader" scope="col">{_escape(head)}</th>' for head in _list_heads())
    return _frame(
        f'<table role="table" class="hvs-practice"><caption>{_escape(caption)}</caption>'
        f'<thead role="rowgroup"><tr role="row">{heads}</tr></thead>'
        f'<tbody role="rowgroup">{"".join(rows)}</tbody></table>'
    )


def _list_heads() -> tuple[str, ...]:
    return _("Result"), _("Call"), _("Your function gives"), _("Wanted")


def _show_row(found: Found, case: ResolvedCase, right: bool) -> str:
    state = "✓ " + _("Passed") if right else "✗ " + _("Not yet passed")
    # Somebody who has never programmed does not know None.
    trouble = explain_nothing() if found.value is None and not right else found.trouble
    got = _escape(trouble) if trouble else f"<code>{_escape(show_python(found.value))}</code>"
    if found.error:
        got += f'<br><small class="hvs-error">{_escape(found.error)}</small>'
    hint = read_text(case.hint)
    if hint and not right:
        got += f"<br><em>{_escape(_('Hint: {text}').format(text=hint))}</em>"
    shown = (
        _escape(state),
        f"<code>{_escape(_show_call(case))}</code>",
        got,
        f"<code>{_escape(show_python(case.equals))}</code>",
    )
    # On a narrow page cells stand below each other, each with the head of its column.
    cells = "".join(
        f'<td role="cell" data-head="{_escape(head)}"><div>{text}</div></td>'
        for head, text in zip(_list_heads(), shown, strict=True)
    )
    return f'<tr role="row" class="hvs-{"ok" if right else "no"}">{cells}</tr>'


def _show_call(case: ResolvedCase) -> str:
    bindings = "; ".join(f"{name} = {show_python(value)}" for name, value in case.with_.items())
    return f"{bindings}; {case.call}" if bindings else case.call


def show_python(value: Any) -> str:
    """Return a plain value as Python writes it, shortened, and without the noise of binary fractions.

    Raises
    ------
    nothing
    """
    if isinstance(value, float) and 1e-3 < abs(value) < 1e9:
        value = round(value, 9)
    return _shorten(repr(value))


def _shorten(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"


def _escape(text: str) -> str:
    return html.escape(text, quote=True)


# "table" and the doubled class weigh more than Jupyter's own style, which is made for columns of numbers.
_TABLE = "table.hvs-practice.hvs-practice"
_STYLE = (
    f"{_TABLE}{{border-collapse:collapse;table-layout:auto;margin:.5em 0;font-size:15px;color:#1b2733;background:#fff}}"
    f"{_TABLE} caption{{text-align:left;font-weight:600;padding:.25em 0;color:#1b2733}}"
    f"{_TABLE} :is(th,td){{border:1px solid #76828e;padding:.4em .6em;text-align:left;vertical-align:top;"
    "max-width:none;white-space:normal;background:#fff;color:#1b2733}"
    f"{_TABLE} th{{background:#eef3f6}}"
    f"{_TABLE} code{{padding:0;color:inherit;background:transparent;white-space:pre-wrap;overflow-wrap:anywhere}}"
    f"{_TABLE} td:first-child{{font-weight:600;white-space:nowrap}}"
    f"{_TABLE} .hvs-ok td:first-child{{color:#1d6b3a}}{_TABLE} .hvs-no td:first-child{{color:#8a3b00}}"
    f"{_TABLE} .hvs-error{{color:#45525e}}"
    f"@media (max-width:40rem){{{_TABLE},{_TABLE} :is(caption,tbody,tr,td){{display:block}}"
    f"{_TABLE} thead{{display:none}}{_TABLE} td{{border:0}}{_TABLE} tr{{border:1px solid #76828e}}"
    f"{_TABLE} td:not(:first-child)::before{{content:attr(data-head);font-weight:600}}}}"
)


def _frame(content: str) -> str:
    from autograder.locale import current_language

    return (
        f'<div role="status" lang="{current_language()}" style="overflow-x:auto"><style>{_STYLE}</style>{content}</div>'
    )
