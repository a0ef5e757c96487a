"""Signing in through the hub: the browser by OAuth and a cookie, programs by a hub token.

The steps are JupyterHub's own (``HubOAuth``); only what it does on Tornado handlers is done here on Starlette requests.
"""

from __future__ import annotations

import base64
import binascii
import inspect
import json
import logging
import re
import secrets
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from jupyterhub.services.auth import HubOAuth
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from tornado.web import HTTPError

from autograder.errors import OperatorError, StaffError
from autograder.locale import _
from hub_config.portal.settings import PortalSettings

log = logging.getLogger("hocvuso.portal")

# How long the hub's word on a token is believed: a sign-out elsewhere takes this long to arrive.
TOKEN_CACHE_S = 30
STATE_AGE_S = 600
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{8,512}")


@dataclass(frozen=True, slots=True)
class HubUser:
    """Who the hub says is asking; ``by_token`` if an Authorization header said so and not a cookie."""

    name: str
    by_token: bool


class SignIn(Protocol):
    """How requests are tied to people."""

    async def identify(self, request: Request) -> HubUser | None:
        """Return who is asking, or None.  Raises StaffError 401 for a token that is not good here."""
        ...

    async def begin(self, request: Request) -> Response:
        """Send the browser to the hub to sign in."""
        ...

    async def finish(self, request: Request) -> Response:
        """Take the browser back from the hub."""
        ...

    def end(self, request: Request) -> Response:
        """Sign out here and at the hub."""
        ...


class HubSignIn:
    """Sign-in at JupyterHub 5.5 to 6.x."""

    def __init__(self, settings: PortalSettings) -> None:
        self._settings = settings
        self._auth = HubOAuth(
            api_url=settings.hub_api_url,
            api_token=settings.hub_api_token,
            base_url=settings.prefix,
            hub_host=settings.hub_host,
            hub_prefix=f"{settings.base_url}hub/",
            oauth_client_id=settings.client_id,
            oauth_redirect_uri=f"{settings.prefix}oauth_callback",
            access_scopes={settings.access_scope},
            cache_max_age=TOKEN_CACHE_S,
        )

    async def identify(self, request: Request) -> HubUser | None:
        """Return the signed-in user, or None for a visitor without (or with a stale) cookie.

        Raises
        ------
        StaffError
            401 ``token-refused``: the Authorization header carries no token that opens the portal.
        OperatorError
            503 ``hub-unreachable``.
        """
        header = request.headers.get("authorization", "")
        if header:
            match = self._auth.auth_header_pat.fullmatch(header.strip())
            token = match.group(1).strip() if match else ""
            name = await self._name_of(token, "") if _TOKEN.fullmatch(token) else None
            if name is None:
                raise StaffError(
                    "token-refused",
                    _("this token does not open the portal"),
                    where="Authorization",
                    expected=f"token <…>, {self._settings.access_scope}",
                    hint=_("use the token of a running learner's server, or ask for a token on the hub's token page"),
                    status=401,
                )
            return HubUser(name, by_token=True)
        token = request.cookies.get(self._auth.cookie_name, "")
        if not _TOKEN.fullmatch(token):
            return None
        name = await self._name_of(token, request.cookies.get("jupyterhub-session-id", ""))
        return None if name is None else HubUser(name, by_token=False)

    async def begin(self, request: Request) -> Response:
        """Send the browser to the hub; where it wanted to go travels in a cookie.

        Raises
        ------
        nothing
        """
        # HubOAuth keeps this in its memory; in the browser it outlives a restart and serves several portals alike.
        state: dict[str, str] = {"state": secrets.token_urlsafe(16), "next": self._local_path(request)}
        asked = {"state": state["state"]}
        if hasattr(self._auth, "generate_pkce_code_challenge"):  # JupyterHub 6 on
            verifier, challenge, method = self._auth.generate_pkce_code_challenge()
            state["verifier"] = verifier
            asked |= {"code_challenge": challenge, "code_challenge_method": method}
        response = RedirectResponse(f"{self._auth.login_url}&{urlencode(asked)}", status_code=302)
        self._set_cookie(request, response, self._auth.state_cookie_name, _pack(state), max_age=STATE_AGE_S)
        return response

    async def finish(self, request: Request) -> Response:
        """Trade the hub's code for a token, keep it in a cookie and go where the browser wanted to go.

        Raises
        ------
        StaffError
            403 ``sign-in-refused``: the hub or its user said no.
        OperatorError
            503 ``hub-unreachable``.
        """
        if request.query_params.get("error"):
            raise _refused(request.query_params["error"][:80])
        state = _unpack(request.cookies.get(self._auth.state_cookie_name, ""))
        code = request.query_params.get("code", "")
        given = request.query_params.get("state", "")
        if not code or not given or not secrets.compare_digest(given.encode(), state.get("state", "").encode()):
            # An old tab, a cookie lost or not ours: a fresh start heals it.
            return RedirectResponse(self._settings.prefix, status_code=302)
        token = await self._token_for(code, state.get("verifier"))
        response = RedirectResponse(self._checked_next(state.get("next", "")), status_code=302)
        self._set_cookie(request, response, self._auth.cookie_name, token, max_age=None)
        response.delete_cookie(self._auth.state_cookie_name, path=self._auth.cookie_path)
        return response

    def end(self, request: Request) -> Response:
        """Forget the portal's cookie and sign out at the hub.

        Raises
        ------
        nothing
        """
        response = RedirectResponse(f"{self._settings.hub_host}{self._settings.base_url}hub/logout", status_code=303)
        secure = is_https(request)
        for name in (self._auth.cookie_name, self._auth.state_cookie_name):
            response.delete_cookie(name, path=self._auth.cookie_path, secure=secure, httponly=True, samesite="lax")
        return response

    async def _name_of(self, token: str, session_id: str) -> str | None:
        try:
            model = await self._auth.user_for_token(token, session_id=session_id, sync=False)
        except HTTPError as error:
            raise _hub_unreachable(error) from error
        if not model or model.get("kind", "user") != "user":
            return None
        return model["name"] if self._auth.check_scopes(self._auth.access_scopes, model) else None

    async def _token_for(self, code: str, verifier: str | None) -> str:
        has_pkce = "code_verifier" in inspect.signature(self._auth.token_for_code).parameters
        more: dict[str, Any] = {"code_verifier": verifier} if has_pkce and verifier else {}
        try:
            token: str = await self._auth.token_for_code(code, sync=False, **more)
        except HTTPError as error:
            if (error.log_message or "").startswith("Failed to check authorization"):
                raise _refused("code") from error  # used twice, too old, or not the hub's
            raise _hub_unreachable(error) from error
        return token

    def _set_cookie(self, request: Request, response: Response, name: str, value: str, max_age: int | None) -> None:
        response.set_cookie(
            name,
            value,
            path=self._auth.cookie_path,
            max_age=max_age,
            httponly=True,
            samesite="lax",
            secure=is_https(request),
        )

    def _local_path(self, request: Request) -> str:
        if request.method not in ("GET", "HEAD"):
            return self._settings.prefix
        query = f"?{request.url.query}" if request.url.query else ""
        return quote(request.url.path, safe="/%~:@!$&'()*+,;=") + query

    def _checked_next(self, path: str) -> str:
        # Inside the portal only: a crafted cookie must not send anybody elsewhere.
        inside = path.startswith(self._settings.prefix) and "\\" not in path and not path.startswith("//")
        return path if inside else self._settings.prefix


def _pack(state: dict[str, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(state).encode()).decode().rstrip("=")


def _unpack(text: str) -> dict[str, str]:
    try:
        state = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error):
        return {}
    if not isinstance(state, dict):
        return {}
    return {str(key): value for key, value in state.items() if isinstance(value, str)}


def is_https(request: Request) -> bool:
    """Tell whether the browser speaks HTTPS, seen through the proxies in between.

    Raises
    ------
    nothing
    """
    # Each proxy appends its own view; the first is the browser's.
    return request.headers.get("x-forwarded-proto", request.url.scheme).split(",")[0].strip() == "https"


def _refused(found: str) -> StaffError:
    return StaffError(
        "sign-in-refused",
        _("the hub did not let you in"),
        where="oauth_callback",
        found=found,
        hint=_("sign in again; if it happens twice, ask the system administrator"),
        status=403,
    )


def _hub_unreachable(error: Exception) -> OperatorError:
    log.error("action=ask_hub error=%s", error)
    return OperatorError(
        "hub-unreachable",
        _("the sign-in service does not answer"),
        hint=_("try again in a minute; your saved answers are not lost"),
    )
