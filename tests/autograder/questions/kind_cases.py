"""What the tests of all kinds share: a block of ten points, and the cases in each kind's file of ``cases/``."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

FOLDER = Path(__file__).parent / "cases"


def make_block(kind: str, items: list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
    """Return a block of ten points with the feedback that the cases' keys use."""
    common = {"id": "cau-hoi", "kind": kind, "points": 10, "prompt": "Hãy trả lời.", "items": items}
    return common | {"feedback": {"MC-A": "Vì sao A.", "MC-B": "Vì sao B."}} | fields


def read_cases() -> dict[str, ModuleType]:
    """Return the cases of every kind, by the kind's name.

    Each file ``cases/<kind>.py`` has

    - ``BLOCKS``: name → block of ten points,
    - ``answer_fully(question)``: the answer over the whole pool that earns everything,
    - ``near_answers(question, variant)``: a strategy of answers of the right shape,
    - ``constant_answers(question, variant)``: answers that know nothing and must earn 0,
    - ``improve(question, variant)``: pairs (worse answer, better answer), for what must be monotone.
    """
    cases = {}
    for file in sorted(FOLDER.glob("*.py")):
        spec = importlib.util.spec_from_file_location(f"kind_case_{file.stem}", file)
        assert spec is not None
        assert spec.loader is not None
        cases[file.stem] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(cases[file.stem])
    return cases
