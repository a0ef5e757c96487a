"""A small lesson with one question of every kind, in a folder of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

CLASSIFY = """
id: hop-thu
kind: classify
points: 25
prompt: |
  Anh/Chị vừa mở hộp thư của đơn vị. Hãy **xếp từng thư** vào một nhóm và đánh dấu phần cho thấy dấu hiệu đáng ngờ.

  - Thư lừa đảo thì *báo cáo*.
  - Thư quảng cáo thì xóa.
labels: {an_toan: An toàn, bao_cao: Báo cáo, xoa: Xóa}
evidence: Đánh dấu phần cho thấy dấu hiệu đáng ngờ
items:
  - id: t01
    title: Thư về hồ sơ dịch vụ công
    parts:
      - {id: s1, label: Người gửi, text: "Cổng Dịch vụ công <hotro@xac-thuc.example>"}
      - {id: s2, label: Tiêu đề, text: "Hồ sơ của Anh/Chị sẽ bị hủy trong 24 giờ"}
      - {id: s3, label: Nội dung, text: "Vui lòng xác thực lại tài khoản.", link: "https://dichvucong.gov.vn.xac-thuc.example/dang-nhap?ma=99900000000000000000000000000000000000"}
  - id: t02
    title: Lịch họp đơn vị
    parts:
      - {id: s1, label: Người gửi, text: "Văn phòng <vanphong@truong.example>"}
      - {id: s2, label: Nội dung, text: "Kính gửi lịch họp tuần tới, kèm chương trình."}
  - id: t03
    title: Khuyến mại
    text: "Giảm giá 50% mọi mặt hàng trong tuần này."
key:
  t01: {label: bao_cao, evidence: [s1, s3], wrong: MC-SUBDOMAIN, why: "Tên miền thật là xac-thuc.example."}
  t02: an_toan
  t03: xoa
score:
  by: cost
  matrix: {bao_cao: {an_toan: 3, xoa: 1}, an_toan: {bao_cao: 1, xoa: 2}, xoa: {an_toan: 1, bao_cao: 0.5}}
  evidence: {weight: 0.3, only: [bao_cao]}
feedback: {MC-SUBDOMAIN: "Tên miền thật là phần cuối cùng ngay trước dấu / đầu tiên sau https://."}
"""

COMPACT = """
id: du-lieu
kind: classify
points: 15
prompt: Mỗi trường dữ liệu sau thuộc nhóm nào?
labels: {co_ban: Dữ liệu cơ bản, nhay_cam: Dữ liệu nhạy cảm, khong_phai: Không phải dữ liệu cá nhân}
items:
  - {id: t01, text: Số định danh cá nhân}
  - {id: t02, text: Ảnh chụp thẻ căn cước hai mặt}
  - {id: t03, text: Sĩ số của một lớp}
key: {t01: co_ban, t02: nhay_cam, t03: khong_phai}
score: {by: balanced}
"""

MARKS = """
id: bieu-mau
kind: marks
points: 15
prompt: Đánh dấu những trường không cần thiết trong phiếu đăng ký lớp học.
items:
  - id: phieu
    title: Phiếu đăng ký lớp bồi dưỡng
    parts:
      - {id: p01, text: Họ và tên}
      - {id: p02, text: Đơn vị công tác}
      - {id: p03, text: Tôn giáo}
      - {id: p04, text: Thư điện tử công vụ}
      - {id: p05, text: Tình trạng hôn nhân}
key: {phieu: {marks: [p03, p05], wrong: {p01: MC-THIEU}, missed: {p03: MC-PHONGXA}}}
feedback: {MC-THIEU: "Cần họ tên để cấp giấy xác nhận.", MC-PHONGXA: "Không thu thập để phòng xa."}
"""

ORDER = """
id: sau-muoi-phut
kind: order
points: 15
prompt: Sắp xếp các việc cần làm trong 60 phút đầu khi lộ tài khoản.
ends: [Làm trước, Làm sau]
items:
  - {id: t01, text: Viết báo cáo sự cố đầy đủ cho đơn vị}
  - {id: t02, text: Báo ngay cho bộ phận công nghệ thông tin}
  - {id: t03, text: Đổi mật khẩu từ một thiết bị sạch}
  - {id: t04, text: Rà soát các phiên đăng nhập và thiết bị lạ}
key: {order: [t02, t03, t04, t01], must_precede: [[t02, t01, MC-HIDE]]}
feedback: {MC-HIDE: "Báo sớm giúp hạn chế thiệt hại; không tự xử lý rồi im lặng."}
"""

NUMBER = """
id: ty-le
kind: number
points: 15
unit: "%"
prompt: Dựa vào bảng, hãy tính các tỷ lệ sau, làm tròn đến một chữ số thập phân.
items:
  - id: t01
    text: Tỷ lệ hoàn thành của toàn hệ thống
    table:
      caption: Số người đạt và số người thuộc diện
      columns: [Đơn vị, Số người đạt, Số người thuộc diện]
      rows: [[A, 20, 25], [B, 45, 50], [C, 12, 60], [D, 200, 400]]
  - {id: t02, text: Tỷ lệ hoàn thành của đơn vị D}
key:
  t01: {value: 51.8, within: 0.05, wrong: [{value: 60.0, within: 0.05, code: MC-MEANRATE, credit: 0.3}]}
  t02: {value: 50, within: 0.05}
feedback: {MC-MEANRATE: "Hãy cộng tử số, cộng mẫu số rồi mới chia."}
"""

PATH = """
id: cuoc-goi
kind: path
points: 15
prompt: Anh/Chị nhận một cuộc gọi tự xưng là cán bộ. Hãy chọn cách trả lời.
items:
  - id: goi-1
    title: Cuộc gọi cập nhật VNeID
    start: s0
    states:
      s0:
        says: Người gọi
        text: "Tôi là cán bộ phường, đề nghị Anh/Chị cập nhật VNeID ngay bây giờ."
        choices:
          - {id: a, text: "Xin lỗi, tôi sẽ tự liên hệ công an phường.", to: s9}
          - {id: b, text: "Vâng, tôi cần làm gì?", to: s1}
      s1:
        says: Người gọi
        text: "Anh/Chị đọc giúp mã OTP vừa nhận được."
        choices:
          - {id: a, text: "Tôi không cung cấp mã này cho bất kỳ ai.", to: s9}
          - {id: b, text: "Mã là 000000.", to: s8}
      s8: {text: "Người gọi cúp máy. Tài khoản bị chiếm đoạt.", end: true}
      s9: {text: "Cuộc gọi kết thúc. Anh/Chị tự gọi lại số chính thức.", end: true}
key: {goi-1: {required: [s0.a], forbidden: {s1.b: MC-OTP}, wrong: {s0.b: MC-KNOWSME}}}
feedback:
  MC-OTP: "Không cơ quan nào hỏi mã OTP."
  MC-KNOWSME: "Biết đúng thông tin không chứng minh họ là cơ quan chức năng."
"""

BLOCKS = {
    "hop-thu": CLASSIFY,
    "du-lieu": COMPACT,
    "bieu-mau": MARKS,
    "sau-muoi-phut": ORDER,
    "ty-le": NUMBER,
    "cuoc-goi": PATH,
}

FULL_ANSWERS = {
    "hop-thu": {
        "t01": {"label": "bao_cao", "evidence": ["s1", "s3"]},
        "t02": {"label": "an_toan"},
        "t03": {"label": "xoa"},
    },
    "du-lieu": {"t01": "co_ban", "t02": "nhay_cam", "t03": "khong_phai"},
    "bieu-mau": {"phieu": ["p03", "p05"]},
    "sau-muoi-phut": ["t02", "t03", "t04", "t01"],
    "ty-le": {"t01": "51,8 %", "t02": "50"},
    "cuoc-goi": {"goi-1": [["s0", "a"]]},
}


@pytest.fixture
def blocks() -> dict[str, str]:
    """The ``%%question`` blocks of the small lesson, by question id."""
    return dict(BLOCKS)


@pytest.fixture
def full_answers() -> dict[str, object]:
    """An answer to every question of the small lesson that earns all its points."""
    return json.loads(json.dumps(FULL_ANSWERS))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A module's folder with an attempt and a lesson file, as a learner's session has it."""
    root = tmp_path / "bai"
    root.mkdir()
    attempt = {
        "schema": 1, "attempt": "l-7", "module": "00000000-0000-4000-8000-000000000004", "slug": "bai",
        "number": 2, "variant": "9f3c0a1b2c3d4e5f", "release": "r1", "due": None,
    }  # fmt: skip
    (root / "attempt.json").write_text(json.dumps(attempt), encoding="utf-8")
    (root / "lesson.ipynb").write_text("{}", encoding="utf-8")
    return root
