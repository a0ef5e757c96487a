"""The HTTP API under ``/api/v1``: what the lesson, nbgrader's exchange and other programs talk to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from importlib.metadata import version
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from sqlalchemy import text
from starlette.concurrency import run_in_threadpool

from autograder.grading.archive import MAX_ARCHIVE_BYTES
from autograder.learning.attempts import build_attempt_archive, find_attempt, open_attempt
from autograder.learning.handin import accept_submission, list_submissions
from autograder.learning.jobs import now_utc
from autograder.learning.practice import check_answer
from autograder.learning.views import list_modules
from autograder.model import Attempt, Person, Submission
from autograder.questions.answers import MAX_FILE_BYTES, count_file_bytes
from autograder.records.completions import count_units, list_completions
from autograder.records.item_rows import Attempts
from autograder.records.people import list_visible_units, require_unit, today
from hub_config.portal.access import Portal, Viewer, find_portal, require_submission
from hub_config.portal.bodies import MAX_JSON_BYTES, parse_model, read_bytes, require_content_type, too_large
from hub_config.portal.display import describe_room
from hub_config.portal.item_reports import Wish, read_report
from hub_config.portal.lookups import list_notebooks
from hub_config.portal.rooms import RoomState
from hub_config.portal.schemas import (
    AttemptOut,
    CheckIn,
    CheckOut,
    CompletionOut,
    ErrorAnswer,
    GradedSubmissionOut,
    GradeOut,
    Health,
    Me,
    ModuleOut,
    ReceiptOut,
    RoomOut,
    StatisticsOut,
    SubmissionOut,
    UnitOut,
)

OnePortal = Annotated[Portal, Depends(find_portal)]
Id = Annotated[str, Path(pattern=r"^[A-Za-z0-9._-]{1,80}$")]
UnitId = Annotated[str, Path(pattern=r"^[^\x00-\x1f\x7f/]{1,200}$")]
AsOf = Annotated[date | None, Query(description="Count what happened up to this day; today if absent")]


def _errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {status: {"model": ErrorAnswer} for status in statuses}


def build_api() -> APIRouter:
    """Return the router of the API.

    Raises
    ------
    nothing
    """
    api = APIRouter(responses=_errors(401, 403, 422, 500, 503), redirect_slashes=False)
    for add in (_add_service, _add_learning, _add_handing_in, _add_units):
        add(api)
    return api


def _add_service(api: APIRouter) -> None:
    @api.get("/health", tags=["service"], summary="Whether the portal and its database answer")
    def read_health(portal: OnePortal) -> Health:
        with portal.engine.begin() as conn:
            conn.execute(text("SELECT 1"))
        return Health(status="ok", version=version("hocvuso"))

    @api.get("/me", tags=["service"], summary="Who I am")
    def read_me(viewer: Viewer) -> Me:
        return Me.of(viewer)

    @api.get("/server", tags=["service"], summary="Where my own server stands")
    def read_room(portal: OnePortal, viewer: Viewer) -> RoomOut:
        state: RoomState = portal.rooms.read_state(viewer.id)
        return RoomOut(state=state, text=describe_room(state))


def _add_learning(api: APIRouter) -> None:
    @api.get("/modules", tags=["learning"], summary="My modules")
    def read_modules(portal: OnePortal, viewer: Viewer) -> list[ModuleOut]:
        with portal.engine.begin() as conn:
            return [ModuleOut.of(view, portal.prefix) for view in list_modules(conn, viewer.id)]

    @api.post(
        "/modules/{slug}/attempts",
        tags=["learning"],
        summary="Continue my open attempt at a module, or begin the next one",
        responses=_errors(404),
    )
    def begin_attempt(slug: Id, portal: OnePortal, viewer: Viewer) -> AttemptOut:
        secret = portal.settings.read_variant_secret()
        with portal.engine.begin() as conn:
            opened = open_attempt(conn, viewer.id, slug, secret=secret, now=now_utc())
            return AttemptOut.of(opened, list_notebooks(conn, opened.content_hash))

    @api.get("/attempts/{attempt_id}", tags=["learning"], summary="One of my attempts", responses=_errors(404))
    def read_attempt(attempt_id: Id, portal: OnePortal, viewer: Viewer) -> AttemptOut:
        with portal.engine.begin() as conn:
            found = find_attempt(conn, attempt_id, viewer.id)
            return AttemptOut.of(found, list_notebooks(conn, found.content_hash))

    @api.get(
        "/attempts/{attempt_id}/files",
        tags=["learning"],
        summary="The files of an attempt: lesson, data and attempt.json, as a zip file",
        response_class=Response,
        responses=_errors(404) | {200: {"content": {"application/zip": {}}, "description": "A zip file"}},
    )
    def read_attempt_files(attempt_id: Id, portal: OnePortal, viewer: Viewer) -> Response:
        with portal.engine.begin() as conn:
            found = find_attempt(conn, attempt_id, viewer.id)
            archive = build_attempt_archive(conn, found)
        headers = {"Content-Disposition": f'attachment; filename="{found.slug}.zip"'}
        return Response(archive, media_type="application/zip", headers=headers)


def _add_handing_in(api: APIRouter) -> None:
    @api.post(
        "/attempts/{attempt_id}/checks",
        tags=["learning"],
        summary="Check one answer before handing in; counted and limited",
        responses=_errors(404, 409, 413, 415, 429),
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": CheckIn.model_json_schema()}},
            }
        },
    )
    async def check_one_answer(attempt_id: Id, request: Request, portal: OnePortal, viewer: Viewer) -> CheckOut:
        require_content_type(request, "application/json")
        body = await read_bytes(request, MAX_JSON_BYTES + MAX_FILE_BYTES, "request-too-large")
        given = parse_model(CheckIn, body)
        # Only uploaded files may make it larger than any other request.
        if len(body) - count_file_bytes(given.answer) > MAX_JSON_BYTES:
            raise too_large(request, "request-too-large", len(body), MAX_JSON_BYTES)

        def check() -> CheckOut:
            with portal.engine.begin() as conn:
                return CheckOut.of(check_answer(conn, attempt_id, viewer.id, given.question, given.answer))

        return await run_in_threadpool(check)

    @api.post(
        "/attempts/{attempt_id}/submissions",
        tags=["learning"],
        status_code=201,
        summary="Hand in an attempt; the same bytes again get the same receipt with status 200",
        responses=_errors(404, 409, 413, 415) | {200: {"model": ReceiptOut, "description": "Handed in before"}},
        openapi_extra={
            "requestBody": {
                "required": True,
                "description": "Zip file of notebooks and answers, at most 20 MB",
                "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
            }
        },
    )
    async def hand_in(
        attempt_id: Id, request: Request, response: Response, portal: OnePortal, viewer: Viewer
    ) -> ReceiptOut:
        require_content_type(request, "application/zip")
        # Whose attempt it is comes first: nobody makes the portal hold 20 MB for an attempt that is not theirs.
        await run_in_threadpool(_in_transaction(portal, lambda conn: find_attempt(conn, attempt_id, viewer.id)))
        archive = await read_bytes(request, MAX_ARCHIVE_BYTES, "submission-too-large")
        taken, is_new = await run_in_threadpool(_hand_in, portal, attempt_id, viewer, archive)
        response.status_code = 201 if is_new else 200
        return ReceiptOut.of(taken, portal.prefix)

    @api.get("/submissions", tags=["learning"], summary="What I have handed in, newest first")
    def read_submissions(portal: OnePortal, viewer: Viewer) -> list[SubmissionOut]:
        with portal.engine.begin() as conn:
            return [_describe_submission(s, portal.prefix) for s in list_submissions(conn, viewer.id)]

    @api.get(
        "/submissions/{submission_id}",
        tags=["learning"],
        summary="A submission with its grade",
        responses=_errors(404),
    )
    def read_one_submission(submission_id: Id, portal: OnePortal, viewer: Viewer) -> GradedSubmissionOut:
        with portal.engine.begin() as conn:
            view = require_submission(conn, viewer, submission_id)
        return GradedSubmissionOut(
            **_describe_submission(view.submission, portal.prefix).model_dump(),
            number=view.attempt.number,
            person=view.submission.person_id,
            pass_points=view.pass_points,
            grade=GradeOut.of(view.grade, view.passed) if view.grade else None,
        )


def _add_units(api: APIRouter) -> None:
    @api.get("/units", tags=["units"], summary="My units with heads counted by module")
    def read_units(portal: OnePortal, viewer: Viewer, as_of: AsOf = None) -> list[UnitOut]:
        with portal.engine.begin() as conn:
            nodes = list_visible_units(conn, viewer)
            records = count_units(conn, [node.id for node in nodes], as_of or today()) if nodes else []
        return [UnitOut.of(node, records) for node in nodes]

    @api.get(
        "/units/{unit_id}/completions",
        tags=["units"],
        summary="Where the people of a unit stand in their modules",
        responses=_errors(404),
    )
    def read_completions(unit_id: UnitId, portal: OnePortal, viewer: Viewer, as_of: AsOf = None) -> list[CompletionOut]:
        with portal.engine.begin() as conn:
            node = require_unit(conn, viewer, unit_id)
            return [CompletionOut.of(row) for row in list_completions(conn, node.id, as_of or today())]

    @api.get(
        "/modules/{slug}/statistics",
        tags=["units"],
        summary="How hard the items of a module are, whether they discriminate, and which mistakes are made",
        responses=_errors(404),
    )
    def read_statistics(
        slug: Id,
        portal: OnePortal,
        viewer: Viewer,
        unit: Annotated[str, Query(pattern=r"^[^\x00-\x1f\x7f/]{0,200}$", description="All my units if absent")] = "",
        since: Annotated[date | None, Query(description="Handed in on this day or later")] = None,
        until: Annotated[date | None, Query(description="Handed in on this day or earlier")] = None,
        version: Annotated[
            str,
            Query(
                pattern="^[A-Za-z0-9-]{0,100}$",
                description="Content hash of a release, or `all`; the newest that 5 people answered if absent",
            ),
        ] = "",
        attempts: Annotated[Attempts, Query(description="The first graded attempt of each person, or all")] = "first",
    ) -> StatisticsOut:
        with portal.engine.begin() as conn:
            return StatisticsOut.of(read_report(conn, viewer, slug, Wish(unit, since, until, version, attempts)))


def _describe_submission(submission: Submission, prefix: str) -> SubmissionOut:
    return SubmissionOut(
        **ReceiptOut.of(submission, prefix).model_dump(),
        attempt=submission.attempt_id,
        slug=submission.slug,
        size_bytes=submission.size_bytes,
        reason=submission.reason,
    )


def _hand_in(portal: Portal, attempt_id: str, viewer: Person, archive: bytes) -> tuple[Submission, bool]:
    with portal.engine.begin() as conn:
        return accept_submission(conn, attempt_id, viewer.id, archive, now=now_utc())


def _in_transaction(portal: Portal, ask: Callable[[Any], Attempt]) -> Callable[[], Attempt]:
    def run() -> Attempt:
        with portal.engine.begin() as conn:
            return ask(conn)

    return run
