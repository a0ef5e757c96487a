"""An attempt's copy holds what was drawn for it and nothing of the rest of the pool."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import nbformat
import pytest
import yaml
from sqlalchemy import select

from autograder.curriculum.source import Curriculum
from autograder.database.schema import release
from autograder.database.server import connect
from autograder.lesson.view import describe_question
from autograder.questions.spec import parse_question
from autograder.questions.variants import draw_items
from autograder.release.blocks import split_block
from autograder.release.copies import draw_copy
from hub_config.settings import Settings

VARIANTS = ("00ff", "9f3c0a1b2c3d4e5f", "mau-1")


@pytest.fixture(scope="module")
def released(released_installation: Settings) -> dict[str, tuple[dict[str, bytes], list[dict[str, Any]]]]:
    """Every current release: its files and the server's own notebooks."""
    engine = connect(released_installation.database_url)
    with engine.begin() as conn:
        rows = conn.execute(select(release.c.slug, release.c.archive, release.c.payload)).all()
    engine.dispose()
    found = {}
    for slug, archive, payload in rows:
        with zipfile.ZipFile(io.BytesIO(archive)) as zipped:
            found[slug] = ({name: zipped.read(name) for name in zipped.namelist()}, payload["notebooks"])
    return found


def read_blocks(files: dict[str, bytes]) -> dict[str, dict[str, Any]]:
    """Return every question block of a copy by its id."""
    blocks = {}
    for name, content in files.items():
        if name.endswith(".ipynb"):
            for cell in nbformat.reads(content.decode(), as_version=4).cells:
                magic, block = split_block(cell.source)
                if magic == "%%question":
                    fields = yaml.safe_load(block)
                    blocks[fields["id"]] = fields
    return blocks


def list_questions(notebooks: list[dict[str, Any]]) -> list[Any]:
    """Return the server's own questions."""
    items = [item for book in notebooks for item in book["items"] if item["type"] == "question"]
    return [parse_question(item["block"], where=item["id"]) for item in items]


@pytest.mark.parametrize("variant", VARIANTS)
def test_copy_holds_the_drawn_items_in_the_order_shown(
    released: dict[str, Any], curriculum: Curriculum, variant: str
) -> None:
    """Ids and order are those of the server's own draw, labels stand as the author wrote them, strata are gone."""
    drew = 0
    for files, notebooks in released.values():
        blocks = read_blocks(draw_copy(files, variant))
        for question in list_questions(notebooks):
            items = blocks[question.id]["items"]
            source = next(
                q for m in curriculum.modules for b in m.notebooks for q in b.questions if q.id == question.id
            )
            assert list(blocks[question.id].get("labels", [])) == list(getattr(source, "labels", []))
            assert [item["id"] for item in items] == list(draw_items(question, variant))
            assert not any("stratum" in item for item in items)
            assert "draw" not in blocks[question.id]
            drew += question.draw is not None
    assert drew >= 3


def test_nothing_of_what_was_not_drawn_is_in_any_byte(released: dict[str, Any]) -> None:
    """Texts that only items outside the draw have are nowhere in the copy."""
    tried = 0
    for files, notebooks in released.values():
        copy = b"\n".join(draw_copy(files, "9f3c").values())
        for question in list_questions(notebooks):
            drawn = set(draw_items(question, "9f3c"))
            texts = {
                item.id: set(iter_texts(item.model_dump(exclude={"id"}, exclude_none=True))) for item in question.items
            }
            shown = set().union(*(texts[one] for one in drawn))
            for text in set().union(*texts.values()) - shown:
                if len(text) >= 40:
                    tried += 1
                    assert text.encode() not in copy
                    assert json.dumps(text)[1:-1].encode() not in copy
    assert tried > 100


def iter_texts(value: Any) -> Any:
    """Yield every text in nested data."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from iter_texts(inner)


def test_another_variant_in_the_learners_file_chooses_nothing(released: dict[str, Any], tmp_path: Any) -> None:
    """Whatever attempt.json is changed to, the page shows the same items in the same order."""
    for files, _notebooks in released.values():
        for fields in read_blocks(draw_copy(files, "9f3c")).values():
            question = parse_question(fields, where="")
            views = [describe_question(question, variant=one, number=1, root=tmp_path)["items"] for one in VARIANTS]
            assert views[0] == views[1] == views[2]


def test_same_variant_gives_the_same_copy(released: dict[str, Any]) -> None:
    """An attempt that is fetched twice is the same bytes; another variant is another paper."""
    for files, _notebooks in released.values():
        assert draw_copy(files, "9f3c") == draw_copy(files, "9f3c")
        assert draw_copy(files, "9f3c") != draw_copy(files, "00ff")


def test_what_the_copy_does_not_need_is_left_out(released: dict[str, Any]) -> None:
    """Lists of items go; pictures and data that a lesson names stay."""
    for files, _notebooks in released.values():
        copy = draw_copy(files, "9f3c")
        texts = "".join(content.decode() for name, content in copy.items() if name.endswith(".ipynb"))
        assert not [name for name in copy if name.endswith(".yaml") and name not in texts]
        assert all(name in copy for name in files if name.startswith("data/") and name in texts)
