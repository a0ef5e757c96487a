"""The portal's pages: plain HTML that works without JavaScript."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, BinaryIO
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from autograder.errors import HocVuSoError, StaffError, SubmissionError
from autograder.learning.jobs import now_utc
from autograder.learning.views import ModuleView, list_modules
from autograder.locale import LANGUAGES, _
from autograder.model import CompletionState, Person, SubmissionState
from autograder.records.completions import CompletionRow, count_units, list_completions
from autograder.records.people import UnitNode, list_visible_units, require_unit, today
from hub_config.portal.access import (
    Portal,
    Viewer,
    find_portal,
    is_staff,
    require_own_page,
    require_submission,
)
from hub_config.portal.api import Id, UnitId
from hub_config.portal.lookups import list_module_names
from hub_config.portal.rooms import RoomState
from hub_config.portal.signin import is_https

OnePortal = Annotated[Portal, Depends(find_portal)]
OwnPage = Depends(require_own_page)

LANGUAGE_COOKIE = "hocvuso-language"
PEOPLE_PER_PAGE = 50
NOTEBOOKS = ("lesson", "python")
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def build_pages() -> APIRouter:
    """Return the router of the pages.

    Raises
    ------
    nothing
    """
    pages = APIRouter(include_in_schema=False, redirect_slashes=False)
    for add in (_add_sign_in, _add_learner_pages, _add_room_pages, _add_unit_pages):
        add(pages)
    return pages


def render(
    portal: Portal,
    request: Request,
    template: str,
    content: Mapping[str, Any],
    *,
    viewer: Person | None = None,
    status: int = 200,
) -> HTMLResponse:
    """Return a page.

    Raises
    ------
    nothing
    """
    text = portal.templates.get_template(template).render(
        **content,
        viewer=viewer,
        is_staff=viewer is not None and is_staff(viewer),
        prefix=portal.prefix,
        here=f"{request.url.path}{'?' + request.url.query if request.url.query else ''}",
        now=now_utc(),
    )
    return HTMLResponse(text, status_code=status)


def _add_sign_in(pages: APIRouter) -> None:
    @pages.get("/oauth_callback")
    async def finish_sign_in(request: Request, portal: OnePortal) -> Response:
        return await portal.sign_in.finish(request)

    # A link, not a form: what follows may lead to the sign-in service of another site, where a form may not lead.
    @pages.get("/sign-out", dependencies=[OwnPage])
    def sign_out(request: Request, portal: OnePortal) -> Response:
        return portal.sign_in.end(request)

    @pages.post("/language", dependencies=[OwnPage])
    def choose_language(
        request: Request,
        portal: OnePortal,
        language: Annotated[str, Form()],
        back: Annotated[str, Form()] = "",
    ) -> Response:
        inside = back.startswith(portal.prefix) and "\\" not in back and back.isprintable()
        response = RedirectResponse(quote(back, safe="/%?=&+:@~") if inside else portal.prefix, status_code=303)
        if language in LANGUAGES:
            response.set_cookie(
                LANGUAGE_COOKIE,
                language,
                max_age=365 * 86400,
                path=portal.settings.base_url,
                httponly=True,
                samesite="lax",
                secure=is_https(request),
            )
        return response


def _add_learner_pages(pages: APIRouter) -> None:
    @pages.get("/")
    def show_home(request: Request, portal: OnePortal, viewer: Viewer) -> Response:
        with portal.engine.begin() as conn:
            modules = list_modules(conn, viewer.id)
        return render(portal, request, "home.html", {"modules": modules}, viewer=viewer)

    @pages.get("/submissions/{submission_id}")
    def show_receipt(submission_id: Id, request: Request, portal: OnePortal, viewer: Viewer) -> Response:
        with portal.engine.begin() as conn:
            view = require_submission(conn, viewer, submission_id)
        content = {"view": view, "is_own": view.submission.person_id == viewer.id}
        return render(portal, request, "receipt.html", content, viewer=viewer)

    @pages.get("/submissions/{submission_id}/result")
    def show_result(submission_id: Id, request: Request, portal: OnePortal, viewer: Viewer) -> Response:
        """The part of the receipt that changes while grading goes on; asked for once a second."""
        with portal.engine.begin() as conn:
            view = require_submission(conn, viewer, submission_id)
        content = {"view": view, "is_own": view.submission.person_id == viewer.id}
        response = render(portal, request, "result.html", content, viewer=viewer)
        response.headers["X-Settled"] = "no" if view.submission.state is SubmissionState.QUEUED else "yes"
        return response


def _add_room_pages(pages: APIRouter) -> None:
    @pages.post("/modules/{slug}/open", dependencies=[OwnPage])
    def open_module(
        slug: Id, portal: OnePortal, viewer: Viewer, notebook: Annotated[str, Form()] = "lesson"
    ) -> Response:
        module = _require_module(portal, viewer, slug)
        notebook = _known_notebook(module, notebook)
        if portal.rooms.read_state(viewer.id) is RoomState.RUNNING:
            return RedirectResponse(_room_url(portal, viewer, slug, notebook), status_code=303)
        portal.rooms.start(viewer.id)
        waiting = f"{portal.prefix}modules/{slug}/open?{urlencode({'notebook': notebook, 'asked': 1})}"
        return RedirectResponse(waiting, status_code=303)

    @pages.get("/modules/{slug}/open")
    def wait_for_room(
        slug: Id,
        request: Request,
        portal: OnePortal,
        viewer: Viewer,
        notebook: Annotated[str, Query()] = "lesson",
        asked: Annotated[bool, Query()] = False,
    ) -> Response:
        module = _require_module(portal, viewer, slug)
        notebook = _known_notebook(module, notebook)
        state = portal.rooms.read_state(viewer.id)
        target = _room_url(portal, viewer, slug, notebook)
        if state is RoomState.RUNNING:
            return RedirectResponse(target, status_code=303)
        content = {
            "module": module,
            "notebook": notebook,
            "target": target,
            "is_pending": state is RoomState.PENDING,
            "has_failed": asked and state is RoomState.STOPPED,
        }
        return render(portal, request, "waiting.html", content, viewer=viewer)


def _add_unit_pages(pages: APIRouter) -> None:
    # Downloads first: a unit's id could itself end in ".csv".
    @pages.get("/units.{kind}")
    def download_units(kind: str, portal: OnePortal, viewer: Viewer, as_of: str = "", module: str = "") -> Response:
        from autograder.reports.tables import write_units

        day = read_day(as_of, _("As of"))
        with portal.engine.begin() as conn:
            nodes = _require_units(list_visible_units(conn, viewer))
            records = count_units(conn, [node.id for node in nodes], day)
        chosen = [record for record in records if module in ("", record.module_slug)]
        name = _("completion-by-unit") + f"_{day.isoformat()}"
        return download(lambda stream: write_units(chosen, stream, kind), kind, name)

    @pages.get("/units")
    def show_units(request: Request, portal: OnePortal, viewer: Viewer, as_of: str = "", module: str = "") -> Response:
        day = read_day(as_of, _("As of"))
        with portal.engine.begin() as conn:
            nodes = _require_units(list_visible_units(conn, viewer))
            records = count_units(conn, [node.id for node in nodes], day)
            names = list_module_names(conn)
        counted = {(record.unit_id, record.module_slug): record for record in records}
        titles = {name.slug: name for name in names}
        lines = [
            (node, titles[slug], counted[node.id, slug])
            for node in nodes
            for slug in titles
            if (node.id, slug) in counted and module in ("", slug)
        ]
        content = {
            "lines": lines,
            "nodes": nodes,
            "names": names,
            "module": module if module in titles else "",
            "day": day,
            "today": today(),
            "query": urlencode({"as_of": day.isoformat()} | ({"module": module} if module in titles else {})),
        }
        return render(portal, request, "units.html", content, viewer=viewer)

    @pages.get("/units/{unit_id}/completions.{kind}")
    def download_completions(
        unit_id: UnitId, kind: str, portal: OnePortal, viewer: Viewer, as_of: str = ""
    ) -> Response:
        from autograder.reports.tables import write_completions

        day = read_day(as_of, _("As of"))
        with portal.engine.begin() as conn:
            node = require_unit(conn, viewer, unit_id)
            rows = list_completions(conn, node.id, day)
        name = _("completion") + f"_{node.id}_{day.isoformat()}"
        return download(lambda stream: write_completions(rows, stream, kind), kind, name)

    @pages.get("/units/{unit_id}")
    def show_unit(
        unit_id: UnitId,
        request: Request,
        portal: OnePortal,
        viewer: Viewer,
        as_of: str = "",
        module: str = "",
        state: str = "",
        name: str = "",
        page: str = "1",
    ) -> Response:
        day = read_day(as_of, _("As of"))
        with portal.engine.begin() as conn:
            node = require_unit(conn, viewer, unit_id)
            rows = list_completions(conn, node.id, day)
            names = list_module_names(conn)
        choice = Choice(module, state, name.strip()[:80])
        people = group_people(rows, choice)
        page_count = max(1, -(-len(people) // PEOPLE_PER_PAGE))
        number = min(max(1, int(page[:6])), page_count) if page.isascii() and page.isdigit() else 1
        content = {
            "node": node,
            "people": people[(number - 1) * PEOPLE_PER_PAGE : number * PEOPLE_PER_PAGE],
            "people_count": len(people),
            "names": names,
            "choice": choice,
            "states": [s for s in CompletionState if s in {row.state for row in rows}],
            "day": day,
            "today": today(),
            "page": number,
            "pages": page_count,
            "query": urlencode({"as_of": day.isoformat()} | choice.as_query()),
        }
        return render(portal, request, "unit.html", content, viewer=viewer)


@dataclass(frozen=True, slots=True)
class Choice:
    """What of a unit's table is shown; "" shows all."""

    module: str = ""
    state: str = ""
    name: str = ""

    def takes(self, row: CompletionRow) -> bool:
        """Tell whether a line of the table is wanted."""
        return (
            self.module in ("", row.module_slug)
            and self.state in ("", row.state)
            and self.name.casefold() in row.person_name.casefold()
        )

    def as_query(self) -> dict[str, str]:
        """Return the choice as parameters of an address, without the empty ones."""
        chosen = {"module": self.module, "state": self.state, "name": self.name}
        return {key: value for key, value in chosen.items() if value}


@dataclass(frozen=True, slots=True)
class PersonLines:
    """One person of a unit's table with their modules."""

    id: str
    name: str
    unit_name: str
    rows: list[CompletionRow] = field(default_factory=list)


def group_people(rows: list[CompletionRow], choice: Choice) -> list[PersonLines]:
    """Return the chosen lines by person, both in the order of ``rows``.

    Raises
    ------
    nothing
    """
    people: dict[str, PersonLines] = {}
    for row in rows:
        if choice.takes(row):
            person = people.setdefault(row.person_id, PersonLines(row.person_id, row.person_name, row.unit_name))
            person.rows.append(row)
    return list(people.values())


def _require_module(portal: Portal, viewer: Person, slug: str) -> ModuleView:
    with portal.engine.begin() as conn:
        modules = list_modules(conn, viewer.id)
    for module in modules:
        if module.slug == slug:
            return module
    raise SubmissionError(
        "module-not-yours",
        _("this module is not among yours"),
        where=slug,
        hint=_("choose a module from “My modules”, or ask the person responsible in your unit to enrol you"),
        status=404,
    )


def _known_notebook(module: ModuleView, notebook: str) -> str:
    return notebook if notebook in NOTEBOOKS and notebook in module.notebooks else "lesson"


def _room_url(portal: Portal, viewer: Person, slug: str, notebook: str) -> str:
    hub = f"{portal.settings.hub_host}{portal.settings.base_url}"
    return f"{hub}user/{quote(viewer.id, safe='')}/hocvuso/open/{slug}?notebook={notebook}"


def _require_units(nodes: list[UnitNode]) -> list[UnitNode]:
    if nodes:
        return nodes
    raise StaffError(
        "no-units",
        _("you are not responsible for any unit"),
        where="units",
        hint=_("ask the system administrator if you should be"),
        status=403,
    )


def read_day(text: str, where: str) -> date:
    """Return the day that a field of a form states; today where it is empty.

    Raises
    ------
    StaffError
        422 ``date-invalid``.
    """
    if not text:
        return today()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise StaffError(
            "date-invalid",
            _("the date cannot be read"),
            where=where,
            found=text[:40],
            expected=_("year-month-day, for example 2026-11-30"),
            hint=_("choose a day in the calendar of the field"),
            status=422,
        ) from error


def download(
    write: Callable[[BinaryIO], int], kind: str, name: str, kinds: tuple[str, ...] = ("csv", "json")
) -> Response:
    """Return a file for the browser to keep.

    Parameters
    ----------
    write : callable
        Writes the file's bytes.
    kind : str
        What the file is and how its name ends.
    name : str
        Without ending; letters beyond ASCII are kept where the browser can.
    kinds : tuple of str
        What there is.

    Returns
    -------
    Response

    Raises
    ------
    StaffError
        404 ``format-unknown``.
    """
    if kind not in kinds:
        raise StaffError(
            "format-unknown",
            _("there is no download in this format"),
            where=kind[:40],
            expected=", ".join(kinds),
            hint=_("choose one of the buttons above the table"),
            status=404,
        )
    stream = io.BytesIO()
    write(stream)
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-_.") else "_" for letter in name)
    disposition = f"attachment; filename=\"{plain}.{kind}\"; filename*=UTF-8''{quote(name, safe='')}.{kind}"
    return Response(stream.getvalue(), media_type=MEDIA_TYPES[kind], headers={"Content-Disposition": disposition})


def render_error(portal: Portal, request: Request, error: HocVuSoError, reference: str = "") -> HTMLResponse:
    """Return the page that says what is wrong and what to do.

    Raises
    ------
    nothing
    """
    headings = {
        401: _("Please sign in"),
        403: _("This page is not open to you"),
        404: _("There is nothing here"),
        409: _("This has already happened"),
        413: _("That is too large"),
        422: _("This cannot be used as it is"),
        429: _("That is enough for now"),
        503: _("Please try again later"),
    }
    content = {
        "heading": headings.get(error.status, _("Something went wrong")),
        "error": error,
        "reference": reference,
    }
    return render(portal, request, "error.html", content, status=error.status)
