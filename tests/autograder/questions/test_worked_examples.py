"""The worked examples of syllabus §3.1, with their own numbers."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.questions.scoring import score_answer
from autograder.questions.spec import parse_question

PHISHING = [f"t{n:02d}" for n in range(1, 9)]
GENUINE = [f"t{n:02d}" for n in range(9, 18)]
SPAM = [f"t{n:02d}" for n in range(18, 21)]
TRUTH = dict.fromkeys(PHISHING, "bao_cao") | dict.fromkeys(GENUINE, "an_toan") | dict.fromkeys(SPAM, "xoa")
COSTS = {
    "bao_cao": {"an_toan": 3, "xoa": 1},
    "an_toan": {"bao_cao": 1, "xoa": 2},
    "xoa": {"an_toan": 1, "bao_cao": 0.5},
}


def make_inbox(**score: Any) -> Any:
    """M04-E1: 8 phishing, 9 genuine and 3 spam mails; every phishing mail has two telling parts of five."""
    parts = [{"id": f"s{n}", "text": f"phần {n}"} for n in range(1, 6)]
    key = {mail: {"label": label, "wrong": "MC-SUBDOMAIN"} for mail, label in TRUTH.items()}
    for mail in PHISHING:
        key[mail]["evidence"] = ["s2", "s5"]
    block = {
        "id": "hop-thu",
        "kind": "classify",
        "points": 100,
        "prompt": "Xếp từng thư.",
        "labels": {"an_toan": "An toàn", "bao_cao": "Báo cáo", "xoa": "Xóa"},
        "evidence": "Đánh dấu",
        "items": [{"id": mail, "parts": parts} for mail in TRUTH],
        "key": key,
        "score": {"by": "cost", "matrix": COSTS} | score,
        "feedback": {"MC-SUBDOMAIN": "Tên miền thật là phần cuối cùng."},
    }
    return parse_question(block, where="M04-E1")


def score_inbox(changes: dict[str, str]) -> float:
    """Return the fraction of a perfect inbox with some labels changed."""
    return score_answer(make_inbox(), TRUTH | changes, "9f3c").fraction


def test_m04_one_missed_phish_costs_3_of_10_5() -> None:
    """One missed phish alone gives 1 - 3/10.5 = 71 %."""
    assert score_inbox({PHISHING[0]: "an_toan"}) == pytest.approx(1 - 3 / 10.5)


def test_m04_two_missed_phish_give_43_percent() -> None:
    """Two misses give 1 - 6/10.5 = 43 %."""
    assert score_inbox({PHISHING[0]: "an_toan", PHISHING[1]: "an_toan"}) == pytest.approx(1 - 6 / 10.5)


def test_m04_reporting_every_mail_is_the_best_constant_answer_and_earns_nothing() -> None:
    """ "Report all" costs 9 * 1 + 3 * 0.5 = 10.5, the measure itself."""
    assert score_answer(make_inbox(), dict.fromkeys(TRUTH, "bao_cao"), "9f3c").points == 0


@pytest.mark.parametrize("label", ["an_toan", "xoa"])
def test_m04_other_constant_answers_earn_nothing(label: str) -> None:
    """A dearer constant answer is held at 0."""
    assert score_answer(make_inbox(), dict.fromkeys(TRUTH, label), "9f3c").points == 0


def test_m04_evidence_counts_30_percent() -> None:
    """Total = 0.7 * G3(labels) + 0.3 * G2(evidence of the phishing mails)."""
    inbox = make_inbox(evidence={"weight": 0.3, "only": ["bao_cao"]})
    labels_only = {mail: {"label": label, "evidence": []} for mail, label in TRUTH.items()}
    assert score_answer(inbox, labels_only, "9f3c").points == 70
    half = labels_only | {mail: {"label": "bao_cao", "evidence": ["s2"]} for mail in PHISHING}
    assert score_answer(inbox, half, "9f3c").points == 85
    # 8 of 16 found, 8 marked without need: (8 - 4) / 16 = 0.25
    spread = labels_only | {mail: {"label": "bao_cao", "evidence": ["s2", "s1"]} for mail in PHISHING}
    assert score_answer(inbox, spread, "9f3c").points == pytest.approx(70 + 30 * 0.25)


def test_m04_marks_on_genuine_mails_do_not_count() -> None:
    """Evidence is scored on the mails whose true label is named in ``only``."""
    inbox = make_inbox(evidence={"weight": 0.3, "only": ["bao_cao"]})
    full = {mail: {"label": label, "evidence": ["s2", "s5"]} for mail, label in TRUTH.items()}
    assert score_answer(inbox, full, "9f3c").points == 100


def test_m04_evidence_without_label_counts_nothing() -> None:
    """The evidence part counts only for items that are answered."""
    inbox = make_inbox(evidence={"weight": 0.3, "only": ["bao_cao"]})
    unlabelled = {mail: {"label": None, "evidence": ["s2", "s5"]} for mail in PHISHING}
    assert score_answer(inbox, unlabelled, "9f3c").points == 0
    some = unlabelled | {mail: {"label": TRUTH[mail]} for mail in GENUINE + SPAM}
    # Unanswered phishing costs 3 each, 24 > 10.5, so the labels earn 0; so does evidence without a label.
    assert score_answer(inbox, some, "9f3c").points == 0


def test_m04_feedback_names_the_misconception_per_mail() -> None:
    """Each wrong label leaves one note with its code, its item and its sentence."""
    score = score_answer(make_inbox(), TRUTH | {"t03": "an_toan"}, "9f3c")
    assert [(note.code, note.item, note.text) for note in score.notes] == [
        ("MC-SUBDOMAIN", "t03", "Tên miền thật là phần cuối cùng.")
    ]


def make_fields() -> Any:
    """M05-E1 with three fields, one per class."""
    block = {
        "id": "truong-du-lieu",
        "kind": "classify",
        "points": 30,
        "prompt": "Phân loại.",
        "labels": {"co_ban": "Cơ bản", "nhay_cam": "Nhạy cảm", "khong_phai": "Không phải"},
        "items": [
            {"id": "so_dinh_danh", "text": "Số định danh"},
            {"id": "anh_the_can_cuoc", "text": "Ảnh thẻ căn cước"},
            {"id": "si_so_lop", "text": "Sĩ số lớp"},
        ],
        "key": {
            "so_dinh_danh": {"label": "co_ban", "wrong": {"nhay_cam": "MC-CCCD", "khong_phai": "MC-PUBLIC"}},
            "anh_the_can_cuoc": {
                "label": "nhay_cam",
                "source": "NĐ 356/2025 Đ.4",
                "why": "Ảnh chụp thẻ thuộc nhóm nhạy cảm.",
            },
            "si_so_lop": "khong_phai",
        },
        "score": {"by": "balanced"},
        "feedback": {"MC-CCCD": "Số định danh thuộc dữ liệu cơ bản.", "MC-PUBLIC": "Vẫn là dữ liệu cá nhân."},
    }
    return parse_question(block, where="M05-E1")


def test_m05_full_answer_earns_all() -> None:
    """The worked answer of M05-E1 is right."""
    answer = {"so_dinh_danh": "co_ban", "anh_the_can_cuoc": "nhay_cam", "si_so_lop": "khong_phai"}
    assert score_answer(make_fields(), answer, "v").points == 30


def test_m05_confusing_the_number_with_the_card_is_mc_cccd() -> None:
    """(2/3 - 1/3) / (1 - 1/3) = 0.5 and the code MC-CCCD."""
    answer = {"so_dinh_danh": "nhay_cam", "anh_the_can_cuoc": "nhay_cam", "si_so_lop": "khong_phai"}
    score = score_answer(make_fields(), answer, "v")
    assert score.points == 15
    assert [note.code for note in score.notes] == ["MC-CCCD"]


def test_m05_the_authors_reason_and_source_follow_a_wrong_item() -> None:
    """``why`` becomes a note WHY that ends in the legal source."""
    score = score_answer(make_fields(), {"anh_the_can_cuoc": "co_ban"}, "v")
    assert ("WHY", "anh_the_can_cuoc", "Ảnh chụp thẻ thuộc nhóm nhạy cảm. (NĐ 356/2025 Đ.4)") in [
        (note.code, note.item, note.text) for note in score.notes
    ]


def make_rate() -> Any:
    """M11-E1: the true rate is 396/720 = 55,0 %."""
    wrong = [
        {"value": 69.2, "within": 0.05, "code": "MC-MEANRATE", "credit": 0.3},
        {"value": 77.5, "within": 0.05, "code": "MC-MEDIANRATE"},
        {"value": 0.55, "within": 0.0005, "code": "MC-UNIT", "credit": 0.8},
        {"value": 181.8, "within": 0.05, "code": "MC-INVERT"},
    ]
    block = {
        "id": "ty-le",
        "kind": "number",
        "points": 10,
        "prompt": "Tính tỷ lệ.",
        "unit": "%",
        "items": [{"id": "t01", "text": "Toàn hệ thống"}],
        "key": {"t01": {"value": 55.0, "within": 0.05, "wrong": wrong}},
        "score": {"by": "tolerance"},
        "feedback": {entry["code"]: f"Nhận xét {entry['code']}" for entry in wrong},
    }
    return parse_question(block, where="M11-E1")


def test_m11_the_data_give_55_percent_and_its_misconceptions() -> None:
    """The wrong values of the example follow from its eight units."""
    done = [20, 45, 12, 200, 9, 30, 66, 14]
    eligible = [25, 50, 60, 400, 10, 40, 120, 15]
    rates = sorted(100 * d / e for d, e in zip(done, eligible, strict=True))
    assert 100 * sum(done) / sum(eligible) == pytest.approx(55.0)
    assert sum(rates) / 8 == pytest.approx(69.2, abs=0.05)
    assert (rates[3] + rates[4]) / 2 == pytest.approx(77.5)
    assert 100 * sum(eligible) / sum(done) == pytest.approx(181.8, abs=0.05)


@pytest.mark.parametrize(
    ("typed", "points", "codes"),
    [
        ("55", 10, []),
        ("55%", 10, []),
        ("55,0 %", 10, []),
        ("55.0", 10, []),
        ("69,2", 3, ["MC-MEANRATE"]),
        ("77,5 %", 0, ["MC-MEDIANRATE"]),
        ("0,55", 8, ["MC-UNIT"]),
        ("0.55", 8, ["MC-UNIT"]),
        ("181,8", 0, ["MC-INVERT"]),
        ("54,9", 0, []),
        ("năm mươi lăm", 0, []),
    ],
)
def test_m11_typed_values_earn_what_the_syllabus_says(typed: str, points: float, codes: list[str]) -> None:
    """Right values earn all, known wrong ones their credit and their code, others nothing."""
    score = score_answer(make_rate(), {"t01": typed}, "v")
    assert score.points == points
    assert [note.code for note in score.notes] == codes
