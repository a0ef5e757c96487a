"""The portal's application: routes, errors and headers put together."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from autograder import locale
from autograder.database.server import connect
from autograder.errors import HocVuSoError, OperatorError, StaffError
from autograder.locale import LANGUAGES, _, current_language, localized, ngettext, set_language
from autograder.reports.item_tables import describe_flag
from hub_config.portal import display
from hub_config.portal.access import Portal, SignInNeeded, is_api_request
from hub_config.portal.api import build_api
from hub_config.portal.bodies import invalid_request
from hub_config.portal.item_pages import build_item_pages
from hub_config.portal.pages import LANGUAGE_COOKIE, build_pages, render_error
from hub_config.portal.rooms import HubRooms, Rooms
from hub_config.portal.settings import PortalSettings
from hub_config.portal.signin import HubSignIn, SignIn

log = logging.getLogger("hocvuso.portal")

_HERE = Path(__file__).parent
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)


def create_app(
    settings: PortalSettings,
    *,
    sign_in: SignIn | None = None,
    rooms: Rooms | None = None,
    engine: Engine | None = None,
) -> FastAPI:
    """Return the portal.  Nothing is connected or read before the first request, save the page templates.

    Parameters
    ----------
    settings : PortalSettings
    sign_in, rooms, engine : optional
        Others than the hub's sign-in, the hub's servers and a database engine made from the settings.

    Returns
    -------
    FastAPI

    Raises
    ------
    nothing
    """
    own_engine = engine is None
    pool = engine or connect(
        settings.database_url,
        pool_size=settings.pool_size,
        max_overflow=0,
        pool_timeout=10,
        hide_parameters=True,  # they name people, and errors go to the log
    )
    portal = Portal(
        settings=settings,
        engine=pool,
        sign_in=sign_in or HubSignIn(settings),
        rooms=rooms or HubRooms(settings),
        templates=build_templates(),
    )

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        if own_engine:
            pool.dispose()
        if isinstance(portal.rooms, HubRooms):
            portal.rooms.close()

    app = FastAPI(
        title="Học Vụ Số",
        summary="Modules, attempts, submissions, grades and unit records",
        description=(
            "Send a hub token with the scope `access:services!service=portal` as `Authorization: token <…>`. "
            'Errors are `{"error": {code, message, where, found, expected, hint}}`, in the language of '
            "`Accept-Language` (vi or en)."
        ),
        version="1",
        openapi_url=f"{portal.api_prefix}/openapi.json",
        docs_url=None,  # its page loads scripts from another site
        redoc_url=None,
        redirect_slashes=False,  # its redirects repeat whatever Host header came in
        lifespan=lifespan,
    )
    app.state.portal = portal
    app.include_router(build_api(), prefix=portal.api_prefix)
    app.mount(f"{settings.prefix}static", StaticFiles(directory=_HERE / "static"), name="static")
    for build in (build_pages, build_item_pages):
        app.include_router(build(), prefix=settings.prefix.rstrip("/"))
    app.add_api_route(
        settings.prefix.rstrip("/"), lambda: RedirectResponse(settings.prefix, 307), include_in_schema=False
    )
    _add_error_handlers(app, portal)
    app.add_middleware(Boundary, app_of=app)
    return app


def build_templates() -> Environment:
    """Return the page templates with texts of the current language.

    Raises
    ------
    nothing
    """
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(locale._, ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.filters.update(
        local=localized,
        number=display.format_number,
        share=display.format_share,
        date=display.format_date,
        time=display.format_time,
        moment=display.format_moment,
        digest=display.group_digest,
        state=display.describe_state,
        role=display.describe_role,
        reason=display.describe_reason,
        shorten=display.shorten_prompt,
        group_notes=display.group_notes,
        flag=describe_flag,
    )
    environment.globals.update(current_language=current_language, score=display.format_score, languages=LANGUAGES)
    environment.globals["static_version"] = _version_static()
    return environment


def _version_static() -> str:
    # A new style sheet must not wait for a browser's copy of the old one to grow old.
    return str(int(max(path.stat().st_mtime for path in (_HERE / "static").iterdir())))


def _add_error_handlers(app: FastAPI, portal: Portal) -> None:
    @app.exception_handler(SignInNeeded)
    async def ask_to_sign_in(request: Request, _error: Exception) -> Response:
        return await portal.sign_in.begin(request)

    @app.exception_handler(HocVuSoError)
    def answer_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HocVuSoError)
        return answer(portal, request, error)

    @app.exception_handler(RequestValidationError)
    def answer_invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        places = {place for one in error.errors() for place in one["loc"][:1]}
        if "path" in places:
            return answer(portal, request, _nothing_here(request))
        return answer(portal, request, invalid_request(error.errors()))

    @app.exception_handler(HTTPException)
    def answer_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        found = _nothing_here(request) if error.status_code == 404 else _not_possible(request, error)
        response = answer(portal, request, found)
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(OperationalError)
    @app.exception_handler(PoolTimeout)
    def answer_database(request: Request, error: Exception) -> Response:
        log.error("action=ask_database error=%s", type(error).__name__)
        return answer(portal, request, _database_away())


def answer(portal: Portal, request: Request, error: HocVuSoError, reference: str = "") -> Response:
    """Return an error as JSON for the API, as a page for people.

    Raises
    ------
    nothing
    """
    response: Response
    if is_api_request(request):
        response = JSONResponse({"error": error.as_dict()}, status_code=error.status)
    else:
        response = render_error(portal, request, error, reference)
    if error.status == 503:
        response.headers["Retry-After"] = "30"
    if error.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


class Boundary:
    """The outermost layer: language in, headers out, no exception beyond, one log line without personal data."""

    def __init__(self, app: ASGIApp, app_of: FastAPI) -> None:
        self._inner = app
        self._app = app_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        scope.setdefault("app", self._app)
        portal: Portal = self._app.state.portal
        request = Request(scope)
        set_language(choose_language(request, is_api_request(request)))
        started = time.perf_counter()
        sent = {"status": 0}

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent["status"] = message["status"]
                add_headers(MutableHeaders(scope=message), scope["path"].startswith(f"{portal.prefix}static/"))
            await send(message)

        try:
            await self._inner(scope, receive, send_with_headers)
        except Exception:
            reference = secrets.token_hex(4)
            log.exception("action=request_failed reference=%s route=%s", reference, _route(scope))
            if sent["status"]:  # the answer is under way; the connection must end where it broke
                raise
            await answer(portal, request, _unexpected(reference), reference)(scope, receive, send_with_headers)
        finally:
            set_language(None)
            log.info(
                "method=%s route=%s status=%d ms=%d",
                scope["method"],
                _route(scope),
                sent["status"],
                1000 * (time.perf_counter() - started),
            )


def choose_language(request: Request, is_api: bool) -> str | None:
    """Return the language asked for: pages by their cookie, the API by ``Accept-Language``; None for the default.

    Raises
    ------
    nothing
    """
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if is_api and chosen is None:
        chosen = request.headers.get("accept-language", "")[:2].lower()
    return chosen if chosen in LANGUAGES else None


def add_headers(headers: MutableHeaders, is_static: bool) -> None:
    """Add the security headers of every answer.

    Raises
    ------
    nothing
    """
    headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
    headers["Cache-Control"] = "public, max-age=86400" if is_static else "no-store"


def _route(scope: Scope) -> str:
    # The pattern, not the path: paths carry the ids of people's submissions.
    return str(getattr(scope.get("route"), "path", "-"))


def _nothing_here(request: Request) -> HocVuSoError:
    return StaffError(
        "page-unknown",
        _("there is no such page"),
        where=request.url.path[:200],
        hint=_("check the address, or start from “My modules”"),
        status=404,
    )


def _not_possible(request: Request, error: HTTPException) -> HocVuSoError:
    return StaffError(
        "request-refused",
        _("this is not possible here"),
        where=f"{request.method} {request.url.path[:200]}",
        found=error.status_code,
        expected=_("a request as the API describes it"),
        hint=_("start from “My modules”"),
        status=error.status_code,
    )


def _database_away() -> HocVuSoError:
    return OperatorError(
        "database-unreachable",
        _("the records cannot be reached at this moment"),
        hint=_("try again in a minute; your saved answers are not lost"),
    )


def _unexpected(reference: str) -> HocVuSoError:
    return HocVuSoError(
        "unexpected-error",
        _("something went wrong on our side"),
        where=reference,
        hint=_("try again; if it happens twice, give this code to the system administrator"),
    )
