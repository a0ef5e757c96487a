"""path: the worked example M08-E2, required steps left out, and the content rules of the frames."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from autograder.lesson.view import describe_question
from autograder.questions.scoring import score_answer
from autograder.questions.spec import find_problems, inspect_question, parse_question

STEPS = ["Mở cổng", "Đăng nhập", "Chọn thủ tục", "Khai", "Đính kèm", "Xem lại", "Nộp phí", "Lưu mã", "Theo dõi"]
# What a right walk does in the nine states, in the syllabus' own words where it gives them.
RIGHT = [
    ("open", "dichvucong"), ("login", "vneid"), ("pick", "TT-07"), ("fill", "self"), ("attach", "don"),
    ("review", "ok"), ("pay", "portal"), ("save", "receipt"), ("track", "code"),
]  # fmt: skip
WRONG = {
    "open": ("ad_result", "open"),
    "login": ("share_otp", "pick"),
    "pay": ("personal_account", "save"),
    "save": ("skip", "track"),
    "review": ("help", "review"),
}


def make_service() -> dict[str, Any]:
    """M08-E2: hand in an application on a simulated portal, nine states and an end."""
    states: dict[str, Any] = {}
    for number, (state, choice) in enumerate(RIGHT):
        after = RIGHT[number + 1][0] if number + 1 < len(RIGHT) else "end"
        choices = [{"id": choice, "text": choice, "to": after}]
        if state in WRONG:
            other, to = WRONG[state]
            choices.append({"id": other, "text": other, "to": to})
        states[state] = {"text": state, "title": STEPS[number], "step": number + 1, "choices": choices}
    states["end"] = {"text": "hết", "end": True}
    return {
        "id": "nop-ho-so",
        "kind": "path",
        "points": 90,
        "prompt": "Nộp hồ sơ.",
        "look": "service",
        "steps": STEPS,
        "items": [{"id": "ho-so", "start": "open", "states": states}],
        "key": {
            "ho-so": {
                "required": [".".join(step) for step in RIGHT],
                "forbidden": {"login.share_otp": "MC-OTP", "pay.personal_account": "MC-PAY"},
                "wrong": {"open.ad_result": "MC-ADRESULT"},
                "missed": {"save.receipt": "MC-NOCODE"},
            }
        },
        "feedback": {
            "MC-OTP": "Không cơ quan nào hỏi mã OTP.",
            "MC-PAY": "Phí chỉ nộp trên cổng.",
            "MC-ADRESULT": "Kết quả đứng đầu có thể là quảng cáo.",
            "MC-NOCODE": "Không có mã hồ sơ thì không theo dõi được.",
        },
    }


def walk(*changes: tuple[str, str], until: int = 9) -> list[list[str]]:
    """Return the right walk with some states' choices replaced, cut after a number of states."""
    return [[state, dict(changes).get(state, choice)] for state, choice in RIGHT][:until]


def score_service(trace: Any) -> Any:
    """Score a walk through the service."""
    return score_answer(parse_question(make_service(), where=""), {"ho-so": trace}, "9f3c")


@pytest.mark.parametrize(
    ("trace", "points", "capped", "codes"),
    [
        (walk(), 90, False, []),
        # each required state is one ninth of 90
        (walk(until=1), 10, False, []),
        (walk(until=5), 50, False, []),
        # a detour is free: the advertisement leads back to the search, the help to the review
        ([["open", "ad_result"], *walk()], 90, False, ["MC-ADRESULT"]),
        ([*walk(until=5), ["review", "help"], ["review", "help"], *walk()[5:]], 90, False, []),
        # the code of the file not saved: 8 of 9, and named because the walk has ended
        (walk(("save", "skip")), 80, False, ["MC-NOCODE"]),
        # the same walk before its end has forgotten nothing yet
        (walk(("save", "skip"), until=8), 70, False, []),
        # reading out the OTP: 8 of 9 would be 80, capped at 40 % of 90
        (walk(("login", "share_otp")), 36, True, ["MC-OTP"]),
        (walk(("pay", "personal_account")), 36, True, ["MC-PAY"]),
        # below the cap the steps count: login.share_otp after one required step, 1/9
        (walk(("login", "share_otp"), until=2), 10, True, ["MC-OTP"]),
        ([], 0, False, []),
        (None, 0, False, []),
    ],
)
def test_m08_nine_required_states_detours_free_otp_and_private_payment_cap(
    trace: Any, points: float, capped: bool, codes: list[str]
) -> None:
    """Required states each 1/9, detours free, share_otp or pay:personal_account cap at 40 %."""
    result = score_service(trace)
    assert result.points == pytest.approx(points)
    assert result.capped is capped
    assert [note.code for note in result.notes] == codes


def test_m08_block_has_no_finding() -> None:
    """The worked example is good content."""
    assert [str(problem) for problem in find_problems(parse_question(make_service(), where=""))] == []


def test_missed_steps_are_no_wrong_choices() -> None:
    """What was not done is a code of the item, and nothing that was chosen wrongly."""
    result = score_service(walk(("save", "skip"))).items[0]
    assert (result.code, result.wrong) == ("MC-NOCODE", ())
    assert "save.skip" in result.chosen


CALL: dict[str, Any] = {
    "id": "cuoc-goi",
    "kind": "path",
    "points": 10,
    "prompt": "?",
    "look": "phone",
    "items": [
        {
            "id": "t",
            "contact": {"name": "Số lạ", "number": "0000 000 001"},
            "start": "s0",
            "states": {
                "s0": {"text": "?", "choices": [{"id": "a", "text": "a", "to": "s9"}]},
                "s9": {"text": "hết", "end": True},
            },
        }
    ],
    "key": {"t": {"required": ["s0.a"]}},
}


def change(block: dict[str, Any], *path: Any, to: Any) -> dict[str, Any]:
    """Return a copy with one value changed, or removed."""
    changed: Any = copy.deepcopy(block)
    inner = changed
    for step in path[:-1]:
        inner = inner[step]
    if to is None:
        del inner[path[-1]]
    else:
        inner[path[-1]] = to
    return changed


BROKEN: list[tuple[str, Callable[[], dict[str, Any]]]] = [
    ("look-missing", lambda: change(make_service(), "look", to=None)),
    ("look-missing", lambda: change(CALL, "look", to=None)),
    ("look-missing", lambda: change(CALL, "look", to="service")),
    ("look-missing", lambda: change(CALL, "steps", to=["Một", "Hai"])),
    ("look-missing", lambda: change(CALL, "items", 0, "states", "s0", "notice", to="Thông báo")),
    ("step-number-unknown", lambda: change(make_service(), "items", 0, "states", "end", "step", to=10)),
    ("step-number-unknown", lambda: change(make_service(), "steps", to=None)),
    ("step-unknown", lambda: change(CALL, "key", "t", "missed", to={"s0.z": "MC-A"})),
    ("missed-not-required", lambda: change(make_service(), "key", "ho-so", "missed", to={"save.skip": "MC-NOCODE"})),
    ("feedback-missing", lambda: change(CALL, "key", "t", "missed", to={"s0.a": "MC-A"})),
]


@pytest.mark.parametrize("number", range(len(BROKEN)))
def test_one_broken_thing_is_told_by_its_code(number: int) -> None:
    """A screen that is not shown, a step that has no name, a missed step that nobody asks for."""
    code, make = BROKEN[number]
    problems = find_problems(parse_question(make(), where=""), where="bai.ipynb")
    assert code in {problem.code for problem in problems}
    assert {problem.code for problem in problems} <= {code, "missed-not-required", "feedback-missing"}
    assert all(problem.where.startswith("bai.ipynb › ") and problem.hint for problem in problems)


@pytest.mark.parametrize(
    "make",
    [
        lambda: change(CALL, "look", to="radio"),
        lambda: change(CALL, "items", 0, "contact", "photo", to="data/a.svg"),
        lambda: change(make_service(), "items", 0, "states", "open", "step", to=0),
        lambda: change(make_service(), "items", 0, "states", "open", "form", to=[{"label": "Mã"}]),
        lambda: change(make_service(), "steps", to=["Một"]),
    ],
)
def test_unknown_fields_and_values_are_refused(make: Callable[[], dict[str, Any]]) -> None:
    """What nothing would read is an error with its place."""
    question, errors = inspect_question(make(), where="bai.ipynb")
    assert question is None
    assert errors[0].where.startswith("bai.ipynb › ")


@pytest.mark.parametrize(
    "answer",
    [
        {"ho-so": [["open", "x" * 10_000_000]]},
        {"ho-so": [[["open"], {"a": 1}]]},
        {"ho-so": [["open", float("nan")], ["login", "vneid"]]},
        {"ho-so": "open"},
        {"ho-so": {"open": "dichvucong"}},
        [["open", "dichvucong"]],
    ],
)
def test_answers_that_nobody_could_give_earn_nothing(answer: Any) -> None:
    """Huge, deep or strange values are no walk."""
    assert score_answer(parse_question(make_service(), where=""), answer, "v").points == 0


def test_page_learns_frame_steps_and_fields(tmp_path: Any) -> None:
    """What the screen shows, in one language; nothing of what is required."""
    view = describe_question(parse_question(make_service(), where=""), variant="v", number=1, root=tmp_path)
    assert (view["look"], len(view["steps"])) == ("service", 9)
    assert view["items"][0]["states"]["pay"]["title"] == "Nộp phí"
    call = describe_question(parse_question(CALL, where=""), variant="v", number=1, root=tmp_path)
    assert call["items"][0]["contact"] == {"name": "Số lạ", "number": "0000 000 001"}
    assert not any(secret in str(view) for secret in ("required", "forbidden", "missed", "MC-"))
