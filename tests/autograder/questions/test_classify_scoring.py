"""classify beyond one label from a short list: trees of labels, reasons, groups; and what content rules see in them."""

from __future__ import annotations

import copy
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder.errors import ContentError
from autograder.lesson.view import describe_question
from autograder.questions.kinds import KINDS
from autograder.questions.kinds.classify.labels import find_path, list_tree
from autograder.questions.kinds.classify.measures import find_whole_clusters, score_by_clusters
from autograder.questions.kinds.classify.scoring import is_fair_draw
from autograder.questions.kinds.classify.sides import score_reasons
from autograder.questions.model import BaseQuestion
from autograder.questions.scoring import count_answered, score_answer
from autograder.questions.spec import find_problems, inspect_question, parse_question, public_part, resolved

FILES = {
    "t01": ("Kế hoạch năm", "ke_hoach"),
    "t02": ("Lịch giảng", "lich"),
    "t03": ("Phiếu chi", "thu_chi"),
    "t04": ("Kế hoạch quý", "ke_hoach"),
}
TREE: dict[str, Any] = {
    "lich": {"text": "Lịch", "under": "nam26"},
    "dao_tao": {"text": {"vi": "Phòng Đào tạo", "en": "Training Office"}, "group": True},
    "nam26": {"text": "2026", "under": "dao_tao", "group": True},
    "ke_hoach": {"text": "Kế hoạch", "under": "nam26"},
    "tai_vu": "Tài vụ",
    "thu_chi": {"text": "Thu chi", "under": "tai_vu"},
}


def make_folders(**fields: Any) -> dict[str, Any]:
    """Return four files and a tree with two groups and four folders."""
    block: dict[str, Any] = {
        "id": "cay",
        "kind": "classify",
        "look": "folders",
        "points": 10,
        "prompt": "Xếp tệp vào thư mục.",
        "labels": copy.deepcopy(TREE),
        "items": [{"id": identity, "title": name} for identity, (name, _folder) in FILES.items()],
        "key": {identity: {"label": folder, "wrong": "MC-A"} for identity, (_name, folder) in FILES.items()},
        "score": {"by": "balanced"},
        "feedback": {"MC-A": "Vì."},
    }
    return block | fields


def make_panels(**fields: Any) -> dict[str, Any]:
    """Return four signed files that are judged with reasons."""
    rows = [{"id": "s1", "label": "Người ký", "text": "Người ký mẫu", "sign": "ok"}, {"id": "s2", "text": "Thuật toán"}]
    key = {
        "t01": {"label": "dung", "reasons": ["con_han", "toan_ven"], "wrong": "MC-A", "wrong_reasons": {"anh": "MC-B"}},
        "t02": {"label": "sai", "reasons": ["bi_sua"], "wrong": "MC-A", "wrong_reasons": {"anh": "MC-B"}},
        "t03": {"label": "dung", "reasons": ["con_han"], "wrong": "MC-A"},
        "t04": {"label": "chua", "reasons": ["anh"], "wrong": "MC-A"},
    }
    block: dict[str, Any] = {
        "id": "chu-ky",
        "kind": "classify",
        "look": "signature",
        "points": 100,
        "prompt": "Đọc bảng kiểm tra.",
        "labels": {"dung": "Hợp lệ", "sai": "Không hợp lệ", "chua": "Chưa đủ căn cứ"},
        "reasons": {"con_han": "Còn hạn lúc ký", "toan_ven": "Toàn vẹn", "bi_sua": "Bị sửa", "anh": "Chỉ là ảnh"},
        "reasons_prompt": "Dựa vào đâu?",
        "items": [{"id": identity, "title": f"{identity}.pdf", "parts": rows} for identity in key],
        "key": key,
        "score": {"by": "balanced", "reasons": {"weight": 0.4}},
        "feedback": {"MC-A": "Vì A.", "MC-B": "Vì B."},
    }
    return block | fields


def read(block: dict[str, Any]) -> BaseQuestion:
    """Return the question of a block."""
    return parse_question(block, where="")


def find_codes(block: dict[str, Any]) -> list[str]:
    """Return the codes of a block's findings."""
    return [problem.code for problem in find_problems(read(block))]


# ---------------------------------------------------------------- labels of a tree


def test_labels_stand_in_the_order_of_their_tree() -> None:
    """Each folder comes before those in it, siblings as written; a path goes from the root down."""
    labels: Any = read(make_folders())
    assert list_tree(labels.labels) == ("dao_tao", "nam26", "lich", "ke_hoach", "tai_vu", "thu_chi")
    assert find_path(labels.labels, "ke_hoach") == ("dao_tao", "nam26", "ke_hoach")
    assert list(labels.choices) == ["lich", "ke_hoach", "tai_vu", "thu_chi"]


def test_the_page_gets_the_path_in_the_readers_language(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """A path is text of the current language; a group says that it is one."""
    question = read(make_folders())
    for language, root in (("vi", "Phòng Đào tạo"), ("en", "Training Office")):
        monkeypatch.setenv("HOCVUSO_LANG", language)
        view = describe_question(question, variant="v", number=1, root=tmp_path)
        labels = {label["id"]: label for label in view["labels"]}
        assert view["look"] == "folders"
        assert labels["dao_tao"] == {"id": "dao_tao", "text": root, "group": True}
        assert labels["ke_hoach"] == {
            "id": "ke_hoach",
            "text": "Kế hoạch",
            "under": "nam26",
            "path": f"{root} › 2026 › Kế hoạch",
        }


def test_group_and_unknown_folder_are_no_answer() -> None:
    """A file put into a group counts as not put anywhere."""
    question = read(make_folders())
    answer = {"t01": "nam26", "t02": "la", "t03": "thu_chi", "t04": ["ke_hoach"]}
    assert count_answered(question, answer, "v") == (1, 4)


def test_folders_are_scored_by_class() -> None:
    """Two of three classes right, the third half: ((1 + 1 + 1/2)/3 - 1/3) / (2/3) = 0.75."""
    answer = {identity: folder for identity, (_name, folder) in FILES.items()} | {"t04": "tai_vu"}
    score = score_answer(read(make_folders()), answer, "v")
    assert score.points == 7.5
    assert [(note.code, note.item) for note in score.notes] == [("MC-A", "t04")]


def test_plain_labels_stay_plain_in_the_learners_copy() -> None:
    """Labels come back as they were written, with and without a place in a tree."""
    question = read(make_folders())
    assert public_part(question)["labels"] == TREE
    assert resolved(read(resolved(question))) == resolved(question)


def test_forty_labels_are_accepted_and_one_more_is_not() -> None:
    """Up to 40 labels, groups included."""
    labels = {f"k{n:02d}": f"Thư mục {n}" for n in range(40)}
    key = {identity: f"k{place:02d}" for place, identity in enumerate(FILES)}
    assert find_codes(make_folders(labels=labels, key=key)) == []
    with pytest.raises(ContentError, match="labels"):
        read(make_folders(labels=labels | {"k40": "Thừa"}, key=key))


# ---------------------------------------------------------------- reasons


def test_reasons_are_mixed_like_evidence_less_what_ticking_the_same_everywhere_earns() -> None:
    """Labels right: 60. Reasons: con_han ticked for all four hits 2 of 5 wanted with 2 extra, (2 - 1)/5 = 0.2.

    That is also the best that the same reasons everywhere reach, so it earns nothing; t01 alone right in full with
    nothing else is 2/5, (0.4 - 0.2) / 0.8 = 0.25 of 40 points.
    """
    question = read(make_panels())
    labels = {"t01": "dung", "t02": "sai", "t03": "dung", "t04": "chua"}
    none = {i: {"label": label, "reasons": []} for i, label in labels.items()}
    same = {i: {"label": label, "reasons": ["con_han"]} for i, label in labels.items()}
    some = none | {"t01": {"label": "dung", "reasons": ["toan_ven", "con_han"]}}
    full = {i: {"label": label, "reasons": list(question.key[i].reasons)} for i, label in labels.items()}
    points = [score_answer(question, answer, "v").points for answer in (labels, none, same, some, full)]
    assert points == [60, 60, 60, pytest.approx(60 + 40 * 0.25), 100]


def test_reasons_without_a_label_count_nothing() -> None:
    """Reasons belong to a label that was given."""
    question = read(make_panels())
    answer = {i: {"label": None, "reasons": list(question.key[i].reasons)} for i in question.key}
    assert score_answer(question, answer, "v").points == 0
    assert count_answered(question, answer, "v") == (0, 4)


def test_only_names_the_labels_whose_reasons_count() -> None:
    """With only: [sai, dung] the reason of t04 does not count: 4 wanted, all found, although t04 has none."""
    question = read(make_panels(score={"by": "balanced", "reasons": {"weight": 0.4, "only": ["sai", "dung"]}}))
    answer = {i: {"label": v.label, "reasons": list(v.reasons)} for i, v in question.key.items()}
    assert score_answer(question, answer | {"t04": "chua"}, "v").points == 100


def test_needless_reason_has_its_own_code_beside_that_of_the_label() -> None:
    """The wrong label's code comes first; an item with the right label and a needless reason has the reason's."""
    question = read(make_panels())
    answer = {
        "t01": {"label": "sai", "reasons": ["anh", "con_han"]},
        "t02": {"label": "sai", "reasons": ["bi_sua", "anh"]},
        "t03": {"label": "dung", "reasons": ["con_han", "toan_ven"]},
    }
    score = score_answer(question, answer, "v")
    assert sorted((note.code, note.item) for note in score.notes) == [("MC-A", "t01"), ("MC-B", "t01"), ("MC-B", "t02")]
    items = {result.item: result for result in score.items}
    assert (items["t01"].code, items["t01"].chosen, items["t01"].wrong) == (
        "MC-A",
        ("sai", "con_han", "anh"),
        ("sai", "anh"),
    )
    # Right label, one of one reason and one needless: 0.6 + 0.4 * (1 - 1/2) / 1 = 0.8.
    assert (items["t02"].code, items["t02"].wrong) == ("MC-B", ("anh",))
    assert items["t02"].fraction == pytest.approx(0.8)
    assert (items["t04"].chosen, items["t04"].fraction) == ((), 0.0)


@pytest.mark.parametrize("reasons", [None, "con_han", {"con_han": True}, ["con_han"] * 5, [["con_han"], None, 3], 7])
def test_odd_reasons_are_read_as_far_as_they_are_reasons(reasons: Any) -> None:
    """Only a list of known ids counts, each once."""
    question = read(make_panels())
    answer = {i: {"label": v.label, "reasons": reasons} for i, v in question.key.items()}
    score = score_answer(question, answer, "v")
    assert score.points == 60
    assert {result.chosen[1:] for result in score.items} <= {(), ("con_han",)}


def test_reasons_that_tell_nothing_leave_the_labels_alone() -> None:
    """None wanted, or the same wanted everywhere: no share of the points can be earned by them."""
    same = frozenset(["a"])
    assert score_reasons({"t1": frozenset(), "t2": frozenset()}, {"t1": same}) is None
    assert score_reasons({"t1": same, "t2": same}, {"t1": same, "t2": same}) is None
    assert score_reasons({"t1": same, "t2": frozenset(["b"])}, {}) == 0


# ---------------------------------------------------------------- groups

TRUTH = {"a1": "A", "a2": "A", "a3": "A", "b1": "B", "b2": "B", "c1": "C"}


@pytest.mark.parametrize(
    ("given", "fraction"),
    [
        (TRUTH, 1.0),
        # other names for the same groups
        ({"a1": "C", "a2": "C", "a3": "C", "b1": "A", "b2": "A", "c1": "B"}, 1.0),
        # whoever stands alone need not be put anywhere
        ({name: label for name, label in TRUTH.items() if name != "c1"}, 1.0),
        # all together: the measure itself, F1 = 2 * 4 / (4 + 15) = 8/19
        (dict.fromkeys(TRUTH, "A"), 0.0),
        ({}, 0.0),
        # all apart as far as labels go round: no pair
        ({"a1": "A", "a2": "B", "a3": "C"}, 0.0),
        # a3 with the b's: made 1 + 3 = 4, both 1 + 1 = 2, F1 = 4/8; (1/2 - 8/19) / (11/19) = 3/22
        (TRUTH | {"a3": "B"}, 3 / 22),
        # a3 alone with c1: made 1 + 1 + 1, both 2, F1 = 4/7; (4/7 - 8/19) / (11/19) = 20/77
        (TRUTH | {"a3": "C"}, 20 / 77),
        # a3 left out: made 2, both 2, F1 = 4/6; (2/3 - 8/19) / (11/19) = 14/33
        ({name: label for name, label in TRUTH.items() if name != "a3"}, 14 / 33),
        # ids that were never shown
        (TRUTH | {"z9": "A", "z8": "A"}, 1.0),
    ],
)
def test_groups_are_scored_by_pairs(given: dict[str, str], fraction: float) -> None:
    """F1 of the pairs (4 belong together of 15), less that of putting all together."""
    assert score_by_clusters(TRUTH, given) == pytest.approx(fraction)


def test_groups_without_any_pair_or_with_one_group_stay_within_bounds() -> None:
    """Draws that no portal issues are scored too."""
    assert score_by_clusters({}, {}) == 0
    assert score_by_clusters({"a": "A", "b": "B"}, {"a": "A", "b": "B"}) == 1
    assert score_by_clusters({"a": "A", "b": "B"}, {"a": "A", "b": "A"}) == 0
    assert score_by_clusters({"a": "A", "b": "B"}, {"a": "A"}) == 0
    assert score_by_clusters({"a": "A", "b": "A"}, {"a": "B", "b": "B"}) == 1
    assert score_by_clusters({"a": "A", "b": "A"}, {"a": "B", "b": "A"}) == 0


def test_whole_groups_are_told_from_broken_ones() -> None:
    """A group is whole with all of its own and nobody else, under whatever label."""
    given = {"a1": "C", "a2": "C", "a3": "C", "b1": "A", "b2": "A", "c1": "A"}
    assert find_whole_clusters(TRUTH, given) == {"a1", "a2", "a3"}


def make_names(**fields: Any) -> dict[str, Any]:
    """Return six names of three units, scored as groups."""
    block: dict[str, Any] = {
        "id": "ten",
        "kind": "classify",
        "points": 22,
        "prompt": "Gộp tên.",
        "labels": {"A": "Đơn vị A", "B": "Đơn vị B", "C": "Đơn vị C"},
        "items": [{"id": name, "text": name} for name in TRUTH],
        "key": {name: {"label": label, "wrong": "MC-A"} for name, label in TRUTH.items()},
        "score": {"by": "clusters"},
        "feedback": {"MC-A": "Vì."},
    }
    return block | fields


def test_only_the_name_that_went_astray_has_a_code() -> None:
    """Those who stayed keep their label and are right, although a stranger came or a member left."""
    score = score_answer(read(make_names()), TRUTH | {"a3": "B"}, "v")
    assert score.points == 3
    assert [(note.code, note.item) for note in score.notes] == [("MC-A", "a3")]
    assert [result.item for result in score.items if result.fraction < 1] == ["a3"]


def test_draws_for_groups_have_a_pair_and_two_groups() -> None:
    """A draw where nothing belongs together, or all does, is not given to a learner."""
    question: Any = read(make_names())
    assert is_fair_draw(question, ("a1", "a2", "b1"))
    assert not is_fair_draw(question, ("a1", "b1", "c1"))
    assert not is_fair_draw(question, ("a1", "a2", "a3"))


def test_groups_leave_fewer_checks_than_labels() -> None:
    """Six names in three groups that may change names: 6 log2(3) - log2(3!) bits."""
    drawn = tuple(TRUTH)
    bits = [KINDS["classify"].count_bits(read(make_names(score={"by": by})), drawn) for by in ("balanced", "clusters")]
    assert bits == [pytest.approx(9.5098, abs=1e-4), pytest.approx(9.5098 - 2.585, abs=1e-4)]


# ---------------------------------------------------------------- what content rules see


def set_label(block: dict[str, Any], **labels: Any) -> None:
    """Add or replace labels."""
    block["labels"] |= labels


BROKEN: list[tuple[str, Callable[[], dict[str, Any]], Callable[[dict[str, Any]], Any]]] = [
    ("label-parent-unknown", make_folders, lambda b: set_label(b, tai_vu={"text": "Tài vụ", "under": "la"})),
    ("label-cycle", make_folders, lambda b: set_label(b, tai_vu={"text": "Tài vụ", "under": "thu_chi"})),
    ("label-cycle", make_folders, lambda b: set_label(b, tai_vu={"text": "Tài vụ", "under": "tai_vu"})),
    ("group-empty", make_folders, lambda b: set_label(b, rong={"text": "Rỗng", "group": True})),
    ("label-is-group", make_folders, lambda b: b["key"].update(t01="nam26")),
    ("label-is-group", make_folders, lambda b: b["key"]["t01"].update(cap=["dao_tao"])),
    ("label-is-group", make_folders, lambda b: b.update(score={"by": "cost", "matrix": {"dao_tao": {"lich": 1}}})),
    ("labels-too-few", make_folders, lambda b: b.update(labels={"a": {"text": "A", "group": True}, "b": "B"})),
    ("panel-without-rows", make_panels, lambda b: b["items"][0].update(parts=[{"id": "s2", "text": "Thuật toán"}])),
    ("reason-unknown", make_panels, lambda b: b["key"]["t03"].update(reasons=["la"])),
    ("reason-unknown", make_panels, lambda b: b["key"]["t01"].update(wrong_reasons={"la": "MC-A"})),
    ("reason-right-and-wrong", make_panels, lambda b: b["key"]["t01"].update(wrong_reasons={"con_han": "MC-A"})),
    ("feedback-missing", make_panels, lambda b: b["key"]["t01"].update(wrong_reasons={"anh": "MC-LA"})),
    ("reasons-not-asked", make_panels, lambda b: (b.pop("reasons"), [v.pop("reasons") for v in b["key"].values()])),
    ("reasons-missing", make_panels, lambda b: b["key"]["t03"].update(reasons=[])),
    ("reasons-always-same", make_panels, lambda b: [v.update(reasons=["bi_sua"]) for v in b["key"].values()]),
    ("reason-like-label", make_panels, lambda b: b["reasons"].update(dung="Vì đúng")),
    ("side-weights", make_panels, lambda b: b["score"]["reasons"].update(weight=1.0)),
    ("label-unknown", make_panels, lambda b: b["score"]["reasons"].update(only=["la", "dung"])),
    ("nothing-belongs-together", make_names, lambda b: [b["items"].pop() for _n in range(3)] and keep_one_each(b)),
    ("single-class", make_names, lambda b: b["key"].update(dict.fromkeys(TRUTH, "A"))),
]


def keep_one_each(block: dict[str, Any]) -> None:
    """Leave three names of three units."""
    block["key"] = {item["id"]: label for item, label in zip(block["items"], "ABC", strict=True)}


@pytest.mark.parametrize("make", [make_folders, make_panels, make_names])
def test_good_question_has_no_finding(make: Callable[[], dict[str, Any]]) -> None:
    """The starting points of this file are clean."""
    assert find_codes(make()) == []


@pytest.mark.parametrize(("code", "make", "damage"), BROKEN)
def test_broken_part_is_found(
    code: str, make: Callable[[], dict[str, Any]], damage: Callable[[dict[str, Any]], Any]
) -> None:
    """One broken thing gives its finding, with place and remedy."""
    block = make()
    damage(block)
    found = [problem for problem in find_problems(read(block)) if problem.code == code]
    assert found, find_codes(block)
    assert all(problem.where and problem.message and problem.hint for problem in found)


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"look": "inbx"}, "inbox"),
        ({"labels": {"a": {"text": "A", "undr": "b"}, "b": "B"}}, "under"),
        ({"labels": {"a": {"text": 3}, "b": "B"}}, "text"),
        ({"items": [{"id": "t01", "parts": [{"id": "s1", "text": "a", "role": "sender"}]}]}, "from"),
        ({"items": [{"id": "t01", "parts": [{"id": "s1", "text": "a", "sign": "good"}]}]}, "warn"),
        ({"score": {"by": "pairs"}}, "clusters"),
    ],
)
def test_unknown_look_role_sign_or_field_is_refused_with_what_is_known(fields: dict[str, Any], found: str) -> None:
    """A slip is refused, and the message says what exists."""
    with pytest.raises(ContentError) as caught:
        read(make_folders(**fields))
    assert found in str(caught.value)


@pytest.mark.parametrize("kind", ["marks"])
def test_role_is_a_field_of_classify_only(kind: str) -> None:
    """Where nothing would read it, a role is refused."""
    item = {"id": "t", "parts": [{"id": "s1", "text": "a", "role": "from"}]}
    with pytest.raises(ContentError, match="role"):
        read({"id": "a", "kind": kind, "points": 1, "prompt": "?", "items": [item]})


def test_the_page_learns_roles_and_signs_and_nothing_of_the_key(tmp_path: Any) -> None:
    """Roles and results of checks are public; reasons come with their prompt."""
    view = describe_question(read(make_panels()), variant="v", number=1, root=tmp_path)
    assert view["items"][0]["signs"] == {"s1": "ok"}
    assert "roles" not in view["items"][0]
    assert (view["reasons_prompt"], len(view["reasons"])) == ("Dựa vào đâu?", 4)
    assert "MC-" not in str(view)
    assert "wrong" not in str(view)


@pytest.mark.parametrize("page", ["lecturer.md", "giang-vien.md"])
def test_examples_of_the_lecturers_pages_can_be_copied(page: str) -> None:
    """Each further example of the kind is read, and nothing in it contradicts itself."""
    text = (Path(__file__).parents[3] / "docs" / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^```yaml\n(kind: classify\n.*?)^```$", text, re.MULTILINE | re.DOTALL)
    found = [inspect_question(block, where=page) for block in blocks]
    assert [[str(error) for error in errors] for _question, errors in found] == [[], [], []]
    assert [question.look for question, _errors in found] == ["signature", "folders", None]  # type: ignore[union-attr]


# ---------------------------------------------------------------- bad input, speed


@pytest.mark.parametrize("make", [make_folders, make_panels, make_names])
def test_huge_and_deep_answers_are_harmless(make: Callable[[], dict[str, Any]]) -> None:
    """Ten megabytes of text, a deep nesting and NaN where labels and reasons should be."""
    question = read(make())
    deep: Any = []
    for _level in range(500):
        deep = [deep]
    for value in ("x" * 10_000_000, deep, float("nan"), {"label": deep, "reasons": deep, "evidence": deep}):
        for answer in (value, dict.fromkeys((item.id for item in question.items), value)):
            assert score_answer(question, answer, "v").points == 0


def test_the_largest_question_is_scored_within_five_milliseconds() -> None:
    """Sixty items, forty labels, evidence, reasons and costs, or groups."""
    labels = {f"k{n:02d}": f"Nhãn {n}" for n in range(40)}
    parts = [{"id": f"s{n}", "text": str(n)} for n in range(10)]
    names = [f"t{n:02d}" for n in range(60)]
    truth = {name: f"k{n % 20:02d}" for n, name in enumerate(names)}
    key = {
        name: {"label": truth[name], "reasons": [f"r{n % 5}"], "evidence": ["s1"], "wrong": "MC-A"}
        for n, name in enumerate(names)
    }
    matrix = {a: {b: 1 for b in labels if a != b} for a in labels}
    sides = {"evidence": {"weight": 0.2}, "reasons": {"weight": 0.2}}
    common = {
        "labels": labels,
        "look": "inbox",
        "evidence": "Đánh dấu",
        "reasons": {f"r{n}": "Vì" for n in range(5)},
        "items": [{"id": name, "parts": parts} for name in names],
        "key": key,
    }
    answer = {name: {"label": "k00", "reasons": ["r1", "r2"], "evidence": ["s1", "s2"]} for name in names}
    for score in ({"by": "cost", "matrix": matrix} | sides, {"by": "balanced"} | sides, {"by": "clusters"} | sides):
        question = read(make_folders(**common, score=score))
        times = []
        for _round in range(20):
            start = time.perf_counter()
            score_answer(question, answer, "v")
            times.append(time.perf_counter() - start)
        # `hocvuso bench --questions` has the figures; this only tells milliseconds from seconds
        assert min(times) < 0.1
