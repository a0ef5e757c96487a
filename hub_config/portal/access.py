"""Who asks, from where, and what they may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from jinja2 import Environment
from sqlalchemy import Connection, Engine

from autograder.errors import HocVuSoError, StaffError
from autograder.learning.views import SubmissionView, read_submission
from autograder.locale import _
from autograder.model import Person
from autograder.records.people import STAFF_ROLES, find_person, is_visible_person
from hub_config.portal.display import LOCAL_ZONE
from hub_config.portal.rooms import Rooms
from hub_config.portal.settings import PortalSettings
from hub_config.portal.signin import HubUser, SignIn


@dataclass(frozen=True, slots=True)
class Portal:
    """What every request of one portal shares."""

    settings: PortalSettings
    engine: Engine
    sign_in: SignIn
    rooms: Rooms
    templates: Environment

    @property
    def prefix(self) -> str:
        return self.settings.prefix

    @property
    def api_prefix(self) -> str:
        return f"{self.settings.prefix}api/v1"


class SignInNeeded(Exception):
    """A page was asked for by somebody who is not signed in."""


def find_portal(request: Request) -> Portal:
    """Return the portal that a request is made to.

    Raises
    ------
    nothing
    """
    portal: Portal = request.app.state.portal
    return portal


def is_api_request(request: Request) -> bool:
    """Tell whether the answer should be JSON.

    Raises
    ------
    nothing
    """
    return request.url.path.startswith(find_portal(request).api_prefix + "/")


async def identify(request: Request) -> HubUser:
    """Return who asks.

    Raises
    ------
    SignInNeeded
        A page was asked for without a sign-in.
    StaffError
        401 ``sign-in-needed`` for the API; 403 ``token-needed`` for a change asked for by a cookie alone.
    """
    user = await find_portal(request).sign_in.identify(request)
    if not is_api_request(request):
        if user is None:
            raise SignInNeeded
        return user
    if user is None:
        raise StaffError(
            "sign-in-needed",
            _("you are not signed in"),
            where=request.url.path,
            expected="Authorization: token <…>",
            hint=_("sign in on the learning platform, or send a token of the hub"),
            status=401,
        )
    # A browser sends its cookie along with a request that another page made up; it never makes up this header.
    if request.method not in ("GET", "HEAD") and not user.by_token:
        raise StaffError(
            "token-needed",
            _("changes through the API need a token in the header"),
            where=request.url.path,
            found=_("a cookie"),
            expected="Authorization: token <…>",
            hint=_("use the pages of the portal, or send a token of the hub"),
            status=403,
        )
    return user


def require_person(request: Request, user: Annotated[HubUser, Depends(identify)]) -> Person:
    """Return the person behind the request.

    Raises
    ------
    StaffError
        403 ``person-unknown``: signed in at the hub, but not on the roster or no longer active.
    """
    with find_portal(request).engine.begin() as conn:
        person = find_person(conn, user.name)
    if person is None:
        raise StaffError(
            "person-unknown",
            _("your account is not on the list of this platform"),
            where=user.name,
            hint=_("ask the person responsible in your unit to add you to the list"),
            status=403,
        )
    return person


Viewer = Annotated[Person, Depends(require_person)]


def require_own_page(request: Request) -> None:
    """Refuse a state-changing request of a page that another site made the browser send.

    Every current browser says where a request comes from (``Sec-Fetch-Site``); older ones send ``Origin`` with POST.
    A request with neither comes from no browser page, and then carries nobody's cookie but its sender's own.

    Raises
    ------
    StaffError
        403 ``cross-site-request``.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None:
        fine = site in ("same-origin", "none")
    elif origin is not None:
        fine = urlsplit(origin).netloc == request.headers.get("x-forwarded-host", request.headers.get("host"))
    else:
        fine = True
    if not fine:
        raise StaffError(
            "cross-site-request",
            _("this request came from another site"),
            where=request.url.path,
            found=site or origin,
            expected="same-origin",
            hint=_("open the page from the learning platform itself and try again"),
            status=403,
        )


def is_staff(person: Person) -> bool:
    """Tell whether a person is responsible for any unit.

    Raises
    ------
    nothing
    """
    return person.has_role(*STAFF_ROLES)


def require_submission(conn: Connection, viewer: Person, submission_id: str) -> SubmissionView:
    """Return a submission that the viewer may see: their own, or of somebody in their units, now or when it came in.

    Raises
    ------
    StaffError
        404 ``submission-unknown``, also when it is none of the viewer's business.
    """
    view = read_submission(conn, submission_id)
    if view is not None:
        owner = view.submission.person_id
        if owner == viewer.id:
            return view
        # A transfer hides nothing from those who were responsible when the work was handed in.
        day = view.submission.received_at.astimezone(LOCAL_ZONE).date()
        if is_staff(viewer) and (is_visible_person(conn, viewer, owner) or is_visible_person(conn, viewer, owner, day)):
            return view
    raise unknown_submission(submission_id)


def unknown_submission(submission_id: str) -> HocVuSoError:
    """Return the error for a submission that is not there for this viewer.

    Raises
    ------
    nothing
    """
    return StaffError(
        "submission-unknown",
        _("there is no such submission that you may see"),
        where=submission_id,
        hint=_("open the receipt from “My modules” or from the table of your unit"),
        status=404,
    )
