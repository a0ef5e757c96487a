"""Small charts as SVG, for pages: bars, and dots on two axes.

Each is an image with a title and a description; the numbers themselves belong into a table beside it.  Colours are the
page's (classes only), and no dot or bar differs from another by colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 20, 26, 44


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: the words under or beside it, its length, and the words for its length."""

    label: str
    value: float
    text: str


@dataclass(frozen=True, slots=True)
class Dot:
    """One dot at (x, y), with a name that is written beside it where it ``stands_out``."""

    name: str
    x: float
    y: float
    stands_out: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis: its words, its ends, and its marks as (place, words)."""

    label: str
    low: float
    high: float
    marks: tuple[tuple[float, str], ...]
    # dashed lines across the chart
    limits: tuple[float, ...] = ()

    def place(self, value: float) -> float:
        """Return where a value stands between the ends, 0..1; what lies beyond stands at the end.

        Raises
        ------
        nothing
        """
        return min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)


def draw_columns(
    name: str, title: str, description: str, bars: Sequence[Bar], *, end_label: str, axis_label: str
) -> str:
    """Return upright bars over steps of one scale.

    Parameters
    ----------
    name : str
        Begins the ids inside the image; unique on the page.
    title, description : str
        Read out in place of the image.
    bars : sequence of Bar
        A label stands under the border where its bar begins, so that ten of them fit 360 px.
    end_label : str
        Stands under the border where the last bar ends.
    axis_label : str
        Words under the bars.

    Returns
    -------
    str
        SVG.

    Raises
    ------
    nothing
    """
    height = 200
    base = height - _BOTTOM
    room = base - 24
    tallest = max((bar.value for bar in bars), default=0) or 1
    step = (WIDTH - _LEFT / 2 - _RIGHT) / max(len(bars), 1)
    shapes = []
    for number, bar in enumerate(bars):
        x = _LEFT / 2 + number * step
        tall = room * bar.value / tallest
        shapes.append(_rect("bar", x + 1.5, base - tall, step - 3, tall))
        if bar.value:
            shapes.append(_text(x + step / 2, base - tall - 4, bar.text, "middle"))
        shapes.append(_text(x, base + 15, bar.label, "middle", "mark"))
    shapes.append(_text(_LEFT / 2 + len(bars) * step, base + 15, end_label, "middle", "mark"))
    shapes.append(_line("axis", _LEFT / 2, base, WIDTH - _RIGHT, base))
    shapes.append(_text(WIDTH / 2, height - 8, axis_label, "middle", "label"))
    return _image(name, title, description, height, shapes)


def draw_rows(name: str, title: str, description: str, bars: Sequence[Bar]) -> str:
    """Return lying bars, each under its label.

    Parameters
    ----------
    name, title, description
        As for `draw_columns`.
    bars : sequence of Bar
        ``value`` 0..1, of the whole width.

    Returns
    -------
    str
        SVG.

    Raises
    ------
    nothing
    """
    row = 40
    room = WIDTH - 62
    shapes = []
    for number, bar in enumerate(bars):
        y = number * row + 14
        shapes.append(_text(0, y, bar.label))
        shapes.append(_rect("track", 0, y + 6, room, 12))
        shapes.append(_rect("bar", 0, y + 6, max(room * min(bar.value, 1.0), 1.5), 12))
        shapes.append(_text(WIDTH, y + 17, bar.text, "end"))
    return _image(name, title, description, max(len(bars), 1) * row, shapes)


def draw_dots(name: str, title: str, description: str, dots: Sequence[Dot], x: Axis, y: Axis) -> str:
    """Return dots on two axes; those that stand out are diamonds with their names.

    Parameters
    ----------
    name, title, description
        As for `draw_columns`.
    dots : sequence of Dot
    x, y : Axis

    Returns
    -------
    str
        SVG.

    Raises
    ------
    nothing
    """
    height = 300
    base, end = height - _BOTTOM, WIDTH - _RIGHT

    def right(value: float) -> float:
        return _LEFT + (end - _LEFT) * x.place(value)

    def up(value: float) -> float:
        return base - (base - _TOP) * y.place(value)

    shapes = [_rect("ground", _LEFT, _TOP, end - _LEFT, base - _TOP)]
    shapes += [_line("limit", right(value), _TOP, right(value), base) for value in x.limits]
    shapes += [_line("limit", _LEFT, up(value), end, up(value)) for value in y.limits]
    shapes += [_text(right(value), base + 15, words, "middle", "mark") for value, words in x.marks]
    shapes += [_text(_LEFT - 6, up(value) + 4, words, "end", "mark") for value, words in y.marks]
    shapes.append(_line("axis", _LEFT, base, end, base))
    shapes.append(_line("axis", _LEFT, _TOP, _LEFT, base))
    shapes.append(_text((_LEFT + end) / 2, height - 8, x.label, "middle", "label"))
    shapes.append(_text(0, 12, y.label, "start", "label"))
    # What stands out is drawn last, so that nothing covers it.
    named: list[tuple[float, float]] = []
    for dot in sorted(dots, key=lambda one: one.stands_out):
        x_place, y_place = right(dot.x), up(dot.y)
        shapes.append(_draw_dot(dot, x_place, y_place))
        if dot.stands_out:
            anchor, x_name = ("end", x_place - 9) if x_place > end - 40 else ("start", x_place + 9)
            # A name over another could not be read; the table has them all.
            if all(abs(x_name - x_other) > 34 or abs(y_place - y_other) > 12 for x_other, y_other in named):
                named.append((x_name, y_place))
                shapes.append(_text(x_name, y_place + 4, dot.name, anchor, "name"))
    return _image(name, title, description, height, shapes)


def _draw_dot(dot: Dot, x: float, y: float) -> str:
    told = f"<title>{escape(dot.name)}</title>"
    if not dot.stands_out:
        return f'<circle class="plot-dot" cx="{x:.1f}" cy="{y:.1f}" r="4">{told}</circle>'
    points = f"{x:.1f},{y - 6:.1f} {x + 6:.1f},{y:.1f} {x:.1f},{y + 6:.1f} {x - 6:.1f},{y:.1f}"
    return f'<polygon class="plot-dot plot-out" points="{points}">{told}</polygon>'


def _image(name: str, title: str, description: str, height: float, shapes: Sequence[str]) -> str:
    return (
        f'<svg class="plot" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="{name}-title {name}-desc">'
        f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-desc">{escape(description)}</desc>'
        + "".join(shapes)
        + "</svg>"
    )


def _text(x: float, y: float, words: str, anchor: str = "start", kind: str = "text") -> str:
    return f'<text class="plot-{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _rect(kind: str, x: float, y: float, width: float, height: float) -> str:
    return f'<rect class="plot-{kind}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"/>'


def _line(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="plot-{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'
