"""Sign-in with the accounts of the roster, and the page on which people choose their own password.

The rules are in `autograder.records.credentials`; here they meet the hub. Another authenticator of JupyterHub's
(OIDC, LDAP, LTI) takes this one's place by the setting ``sign_in``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from jupyterhub.auth import Authenticator
from jupyterhub.handlers.base import BaseHandler
from jupyterhub.handlers.login import LoginHandler
from jupyterhub.utils import new_token
from sqlalchemy import Engine
from tornado import web
from tornado.httputil import url_concat
from traitlets import Unicode

from autograder.locale import _
from autograder.records.credentials import (
    MAX_FAILED,
    MIN_LENGTH,
    PasswordFault,
    SignIn,
    SignInOutcome,
    authenticate_person,
    change_password,
    is_active,
    normalise_username,
)

Result = TypeVar("Result")

CHANGE_COOKIE = "hocvuso-change-password"
CHANGE_MINUTES = 15


def refused_text() -> str:
    """Return one text for every refused sign-in: nobody learns from it which names exist or are locked.

    Raises
    ------
    nothing
    """
    return _("The user name or the password is not right, or the account is locked for 15 minutes after 5 wrong tries.")


def fault_text(fault: PasswordFault) -> str:
    """Return what a person must do differently about a new password.

    Raises
    ------
    nothing
    """
    return {
        PasswordFault.TOO_SHORT: _("The new password needs at least 12 characters."),
        PasswordFault.TOO_LONG: _("The new password must not have more than 256 characters."),
        PasswordFault.SAME_AS_OLD: _("The new password must differ from the one in use."),
        PasswordFault.TOO_COMMON: _("The new password is too easy to guess; join several unrelated words."),
    }[fault]


class RosterAuthenticator(Authenticator):
    """Accounts from the table ``hocvuso.credential``."""

    database_url = Unicode(help="SQLAlchemy address of the installation's database").tag(config=True)
    _engine: Engine | None = None

    @property
    def engine(self) -> Engine:
        """The engine on the installation's database, made at first use."""
        from autograder.database.server import connect, normalise_url

        if self._engine is None:
            self._engine = connect(normalise_url(self.database_url), pool_size=4, max_overflow=8)
        return self._engine

    async def run_aside(self, work: Callable[..., Result], *arguments: Any) -> Result:
        """Return ``work(engine, *arguments)``, done in a thread: hashing and the database must not stop the hub.

        Raises
        ------
        nothing of its own
        """
        return await asyncio.to_thread(work, self.engine, *arguments)

    def normalize_username(self, username: str) -> str:
        """Return the hub's name of a person: the roster's spelling.

        Raises
        ------
        nothing
        """
        return normalise_username(username)

    async def sign_in(self, username: str, password: str) -> SignIn:
        """Check a name and a password.

        Raises
        ------
        nothing
        """
        return await self.run_aside(authenticate_person, username, password, datetime.now(UTC))

    async def authenticate(self, handler: Any, data: dict[str, str]) -> str | None:
        """Return the name of the person who signed in, or None.

        Somebody who must choose a password first is not signed in yet; the handler learns so by ``must_change``.

        Raises
        ------
        nothing
        """
        done = await self.sign_in(data.get("username", ""), data.get("password", ""))
        if handler is not None and done.outcome is SignInOutcome.MUST_CHANGE:
            handler.must_change = done.person_id
        return done.person_id if done.outcome is SignInOutcome.WELCOME else None

    async def refresh_user(self, user: Any, handler: Any = None) -> bool:  # noqa: ARG002
        """Return whether a signed-in person is still active.

        Raises
        ------
        nothing
        """
        return await self.run_aside(is_active, user.name)

    def get_handlers(self, app: Any) -> list[tuple[str, type[BaseHandler]]]:  # noqa: ARG002
        """Return our sign-in page and the page for choosing a password.

        Raises
        ------
        nothing
        """
        return [(r"/login", RosterLoginHandler), (r"/change-password", ChangePasswordHandler)]


class RosterLoginHandler(LoginHandler):
    """The hub's sign-in page; it sends people who must choose a password to do so."""

    must_change: str | None = None

    def _render(self, login_error: str | None = None, username: str | None = None, **kwargs: Any) -> Any:
        if login_error:
            # The hub's own texts are English; of the two cases one speaks of the form and one of the account.
            expired = "form" in login_error
            login_error = _("The page was open for too long. Please try again.") if expired else refused_text()
        return super()._render(login_error=login_error, username=username, **kwargs)

    async def post(self) -> None:
        """Sign a person in, or send them to choose a password."""
        data = {name: self.get_body_argument(name, "", strip=name == "username") for name in ("username", "password")}
        user = await self.login_user(data)
        if user:
            self._jupyterhub_user = user
            self.redirect(self.get_next_url(user))
        elif self.must_change:
            remember_change(self, self.must_change)
            page = self.hub.base_url + "change-password"
            self.redirect(url_concat(page, {"next": self.get_argument("next", "")}))
        else:
            self.set_status(403)
            self.finish(await self._render(login_error="refused", username=data["username"][:64]))


def remember_change(handler: BaseHandler, person_id: str) -> None:
    """Let this browser choose a password for a person who has just proved the old one.

    Raises
    ------
    nothing
    """
    handler.set_signed_cookie(
        CHANGE_COOKIE,
        person_id.encode(),
        expires_days=None,
        path=handler.hub.base_url + "change-password",
        httponly=True,
        samesite="Strict",
        secure=handler.request.protocol == "https",
    )


class ChangePasswordHandler(BaseHandler):
    """The page on which a person chooses a password: at first sign-in, or later from the portal."""

    def person_before_sign_in(self) -> str | None:
        """Return who proved the old password a moment ago and is not signed in yet.

        Raises
        ------
        nothing
        """
        value = self.get_signed_cookie(CHANGE_COOKIE, max_age_days=CHANGE_MINUTES / 24 / 60)
        return value.decode() if value else None

    async def get(self) -> None:
        """Show the page, or the sign-in page to whom it does not concern."""
        if self.current_user is None and self.person_before_sign_in() is None:
            self.redirect(self.settings["login_url"])
            return
        self.finish(await self.render_page())

    async def render_page(self, error: str = "") -> str:
        """Return the page.

        Raises
        ------
        nothing
        """
        first_time = self.person_before_sign_in() is not None
        person_id = self.person_before_sign_in() or self.current_user.name
        action = url_concat(self.hub.base_url + "change-password", {"next": self.get_argument("next", "")})
        return await self.render_template(
            "change-password.html",
            person_id=person_id,
            ask_old=not first_time,
            action=action,
            error=error,
            min_length=MIN_LENGTH,
            max_failed=MAX_FAILED,
            xsrf=self.xsrf_token.decode("ascii"),
        )

    async def post(self) -> None:
        """Take the new password and sign the person in, or say why not."""
        person_id = self.person_before_sign_in() or (self.current_user.name if self.current_user else None)
        if person_id is None:
            self.redirect(self.settings["login_url"])
            return
        error = await self.change(person_id)
        if error:
            self.set_status(422)
            self.finish(await self.render_page(error))
            return
        self.clear_cookie(CHANGE_COOKIE, path=self.hub.base_url + "change-password")
        user = await self.login_user({"username": person_id, "password": self.get_body_argument("new", strip=False)})
        if user is None:
            raise web.HTTPError(403)
        end_other_sessions(self, user)
        self._jupyterhub_user = user
        self.redirect(self.get_next_url(user))

    async def change(self, person_id: str) -> str:
        """Change the password and return "", or return what the person must do differently.

        Raises
        ------
        nothing
        """
        new, again = (self.get_body_argument(name, "", strip=False) for name in ("new", "again"))
        if self.person_before_sign_in() is None:
            old = self.get_body_argument("old", "", strip=False)
            if (await self.authenticator.sign_in(person_id, old)).outcome is SignInOutcome.REFUSED:
                return refused_text()
        if new != again:
            return _("The two new passwords are not the same.")
        fault = await self.authenticator.run_aside(change_password, person_id, new)
        return fault_text(fault) if fault else ""


def end_other_sessions(handler: BaseHandler, user: Any) -> None:
    """End every other sign-in of a person: whoever knew the old password is out.

    Raises
    ------
    nothing
    """
    user.orm_user.cookie_id = new_token()
    handler.db.commit()
    handler.set_login_cookie(user)
