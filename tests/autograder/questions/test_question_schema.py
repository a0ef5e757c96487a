"""The JSON Schema for editors: the committed file is current, it knows every block that we read, and it tells slips."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from kind_cases import read_cases

from autograder.questions.kinds import KINDS
from autograder.questions.schema_texts import EXAMPLES, FIELDS
from autograder.questions.schema_texts import KINDS as KIND_TEXTS
from autograder.questions.spec import make_question_schema
from autograder.questions.yaml_text import parse_yaml

ROOT = Path(__file__).parents[3]
SCHEMA = make_question_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def iter_blocks() -> Iterator[tuple[str, Any]]:
    """Yield name and data of every block of the curriculum, the fixture course, the pages and the tests' cases."""
    for folder in (ROOT / "curriculum", ROOT / "tests" / "courses" / "good"):
        for path in sorted(folder.glob("source/*/*.ipynb")):
            for number, cell in enumerate(json.loads(path.read_text("utf-8"))["cells"], start=1):
                source = "".join(cell["source"])
                if source.startswith("%%question"):
                    yield f"{path.parent.name}-{number}", parse_yaml(source.partition("\n")[2]).data
    for page in ("lecturer.md", "giang-vien.md"):
        text = (ROOT / "docs" / page).read_text("utf-8")
        for number, block in enumerate(re.findall(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)):
            if "\nkind: " in block:
                yield f"{page}-{number}", parse_yaml(block).data
    for kind, cases in read_cases().items():
        for name, block in cases.BLOCKS.items():
            yield f"{kind}-{name}", block


BLOCKS = dict(iter_blocks())


def test_committed_schema_is_the_one_that_the_program_makes() -> None:
    """docs/question.schema.json is what ``hocvuso schema`` prints."""
    made = json.dumps(SCHEMA, ensure_ascii=False, indent=2) + "\n"
    assert (ROOT / "docs" / "question.schema.json").read_text("utf-8") == made


def test_schema_is_a_schema() -> None:
    """It keeps the rules of its dialect, and its kinds are ours."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert set(SCHEMA["discriminator"]["mapping"]) == set(KINDS) == set(KIND_TEXTS)


@pytest.mark.parametrize("name", BLOCKS)
def test_every_block_that_is_read_is_valid(name: str) -> None:
    """What may be abbreviated in a block, and what may stand in a file, is no error in the editor."""
    block = BLOCKS[name]
    # The kind's own definition, as an editor chooses it: trying all of them takes long and says little.
    rule = {"$ref": SCHEMA["discriminator"]["mapping"][block["kind"]], "$defs": SCHEMA["$defs"]}
    validator = jsonschema.Draft202012Validator(rule)
    errors = [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(block)]
    assert errors == []


def iter_fields() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield record, field and schema of everything that a block can hold."""
    for record, definition in SCHEMA["$defs"].items():
        for field, value in definition.get("properties", {}).items():
            yield record, field, value


def test_every_field_is_explained_in_vietnamese() -> None:
    """No field without a sentence, no sentence without a field; the sentences keep to the house style."""
    unexplained = [f"{record}.{field}" for record, field, value in iter_fields() if not value.get("description")]
    assert unexplained == []
    used = {name for record, field, _value in iter_fields() for name in (f"{record}.{field}", field) if name in FIELDS}
    assert set(FIELDS) - used == set()
    texts = [*FIELDS.values(), *(text for pair in KIND_TEXTS.values() for text in pair)]
    assert [text for text in texts if not unicodedata.is_normalized("NFC", text) or "!" in text] == []
    assert [text for text in FIELDS.values() if not text.endswith((".", "…"))] == []


def test_what_only_the_server_writes_is_not_offered() -> None:
    """An author cannot say that a block is an attempt's copy."""
    assert [record for record, field, _value in iter_fields() if field == "is_drawn"] == []


def test_examples_fit_their_fields() -> None:
    """What an editor offers to insert is valid."""
    for kind in KINDS:
        record = SCHEMA["discriminator"]["mapping"][kind].rpartition("/")[2]
        for field in EXAMPLES:
            rule = SCHEMA["$defs"][record]["properties"][field]
            if field == "items" and kind in ("path", "file", "table", "sheet"):
                examples = [one for one in rule["examples"] if isinstance(one, str)]
            else:
                examples = rule["examples"]
            for example in examples:
                validator = VALIDATOR.evolve(schema={**rule, "$defs": SCHEMA["$defs"]})
                assert list(validator.iter_errors(example)) == []


BLOCK = {
    "id": "hop-thu",
    "kind": "classify",
    "points": 5,
    "prompt": "Xếp thư.",
    "labels": {"a": "A", "b": "B"},
    "items": [{"id": "t01", "text": "x"}],
    "key": {"t01": "a"},
    "score": {"by": "balanced"},
}

SLIPS = [
    {"lables": {"a": "A"}},
    {"kind": "clasify"},
    {"points": "5"},
    {"points": 0},
    {"id": "Hộp thư"},
    {"prompt": {"fr": "Bonjour"}},
    {"labels": {"a": "A"}},
    {"items": "hop-thu.yaml"},
    {"items": []},
    {"key": "khoa.yaml"},
    {"score": {"by": "cots"}},
    {"feedback": {"subdomain": "x"}},
    {"is_drawn": True},
]


def test_sound_block_is_valid() -> None:
    """The block that the slips start from."""
    assert VALIDATOR.is_valid(BLOCK)


@pytest.mark.parametrize("slip", SLIPS, ids=[json.dumps(slip, ensure_ascii=False) for slip in SLIPS])
def test_slip_is_underlined_by_the_editor(slip: dict[str, Any]) -> None:
    """Unknown and misspelt fields, wrong types, values out of range, files in the wrong place."""
    assert not VALIDATOR.is_valid(BLOCK | slip)


@pytest.mark.parametrize("field", ["points", "prompt", "items", "id", "kind"])
def test_missing_field_is_underlined(field: str) -> None:
    """What every question needs."""
    assert not VALIDATOR.is_valid({name: value for name, value in BLOCK.items() if name != field})
