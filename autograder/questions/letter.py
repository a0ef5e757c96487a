"""An official letter as data: where its components stand on the page, and how each is set.

The defaults are those of a letter without layout errors; a part's own ``style`` changes them, so that an error can be
shown.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool

from autograder.locale import _, current_language
from autograder.questions.model import Strict

Place = Literal[
    "so-trang", "le-tren", "le-trai",
    "co-quan-chu-quan", "co-quan", "so", "dau-mat", "dau-khan",
    "quoc-hieu", "tieu-ngu", "dia-danh",
    "ten-loai", "trich-yeu", "kinh-gui", "noi-dung",
    "noi-nhan", "chuc-vu", "chu-ky", "con-dau", "ho-ten",
    "le-phai", "le-duoi", "so-trang-cuoi",
]  # fmt: skip

# The areas of the page in the order in which they are read, with the components that stand in each.
AREAS: dict[str, tuple[Place, ...]] = {
    "top": ("le-tren", "so-trang"),
    "left": ("le-trai",),
    "head-left": ("co-quan-chu-quan", "co-quan", "so", "dau-mat", "dau-khan"),
    "head-right": ("quoc-hieu", "tieu-ngu", "dia-danh"),
    "title": ("ten-loai", "trich-yeu"),
    "body": ("kinh-gui", "noi-dung"),
    "foot-left": ("noi-nhan",),
    "foot-right": ("chuc-vu", "con-dau", "chu-ky", "ho-ten"),
    "right": ("le-phai",),
    "bottom": ("le-duoi", "so-trang-cuoi"),
}

SIZES_MM = {"A4": (210, 297), "A5": (148, 210), "Letter": (216, 279)}

PointSize = Annotated[float, Field(strict=True, ge=6, le=40)]
Millimetres = Annotated[float, Field(strict=True, ge=0, le=60)]


class PartStyle(Strict):
    """How one component is set, where it differs from a letter without errors."""

    font: Literal["serif", "sans", "mono"] | None = None
    size_pt: PointSize | None = None
    align: Literal["left", "center", "right", "justify"] | None = None
    bold: StrictBool | None = None
    italic: StrictBool | None = None
    underline: StrictBool | None = None
    color: Literal["black", "red", "blue"] | None = None
    # the short line below a component
    rule: StrictBool | None = None
    # empty space above
    gap_mm: Millimetres | None = None
    # of the first line
    indent_mm: Millimetres | None = None


class Margins(Strict):
    """The four margins of a page."""

    top: Millimetres = 20.0
    bottom: Millimetres = 20.0
    left: Millimetres = 30.0
    right: Millimetres = 15.0


class PageSetup(Strict):
    """The sheet on which a letter is drawn to scale."""

    size: Literal["A4", "A5", "Letter"] = "A4"
    margins_mm: Margins = Margins()


_PLAIN: dict[str, Any] = {
    "font": "serif", "size_pt": 13.0, "align": "left", "bold": False, "italic": False, "underline": False,
    "color": "black", "rule": False, "gap_mm": 0.0, "indent_mm": 0.0,
}  # fmt: skip
_CENTERED = {"align": "center"}
_BOLD = _CENTERED | {"bold": True}

# What differs from plain text, component by component.
_DEFAULTS: dict[str, dict[str, Any]] = {
    "so-trang": _CENTERED,
    "so-trang-cuoi": _CENTERED,
    "co-quan-chu-quan": _CENTERED | {"size_pt": 12.0},
    "co-quan": _BOLD | {"size_pt": 12.0, "rule": True},
    "so": _CENTERED | {"gap_mm": 3.0},
    "dau-mat": _BOLD | {"gap_mm": 3.0},
    "dau-khan": _BOLD | {"gap_mm": 3.0},
    "quoc-hieu": _BOLD | {"size_pt": 12.0},
    "tieu-ngu": _BOLD | {"rule": True},
    "dia-danh": _CENTERED | {"italic": True, "gap_mm": 3.0},
    "ten-loai": _BOLD | {"size_pt": 14.0, "gap_mm": 6.0},
    "trich-yeu": _BOLD | {"size_pt": 14.0, "rule": True},
    "kinh-gui": _CENTERED | {"size_pt": 14.0, "gap_mm": 6.0},
    "noi-dung": {"size_pt": 14.0, "align": "justify", "gap_mm": 2.0, "indent_mm": 10.0},
    "noi-nhan": {"size_pt": 11.0, "gap_mm": 6.0},
    "chuc-vu": _BOLD | {"gap_mm": 6.0},
    "chu-ky": _CENTERED | {"italic": True, "gap_mm": 4.0},
    "con-dau": _CENTERED | {"size_pt": 11.0, "color": "red", "gap_mm": 4.0},
    "ho-ten": _BOLD | {"gap_mm": 4.0},
    "le-tren": _CENTERED | {"font": "sans", "size_pt": 9.0},
    "le-duoi": _CENTERED | {"font": "sans", "size_pt": 9.0},
    "le-trai": _CENTERED | {"font": "sans", "size_pt": 9.0},
    "le-phai": _CENTERED | {"font": "sans", "size_pt": 9.0},
}
# Without the name of a document's type the subject stands below the number, in the left column.
_SUBJECT_OF_A_LETTER = _CENTERED | {"size_pt": 12.0}


def find_area(place: str, *, has_type: bool) -> str:
    """Return the area of the page in which a component stands.

    Parameters
    ----------
    place : str
        One of ``Place``.
    has_type : bool
        Whether the letter names its type (``ten-loai``); without it the subject belongs to the head.

    Raises
    ------
    nothing
    """
    if place == "trich-yeu" and not has_type:
        return "head-left"
    return next(area for area, places in AREAS.items() if place in places)


def set_type(place: str, style: PartStyle | None, *, has_type: bool) -> dict[str, Any]:
    """Return how a component is set: every field of ``PartStyle``, with its default.

    Raises
    ------
    nothing
    """
    usual = _SUBJECT_OF_A_LETTER if place == "trich-yeu" and not has_type else _DEFAULTS.get(place, {})
    own = style.model_dump(exclude_none=True) if style else {}
    return _PLAIN | usual | own


def describe_setting(setting: dict[str, Any]) -> str:
    """Say in words how a component is set, for those who cannot see or measure it.

    Raises
    ------
    nothing
    """
    fonts = {"serif": _("letters with serifs"), "sans": _("letters without serifs"), "mono": _("typewriter letters")}
    aligned = {
        "left": _("aligned left"),
        "center": _("centred"),
        "right": _("aligned right"),
        "justify": _("justified"),
    }
    colors = {"black": "", "red": _("red"), "blue": _("blue")}
    told = [fonts[setting["font"]], _("size {n}").format(n=_show(setting["size_pt"]))]
    told += [_("bold")] if setting["bold"] else []
    told += [_("italic")] if setting["italic"] else []
    told += [_("underlined")] if setting["underline"] else []
    told += [colors[setting["color"]], aligned[setting["align"]]]
    told += [_("line below")] if setting["rule"] else []
    return ", ".join(text for text in told if text)


def describe_page(page: PageSetup) -> dict[str, Any]:
    """Return what is needed to draw a sheet: its size and margins in millimetres, and the same in words.

    Raises
    ------
    nothing
    """
    width, height = SIZES_MM[page.size]
    margins = page.margins_mm
    told = _("Paper {size}; margins: top {top} mm, bottom {bottom} mm, left {left} mm, right {right} mm").format(
        size=page.size,
        top=_show(margins.top),
        bottom=_show(margins.bottom),
        left=_show(margins.left),
        right=_show(margins.right),
    )
    return {"width": width, "height": height, "margins": margins.model_dump(), "told": told}


def _show(value: float) -> str:
    return f"{value:g}".replace(".", "," if current_language() == "vi" else ".")
