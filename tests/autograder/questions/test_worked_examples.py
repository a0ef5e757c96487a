"""The worked examples of syllabus §3.1, with their own numbers."""

from __future__ import annotations

import unicodedata
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


def test_m04_plain_share_of_the_greatest_cost_would_pay_77_percent_for_reporting_all() -> None:
    """Against the dearest answer, 8 * 3 + 9 * 2 + 3 * 1 = 45, "report every mail" would earn 1 - 10.5/45 = 77 %."""
    most = sum(max(COSTS[label].values()) for label in TRUTH.values())
    reported = sum(COSTS[label].get("bao_cao", 0) for label in TRUTH.values())
    assert (most, reported) == (45, 10.5)
    assert 1 - reported / most == pytest.approx(0.77, abs=0.005)


@pytest.mark.parametrize(
    ("mail", "label", "cost"),
    [
        ("t01", "an_toan", 3),
        ("t01", "xoa", 1),
        ("t09", "bao_cao", 1),
        ("t09", "xoa", 2),
        ("t18", "an_toan", 1),
        ("t18", "bao_cao", 0.5),
    ],
)
def test_m04_every_mistake_has_its_own_price(mail: str, label: str, cost: float) -> None:
    """Phishing, genuine mail and spam: each wrong label takes its cost of the 10.5."""
    assert score_inbox({mail: label}) == pytest.approx(1 - cost / 10.5)


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


@pytest.mark.parametrize("label", ["co_ban", "nhay_cam", "khong_phai"])
def test_m05_chance_is_a_third(label: str) -> None:
    """One label for every field is right for a third of the classes, which is what chance takes off."""
    answer = dict.fromkeys(["so_dinh_danh", "anh_the_can_cuoc", "si_so_lop"], label)
    assert score_answer(make_fields(), answer, "v").points == 0


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


UNITS = {
    "dt": ("Phòng Đào tạo", "P. Đào tạo"),
    "tc": ("Phòng Tổ chức - Hành chính", "P.TCHC"),
    "xd": ("Khoa Xây dựng Đảng", None),
    "ll": ("Khoa Lý luận cơ sở", None),
}


def list_names() -> dict[str, tuple[str, str, str]]:
    """Return M10-E2's eight spellings: id → text, unit, the code of not recognising it."""
    names = {}
    for unit in ("dt", "tc"):
        full, short = UNITS[unit]
        names[f"{unit}1"] = (full, unit, "MC-ABBR")
        names[f"{unit}2"] = (unicodedata.normalize("NFD", full), unit, "MC-NFC")
        names[f"{unit}3"] = (str(short), unit, "MC-ABBR")
    names["xd1"] = (UNITS["xd"][0], "xd", "MC-ABBR")
    names["xd2"] = (unicodedata.normalize("NFD", UNITS["xd"][0]), "xd", "MC-NFC")
    return names


def make_units() -> Any:
    """M10-E2: eight spellings of three units, with twins that look the same; a fourth unit has none."""
    names = list_names()
    sentence = "Hai ô trông giống nhau nhưng dùng hai cách mã hóa dấu khác nhau; hãy chuẩn hóa Unicode trước khi gộp."
    block = {
        "id": "ten-don-vi",
        "kind": "classify",
        "points": 10,
        "prompt": "Gộp các cách viết về đúng đơn vị.",
        "labels": {unit: full for unit, (full, _short) in UNITS.items()},
        "items": [{"id": name, "text": text} for name, (text, _unit, _code) in names.items()],
        "key": {name: {"label": unit, "wrong": code} for name, (_text, unit, code) in names.items()},
        "score": {"by": "clusters"},
        "feedback": {"MC-NFC": sentence, "MC-ABBR": "Tên viết tắt và tên đầy đủ là một đơn vị."},
    }
    return parse_question(block, where="M10-E2")


def test_m10_twins_look_the_same_and_differ() -> None:
    """The planted twins are one text to the eye and two to a computer."""
    texts = {item.id: item.text for item in make_units().items}
    for unit in ("dt", "tc", "xd"):
        composed, twin = texts[f"{unit}1"], texts[f"{unit}2"]
        assert composed != twin
        assert unicodedata.normalize("NFC", twin) == composed


@pytest.mark.parametrize(
    ("changes", "fraction", "codes"),
    [
        ({}, 1.0, []),
        # 7 pairs belong together, 28 can be made: all together has F1 = 2 * 7 / (7 + 28) = 0.4, which is taken off.
        (dict.fromkeys(list_names(), "dt"), 0.0, None),
        # The twin apart: 5 pairs made, all right, F1 = 10/12; (10/12 - 0.4) / 0.6 = 13/18.
        ({"dt2": "ll"}, 13 / 18, [("MC-NFC", "dt2")]),
        # The short name apart: the same arithmetic, another code.
        ({"tc3": "ll"}, 13 / 18, [("MC-ABBR", "tc3")]),
        # The short name with another unit: 1 + 6 + 1 = 8 made, 1 + 3 + 1 = 5 right, F1 = 10/15; 4/9.
        ({"dt3": "tc"}, 4 / 9, [("MC-ABBR", "dt3")]),
        # All three twins together: 1 + 1 + 3 = 5 made, 2 right, F1 = 4/12 < 0.4.
        ({"dt2": "ll", "tc2": "ll", "xd2": "ll"}, 0.0, [("MC-NFC", "dt2"), ("MC-NFC", "tc2"), ("MC-NFC", "xd2")]),
    ],
)
def test_m10_spellings_are_scored_by_pairs(
    changes: dict[str, str], fraction: float, codes: list[tuple[str, str]] | None
) -> None:
    """The answer is {raw_id: canonical_id}; pairwise F1 of the groups, less what putting all together earns."""
    answer = {name: unit for name, (_text, unit, _code) in list_names().items()} | changes
    score = score_answer(make_units(), answer, "v")
    assert score.fraction == pytest.approx(fraction)
    if codes is not None:
        assert sorted((note.code, note.item) for note in score.notes) == sorted(codes)


ERRORS = {
    "s02": ("MC-FAKENUMBER", "số hiệu bịa"),
    "s05": ("MC-WRONGDATE", "ngày sai"),
    "s07": ("MC-FAKEQUOTE", "trích dẫn bịa"),
    "s11": ("MC-BADSUM", "phép tính sai"),
    "s13": ("MC-LEAP", "suy diễn"),
    "s16": ("MC-OUTDATED", "lỗi thời"),
}


def make_draft() -> Any:
    """M12-E3: a draft of eighteen spans with six planted errors, one of each type."""
    spans = [f"s{n:02d}" for n in range(1, 19)]
    block = {
        "id": "ban-thao",
        "kind": "marks",
        "points": 12,
        "prompt": "Đánh dấu chỗ sai.",
        "items": [{"id": "bai", "parts": [{"id": span, "text": span} for span in spans]}],
        "key": {"bai": {"marks": list(ERRORS), "missed": {span: code for span, (code, _type) in ERRORS.items()}}},
        "score": {"by": "set"},
        "feedback": {code: f"Bỏ sót: {name}." for code, name in ERRORS.values()},
    }
    return parse_question(block, where="M12-E3")


@pytest.mark.parametrize(
    ("marked", "points"),
    [
        (list(ERRORS), 12),
        # 4 of 6 found: 4/6
        (["s02", "s05", "s07", "s11"], 8),
        # 4 of 6 found, 2 marked without need: (4 - 1) / 6
        (["s02", "s05", "s07", "s11", "s01", "s03"], 6),
        # everything marked: (6 - 12/2) / 6
        ([f"s{n:02d}" for n in range(1, 19)], 0),
        ([], 0),
    ],
)
def test_m12_spans_are_scored_as_a_set(marked: list[str], points: float) -> None:
    """max(0, (TP - FP/2) / P) over the ids of spans."""
    assert score_answer(make_draft(), {"bai": marked}, "v").points == points


def test_m12_feedback_says_which_type_of_error_is_missed() -> None:
    """Each planted error that is overlooked gives the code of its own type, so that a skill map can count them."""
    score = score_answer(make_draft(), {"bai": ["s02", "s05", "s07", "s11"]}, "v")
    assert [(note.code, note.text) for note in score.notes] == [
        ("MC-LEAP", "Bỏ sót: suy diễn."),
        ("MC-OUTDATED", "Bỏ sót: lỗi thời."),
    ]
