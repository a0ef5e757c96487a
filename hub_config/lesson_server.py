"""A learner's server opens a module: it asks the portal for the attempt, puts its files in place, shows the lesson.

A Jupyter Server extension with one page, ``hocvuso/open/<slug>``, and the ways back to the portal.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from tornado import web
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest

from autograder.errors import HocVuSoError, SubmissionError
from autograder.locale import _, current_language
from hub_config.attempt_files import has_attempt, place_attempt
from hub_config.python_track import list_page_data, read_track_style
from hub_config.settings import PORTAL_PREFIX

TEMPLATES = Path(__file__).resolve().parent / "templates" / "hub"
SLUG = r"(?P<slug>[a-z0-9]+(?:-[a-z0-9]+)*)"
NOTEBOOKS = {"lesson": "voila/render/{slug}/lesson.ipynb", "python": "notebooks/{slug}/python.ipynb"}
ASK_S, FETCH_S = 20, 60


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "hub_config.lesson_server"}]


def _load_jupyter_server_extension(server: Any) -> None:
    server.web_app.settings.setdefault("page_config_data", {}).update(list_page_data())
    base = server.web_app.settings["base_url"]
    server.web_app.add_handlers(
        ".*$",
        [
            (url_path_join(base, "hocvuso/open", SLUG), OpenHandler),
            (url_path_join(base, r"(?:tree|lab|voila|voila/tree)?/?"), BackHandler),
            (url_path_join(base, "custom/custom.css"), PythonTrackStyleHandler),
        ],
    )


class BackHandler(JupyterHandler):
    """Sends whoever leaves the lesson by the server's own doors back to the portal."""

    @web.authenticated
    def get(self) -> None:
        """Redirect."""
        self.redirect(PORTAL_PREFIX)


class PythonTrackStyleHandler(JupyterHandler):
    """The style that Notebook 7 adds to its own."""

    @web.authenticated
    def get(self) -> None:
        """Send the style."""
        self.set_header("Content-Type", "text/css; charset=utf-8")
        self.finish(read_track_style())


class OpenHandler(JupyterHandler):
    """Opens a module: the learner's open attempt, or the next one."""

    @web.authenticated
    async def get(self, slug: str) -> None:
        """Put the attempt in place and go to the lesson, or to the Python track with ``?notebook=python``."""
        notebook = self.get_argument("notebook", "lesson")
        try:
            await open_attempt(Path.home(), slug, os.environ)
        except HocVuSoError as error:
            self.show_trouble(error)
            return
        page = NOTEBOOKS.get(notebook, NOTEBOOKS["lesson"]).format(slug=slug)
        self.redirect(url_path_join(self.base_url, page))

    def show_trouble(self, error: HocVuSoError) -> None:
        """Show what is wrong, in words, with a way back.

        Raises
        ------
        nothing
        """
        self.set_status(error.status)
        self.finish(render_trouble(error, static_url=self.static_url))


def render_trouble(error: HocVuSoError, static_url: Any) -> str:
    """Return the page of an error that a learner met while a module was opened.

    Raises
    ------
    nothing
    """
    pages = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    return pages.get_template("trouble.html").render(
        _=_,
        page_language=current_language,
        portal_url=PORTAL_PREFIX,
        stylesheet=(TEMPLATES / "hub.css").read_text(encoding="utf-8"),
        static_url=static_url,
        error=error,
    )


async def open_attempt(home: Path, slug: str, environ: Mapping[str, str]) -> dict[str, Any]:
    """Put the learner's open attempt at a module in its folder; what it holds already is kept.

    Parameters
    ----------
    home : Path
        The learner's home.
    slug : str
        The module.
    environ : mapping
        ``HOCVUSO_PORTAL_URL`` and ``JUPYTERHUB_API_TOKEN``.

    Returns
    -------
    dict
        What the portal said of the attempt: ``attempt, number, variant, release``, ….

    Raises
    ------
    HocVuSoError
        The portal refused, did not answer, or sent something that cannot be used.
    """
    said = await ask_portal(environ, "POST", f"modules/{slug}/attempts")
    attempt = read_attempt(said)
    if not await asyncio.to_thread(has_attempt, home / slug, attempt["attempt"]):
        archive = await ask_portal(environ, "GET", f"attempts/{attempt['attempt']}/files")
        await asyncio.to_thread(place_attempt, home, slug, attempt["attempt"], archive)
    return attempt


async def ask_portal(environ: Mapping[str, str], method: str, path: str) -> bytes:
    """Return the body of the portal's answer.

    Raises
    ------
    HocVuSoError
        The portal refused (its own words) or did not answer.
    """
    request = HTTPRequest(
        f"{environ['HOCVUSO_PORTAL_URL']}/api/v1/{path}",
        method=method,
        headers={
            "Authorization": f"token {environ['JUPYTERHUB_API_TOKEN']}",
            "Accept-Language": current_language(),
            "Content-Type": "application/json",
        },
        body="{}" if method == "POST" else None,
        connect_timeout=ASK_S,
        request_timeout=FETCH_S,
        follow_redirects=False,
    )
    try:
        response = await AsyncHTTPClient().fetch(request)
    except HTTPClientError as error:
        raise refused(error.code, error.response.body if error.response else b"") from None
    except OSError:
        raise refused(503, b"") from None
    return response.body


def refused(status: int, body: bytes) -> HocVuSoError:
    """Return the portal's error in its own words, or a general one where it had none.

    Raises
    ------
    nothing
    """
    try:
        said = json.loads(body)["error"]
        return HocVuSoError(str(said["code"]), str(said["message"]), hint=str(said.get("hint") or ""), status=status)
    except (ValueError, KeyError, TypeError):
        return HocVuSoError(
            "portal-silent",
            _("the module cannot be opened at the moment"),
            hint=_("try again in a minute; everything you did is saved"),
            status=status if 400 <= status <= 503 else 503,
        )


def read_attempt(body: bytes) -> dict[str, Any]:
    """Return what the portal said of an attempt, if it can be used.

    Raises
    ------
    SubmissionError
        It cannot.
    """
    try:
        said = json.loads(body)
        identity = said["attempt"]
    except (ValueError, KeyError, TypeError):
        identity = None
    if not isinstance(identity, str) or not identity.replace("-", "").isalnum():
        raise SubmissionError(
            "attempt-unreadable",
            _("the module cannot be opened at the moment"),
            hint=_("try again in a minute; everything you did is saved"),
            status=502,
        )
    return dict(said)
