"""The Markdown of prompts, as data."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from autograder.questions.rich_text import read_blocks, read_runs


def test_paragraphs_lists_and_emphasis_are_read() -> None:
    """The subset that prompts use."""
    blocks = read_blocks("Đọc **kỹ** và\n*chọn* `a`.\n\n- một\n- hai\n  tiếp\n\n1. ba\n2. bốn\n\nHết.")
    assert [block["tag"] for block in blocks] == ["p", "ul", "ol", "p"]
    assert blocks[0]["runs"] == [
        {"tag": "", "text": "Đọc "},
        {"tag": "strong", "text": "kỹ"},
        {"tag": "", "text": " và"},
        {"tag": "br", "text": ""},
        {"tag": "em", "text": "chọn"},
        {"tag": "", "text": " "},
        {"tag": "code", "text": "a"},
        {"tag": "", "text": "."},
    ]
    assert blocks[1]["items"] == [
        [{"tag": "", "text": "một"}],
        [{"tag": "", "text": "hai"}, {"tag": "", "text": " tiếp"}],
    ]


def test_html_stays_text() -> None:
    """A tag in a prompt is shown as it is typed."""
    assert read_runs('<img src=x onerror="alert(1)">') == [{"tag": "", "text": '<img src=x onerror="alert(1)">'}]


def list_runs(blocks: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Return all runs of all blocks."""
    return [run for block in blocks for runs in block.get("items", [block.get("runs", [])]) for run in runs]


@given(st.text(alphabet="ab*`-1. \n<&", max_size=60))
def test_any_text_becomes_known_blocks_and_loses_no_letter(text: str) -> None:
    """Only the known tags come out, and every letter of the text is still there."""
    blocks = read_blocks(text)
    assert {block["tag"] for block in blocks} <= {"p", "ul", "ol"}
    runs = list_runs(blocks)
    assert {run["tag"] for run in runs} <= {"", "strong", "em", "code", "br"}
    shown = "".join(run["text"] for run in runs)
    assert [c for c in shown if c in "ab<&"] == [c for c in text if c in "ab<&"]
