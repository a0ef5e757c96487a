"""The Markdown that prompts may use, as data: paragraphs, lists, **bold**, *italic*, `code`.

The page builds its elements from this data, so no text of anybody is ever read as HTML.
"""

from __future__ import annotations

import re
from typing import Any

_BULLET = re.compile(r"^\s{0,3}[-*+]\s+(?P<text>.*)$")
_NUMBERED = re.compile(r"^\s{0,3}[0-9]{1,3}[.)]\s+(?P<text>.*)$")
_SPAN = re.compile(r"\*\*(?P<strong>[^*\n]+)\*\*|\*(?P<em>[^*\s][^*\n]*)\*|`(?P<code>[^`\n]+)`")


def read_blocks(text: str) -> list[dict[str, Any]]:
    """Return a text as blocks.

    Parameters
    ----------
    text : str
        The Markdown subset; everything else is plain text.

    Returns
    -------
    list of dict
        ``{"tag": "p", "runs": runs}`` or ``{"tag": "ul" | "ol", "items": [runs, …]}``, where runs are
        ``[{"tag": "" | "strong" | "em" | "code" | "br", "text": …}, …]``.

    Raises
    ------
    nothing
    """
    blocks: list[dict[str, Any]] = []
    lines: list[str] = []

    def close_paragraph() -> None:
        if lines:
            blocks.append({"tag": "p", "runs": read_runs("\n".join(lines))})
            lines.clear()

    for line in text.replace("\r\n", "\n").split("\n"):
        bullet, numbered = _BULLET.match(line), _NUMBERED.match(line)
        found = bullet or numbered
        if found:
            close_paragraph()
            tag = "ul" if bullet else "ol"
            if not blocks or blocks[-1]["tag"] != tag or blocks[-1].get("closed"):
                blocks.append({"tag": tag, "items": []})
            blocks[-1]["items"].append(read_runs(found["text"]))
        elif not line.strip():
            close_paragraph()
            if blocks:
                blocks[-1]["closed"] = True
        elif line.startswith((" ", "\t")) and blocks and blocks[-1]["tag"] != "p" and not blocks[-1].get("closed"):
            blocks[-1]["items"][-1] += read_runs(" " + line.strip())
        else:
            lines.append(line.strip())
    close_paragraph()
    return [{name: value for name, value in block.items() if name != "closed"} for block in blocks]


def read_runs(text: str) -> list[dict[str, str]]:
    """Return one paragraph as runs of equal emphasis.

    Parameters
    ----------
    text : str
        Line breaks are kept.

    Returns
    -------
    list of dict
        ``{"tag": "" | "strong" | "em" | "code" | "br", "text": …}``.

    Raises
    ------
    nothing
    """
    runs: list[dict[str, str]] = []
    end = 0
    for span in _SPAN.finditer(text):
        runs += _plain_runs(text[end : span.start()])
        tag = str(span.lastgroup)
        runs.append({"tag": tag, "text": span[tag]})
        end = span.end()
    return runs + _plain_runs(text[end:])


def _plain_runs(text: str) -> list[dict[str, str]]:
    runs: list[dict[str, str]] = []
    for number, line in enumerate(text.split("\n")):
        if number:
            runs.append({"tag": "br", "text": ""})
        if line:
            runs.append({"tag": "", "text": line})
    return runs
