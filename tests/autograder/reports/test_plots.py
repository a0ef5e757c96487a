"""Charts as SVG: well-formed, described, inside their frame, with nothing of anybody's as markup."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.reports.plots import WIDTH, Axis, Bar, Dot, draw_columns, draw_dots, draw_rows

UNIT = Axis("x", 0, 1, ((0.0, "0"), (1.0, "1")), (0.5,))
SIGNED = Axis("y", -0.25, 1, ((0.0, "0"),), (0.1,))
SVG = "{http://www.w3.org/2000/svg}"


def read(chart: str) -> ET.Element:
    """Parse a chart as a page does."""
    return ET.fromstring(chart)


def find(chart: str, kind: str) -> list[ET.Element]:
    """Return the shapes of a kind."""
    return [shape for shape in read(chart).iter() if kind in shape.get("class", "").split()]


def test_a_chart_is_an_image_with_title_and_description() -> None:
    """Read out in place of the shapes; ids begin with the chart's name."""
    chart = read(draw_rows("nham", "Nhầm lẫn", "Mô tả", [Bar("A", 0.5, "50%")]))
    assert chart.get("role") == "img"
    assert chart.get("aria-labelledby") == "nham-title nham-desc"
    told = {child.get("id"): child.text for child in chart if child.get("id")}
    assert told == {"nham-title": "Nhầm lẫn", "nham-desc": "Mô tả"}


def test_columns_are_as_tall_as_their_numbers() -> None:
    """Twice the number, twice the height; 0 has no height and no number."""
    chart = draw_columns(
        "d", "t", "d", [Bar("0", 2, "2"), Bar("10", 4, "4"), Bar("20", 0, "0")], end_label="30", axis_label="Điểm"
    )
    first, second, none = (float(bar.get("height", "x")) for bar in find(chart, "plot-bar"))
    assert second == pytest.approx(2 * first, abs=0.2)
    assert none == 0
    words = [text.text for text in read(chart).iter() if text.tag.endswith("text")]
    assert words == ["2", "0", "4", "10", "20", "30", "Điểm"]


def test_rows_are_as_long_as_their_shares() -> None:
    """A quarter is a quarter of the track."""
    chart = draw_rows("d", "t", "d", [Bar("A", 0.25, "25%")])
    (bar,), (track,) = find(chart, "plot-bar"), find(chart, "plot-track")
    assert float(bar.get("width", "x")) == pytest.approx(float(track.get("width", "x")) / 4, abs=0.1)


def test_what_stands_out_differs_in_shape_and_has_its_name() -> None:
    """Not by colour alone; names that would lie over each other are left to the table."""
    dots = [Dot("1.1", 0.5, 0.5), Dot("1.2", 0.2, 0.0, True), Dot("1.3", 0.21, 0.0, True), Dot("1.4", 0.9, 0.9, True)]
    chart = draw_dots("d", "t", "d", dots, UNIT, SIGNED)
    shapes = find(chart, "plot-dot")
    assert sorted(shape.tag.split("}")[-1] for shape in shapes) == ["circle", "polygon", "polygon", "polygon"]
    assert [name.text for name in find(chart, "plot-name")] == ["1.2", "1.4"]


def test_texts_are_text() -> None:
    """Whatever an author or a learner wrote."""
    evil = '<script>alert(1)</script>"&'
    charts = [
        draw_rows("d", evil, evil, [Bar(evil, 0.5, evil)]),
        draw_columns("d", evil, evil, [Bar(evil, 1, evil)], end_label=evil, axis_label=evil),
        draw_dots("d", evil, evil, [Dot(evil, 0.5, 0.5, True)], Axis(evil, 0, 1, ((0.5, evil),)), SIGNED),
    ]
    for chart in charts:
        assert "<script" not in chart
        assert any(evil == text.text for text in read(chart).iter())
        assert "style=" not in chart


def test_nothing_to_draw_is_still_an_image() -> None:
    """No division by nothing."""
    for chart in (
        draw_rows("d", "t", "d", []),
        draw_columns("d", "t", "d", [], end_label="", axis_label=""),
        draw_dots("d", "t", "d", [], UNIT, SIGNED),
    ):
        assert read(chart).get("role") == "img"


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(-1, 1), st.booleans()), max_size=60))
def test_every_dot_stays_inside_the_frame(places: list[tuple[float, float, bool]]) -> None:
    """What lies beyond an axis stands at its end."""
    dots = [Dot(f"1.{n}", x, y, out) for n, (x, y, out) in enumerate(places)]
    for shape in find(draw_dots("d", "t", "d", dots, UNIT, SIGNED), "plot-dot"):
        if shape.tag.endswith("circle"):
            points = [(float(shape.get("cx", "x")), float(shape.get("cy", "x")))]
        else:
            points = [tuple(map(float, point.split(","))) for point in shape.get("points", "").split()]  # type: ignore[misc]
        assert all(0 <= x <= WIDTH and 0 <= y <= 300 for x, y in points)
