"""The pages of item statistics: the list of modules, one module with its charts, downloads."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from markupsafe import Markup

from autograder.locale import _
from autograder.records.item_statistics import (
    BARS,
    MIN_ANSWERS,
    MIN_PEOPLE,
    TOO_EASY,
    TOO_HARD,
    WEAK_DISCRIMINATION,
    Flag,
)
from autograder.records.people import today
from autograder.reports.item_tables import ItemLine, ItemReport, shorten
from autograder.reports.plots import Axis, Bar, Dot, draw_columns, draw_dots, draw_rows
from hub_config.portal.access import Portal, Viewer, find_portal
from hub_config.portal.api import Id
from hub_config.portal.display import format_number, format_share
from hub_config.portal.item_reports import ALL_VERSIONS, ModuleReport, Wish, list_modules, read_report
from hub_config.portal.pages import download, read_day, render

OnePortal = Annotated[Portal, Depends(find_portal)]
MAX_MISTAKES = 10
# The tables of more items than this begin folded.
OPEN_UP_TO = 30
# As many letters of a sentence as fit above a bar.
MAX_BAR_LABEL = 44


def read_wish(
    unit: Annotated[str, Query(max_length=200)] = "",
    since: Annotated[str, Query()] = "",
    until: Annotated[str, Query()] = "",
    version: Annotated[str, Query(max_length=100)] = "",
    attempts: Annotated[str, Query()] = "",
) -> Wish:
    """Return what the form asks for; an unknown way to count attempts is the ordinary one.

    Raises
    ------
    StaffError
        422 ``date-invalid``.
    """
    first = read_day(since, _("From day")) if since else None
    last = read_day(until, _("To day")) if until else None
    # A database takes no such sign, and no unit or version has it in its name.
    return Wish(unit.replace("\0", ""), first, last, version.replace("\0", ""), "all" if attempts == "all" else "first")


AskedFor = Annotated[Wish, Depends(read_wish)]


def build_item_pages() -> APIRouter:
    """Return the router of the pages of item statistics.

    Raises
    ------
    nothing
    """
    pages = APIRouter(include_in_schema=False, redirect_slashes=False)

    @pages.get("/statistics")
    def show_modules(request: Request, portal: OnePortal, viewer: Viewer) -> Response:
        with portal.engine.begin() as conn:
            modules = list_modules(conn, viewer)
        return render(portal, request, "statistics.html", {"modules": modules, "min_people": MIN_PEOPLE}, viewer=viewer)

    @pages.get("/modules/{slug}/statistics")
    def show_statistics(slug: Id, request: Request, portal: OnePortal, viewer: Viewer, wish: AskedFor) -> Response:
        with portal.engine.begin() as conn:
            report = read_report(conn, viewer, slug, wish)
        flagged = group_flags(report.words)
        content = {
            "report": report,
            "words": report.words,
            "found": report.words.statistics,
            "flagged": flagged,
            "flagged_count": sum(bool(item.statistics.flags) for item in report.words.items),
            "open_up_to": OPEN_UP_TO,
            "plots": draw_plots(report.words) if report.words.statistics.is_shown else {},
            "bars": name_bars(report.words),
            "query": urlencode(write_wish(report)),
            "all_versions": ALL_VERSIONS,
            "today": today(),
            "min_people": MIN_PEOPLE,
            "min_answers": MIN_ANSWERS,
        }
        return render(portal, request, "module_statistics.html", content, viewer=viewer)

    @pages.get("/modules/{slug}/statistics.{kind}")
    def download_statistics(slug: Id, kind: str, portal: OnePortal, viewer: Viewer, wish: AskedFor) -> Response:
        from autograder.reports.item_tables import write_items

        with portal.engine.begin() as conn:
            report = read_report(conn, viewer, slug, wish)
        return download(
            lambda stream: write_items(report.words, stream, kind),
            kind,
            f"{_('item-statistics')}_{report.slug}_{today().isoformat()}",
            ("csv", "json", "xlsx"),
        )

    return pages


def write_wish(report: ModuleReport) -> dict[str, str]:
    """Return the choice as parameters of an address, without the empty ones.

    Raises
    ------
    nothing
    """
    wish = report.wish

    def write_day(day: date | None) -> str:
        return day.isoformat() if day else ""

    chosen = {
        "unit": wish.unit,
        "since": write_day(wish.since),
        "until": write_day(wish.until),
        "version": report.version or ALL_VERSIONS,
        "attempts": wish.attempts if wish.attempts == "all" else "",
    }
    return {name: value for name, value in chosen.items() if value}


def group_flags(words: ItemReport) -> list[tuple[Flag, list[ItemLine]]]:
    """Return the items that an author should look at by reason, the gravest reason first.

    Raises
    ------
    nothing
    """
    grouped = [(flag, [item for item in words.items if flag in item.statistics.flags]) for flag in Flag]
    return [(flag, items) for flag, items in grouped if items]


def name_bars(words: ItemReport) -> list[tuple[str, int]]:
    """Return the score distribution as (from–to, attempts).

    Raises
    ------
    nothing
    """
    step = 100 // BARS
    counts = words.statistics.bars
    return [(f"{number * step}–{(number + 1) * step}", count) for number, count in enumerate(counts)]


def draw_plots(words: ItemReport) -> dict[str, Markup]:
    """Return the charts of a module by name; a chart without anything to draw is left out.

    Raises
    ------
    nothing
    """
    charts = {"scores": _draw_scores(words), "items": _draw_items(words), "mistakes": _draw_mistakes(words)}
    # Everything that is written into a chart is escaped there.
    return {name: Markup(chart) for name, chart in charts.items() if chart}


def _draw_scores(words: ItemReport) -> str:
    step = 100 // BARS
    counts = words.statistics.bars
    bars = [Bar(str(number * step), count, format_number(count, 0)) for number, count in enumerate(counts)]
    described = _("Attempts by score: {bars}.").format(
        bars="; ".join(f"{label}: {format_number(count, 0)}" for label, count in name_bars(words) if count)
    )
    if not any(counts):
        return ""
    return draw_columns(
        "scores", _("Score distribution"), described, bars, end_label="100", axis_label=_("Score of 100")
    )


def _draw_items(words: ItemReport) -> str:
    dots = [
        Dot(
            item.place,
            item.statistics.difficulty,
            item.statistics.discrimination,
            stands_out=bool(item.statistics.flags),
        )
        for item in words.items
        if item.statistics.difficulty is not None and item.statistics.discrimination is not None
    ]
    if not dots:
        return ""
    marks = (0.0, 0.25, 0.5, 0.75, 1.0)
    lowest = -1.0 if any(dot.y < -0.25 for dot in dots) else -0.25
    heights = tuple(mark for mark in (-1.0, -0.5, *marks) if mark >= lowest)
    described = _("Items: {count}. To look at, drawn as diamonds: {flagged}.").format(
        count=len(dots), flagged=", ".join(dot.name for dot in dots if dot.stands_out) or _("none")
    )
    return draw_dots(
        "items",
        _("Items by share right and discrimination"),
        described,
        dots,
        Axis(_("Share right"), 0, 1, tuple((m, format_share(m)) for m in marks), (TOO_HARD, TOO_EASY)),
        Axis(
            _("Discrimination"),
            lowest,
            1,
            tuple((m, format_number(m)) for m in heights),
            (WEAK_DISCRIMINATION,),
        ),
    )


def _draw_mistakes(words: ItemReport) -> str:
    listed = words.mistakes[:MAX_MISTAKES]
    if not listed:
        return ""
    bars = [Bar(shorten(line.words, MAX_BAR_LABEL), line.share, format_share(line.share)) for line in listed]
    described = _("The most frequent misconception is met in {share} of the attempts.").format(
        share=format_share(listed[0].share)
    )
    return draw_rows("mistakes", _("Misconceptions"), described, bars)
