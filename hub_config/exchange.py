"""nbgrader's exchange on the portal: ``nbgrader list``, ``fetch_assignment``, ``submit`` from a learner's server.

The other commands of nbgrader's exchange have no folder to work on here; they say which command of ours does the work.

Source: nbgrader 0.9.6, nbgrader/exchange/abc and nbgrader/exchange/default (plug-in classes, results of ``start``).
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Coroutine
from datetime import datetime
from pathlib import Path
from typing import Any

from nbgrader.exchange import abc
from traitlets import default

from autograder.errors import HocVuSoError, OperatorError
from autograder.lesson.folder import read_attempt
from autograder.lesson.portal_client import connect_portal
from autograder.locale import _
from hub_config.attempt_files import has_attempt, place_attempt
from hub_config.lesson_server import ask_portal

COURSE = "hoc-vu-so"


class Exchange(abc.Exchange):
    """What the portal's exchange classes share."""

    @default("timezone")
    def _timezone_default(self) -> str:
        return "Asia/Ho_Chi_Minh"

    def start(self) -> Any:
        """Do the transfer; an error of ours ends the command in nbgrader's own way.

        Raises
        ------
        nbgrader.exchange.ExchangeError
            The portal refused or did not answer; its message was logged.
        """
        try:
            return super().start()
        except HocVuSoError as error:
            self.fail(str(error))

    def init_src(self) -> None:
        """There is no folder to look for: the portal knows."""

    def init_dest(self) -> None:
        """There is no folder to look for: the portal knows."""

    def copy_files(self) -> None:
        """Nothing is copied from folder to folder."""

    def ask(self, method: str, path: str) -> bytes:
        """Return the body of the portal's answer.

        Raises
        ------
        HocVuSoError
            The portal refused or did not answer.
        """
        connect_portal()  # says what is missing where this is no learner's server
        return run(ask_portal(os.environ, method, path))

    def ask_json(self, method: str, path: str) -> Any:
        """Return the JSON value of the portal's answer.

        Raises
        ------
        HocVuSoError
            The portal refused, did not answer or did not answer in JSON.
        """
        try:
            return json.loads(self.ask(method, path))
        except ValueError as error:
            raise OperatorError(
                "portal-unreadable",
                _("the platform's answer cannot be read"),
                where=path,
                hint=_("try again in a minute; everything you did is saved"),
            ) from error

    def folder_of(self, slug: str) -> Path:
        """Return the folder of a module on this side."""
        return Path(self.assignment_dir).resolve() / slug

    def describe_notebooks(self, folder: Path) -> list[dict[str, Any]]:
        """Return the notebooks of a folder as nbgrader lists them."""
        return [{"notebook_id": path.stem, "path": str(path)} for path in sorted(folder.glob("*.ipynb"))]


class ExchangeList(Exchange, abc.ExchangeList):
    """``nbgrader list``: my modules; with ``--cached`` or ``--inbound`` what I have handed in."""

    def list_files(self) -> list[dict[str, Any]]:
        """Return and log the modules or the submissions, in nbgrader's own form.

        Raises
        ------
        HocVuSoError
            The portal refused or did not answer.
        """
        return self._list_submissions() if self.inbound or self.cached else self._list_modules()

    def remove_files(self) -> None:
        """Refuse: what was handed in stays.

        Raises
        ------
        nbgrader.exchange.ExchangeError
            Always.
        """
        self.fail(
            _("Released modules and submissions cannot be removed here; an operator releases with `hocvuso release`.")
        )

    def _list_modules(self) -> list[dict[str, Any]]:
        listed = []
        self.log.info(_("My modules:"))
        for module in self.ask_json("GET", "modules"):
            slug = str(module["slug"])
            if not self._wants(slug):
                continue
            folder = self.folder_of(slug)
            listed.append(
                {
                    "course_id": self._course(),
                    "assignment_id": slug,
                    "status": "fetched" if folder.is_dir() else "released",
                    "path": str(folder),
                    "notebooks": self.describe_notebooks(folder),
                }
            )
            here = " " + _("(already here)") if folder.is_dir() else ""
            self.log.info("%s %s%s", self._course(), slug, here)
        return listed

    def _list_submissions(self) -> list[dict[str, Any]]:
        groups: dict[str, dict[str, Any]] = {}
        student = str(self.ask_json("GET", "me")["id"])
        self.log.info(_("My submissions:"))
        for made in self.ask_json("GET", "submissions"):
            slug = str(made["slug"])
            if not self._wants(slug):
                continue
            group = groups.setdefault(
                slug,
                {
                    "course_id": self._course(),
                    "student_id": student,
                    "assignment_id": slug,
                    "status": "submitted",
                    "submissions": [],
                },
            )
            moment = datetime.fromisoformat(made["received_at"]).strftime(self.timestamp_format)
            group["submissions"].insert(
                0,
                {
                    "course_id": self._course(),
                    "student_id": student,
                    "assignment_id": slug,
                    "timestamp": moment,
                    "status": "submitted",
                    "path": made["receipt_url"],
                    "digest": made["digest"],
                    "has_local_feedback": False,
                    "has_exchange_feedback": made["state"] == "graded",
                    "feedback_updated": False,
                    "local_feedback_path": None,
                    "notebooks": [],
                },
            )
            self.log.info("%s %s %s %s %s", self._course(), student, slug, moment, made["receipt_url"])
        return list(groups.values())

    def _wants(self, slug: str) -> bool:
        return self.coursedir.assignment_id in ("", slug)

    def _course(self) -> str:
        return str(self.coursedir.course_id or COURSE)


class ExchangeFetchAssignment(Exchange, abc.ExchangeFetchAssignment):
    """``nbgrader fetch_assignment``: my attempt at a module, in a folder of its name."""

    def copy_files(self) -> None:
        """Continue the open attempt or begin the next one, and put its files in place; earlier work is kept aside.

        Raises
        ------
        HocVuSoError
            The portal refused or did not answer.
        nbgrader.exchange.ExchangeError
            The attempt is here already.
        """
        slug = require_slug(self.coursedir.assignment_id)
        attempt = self.ask_json("POST", f"modules/{slug}/attempts")
        home = self.folder_of(slug).parent
        if has_attempt(home / slug, attempt["attempt"]) and not self.replace_missing_files:
            self.fail(
                _("You already have this attempt in {folder}; add --replace to restore missing files.").format(
                    folder=home / slug
                )
            )
        place_attempt(home, slug, attempt["attempt"], self.ask("GET", f"attempts/{attempt['attempt']}/files"))
        self.log.info(_("Fetched %s, attempt %s, into %s"), slug, attempt["number"], os.path.relpath(home / slug))


class ExchangeSubmit(Exchange, abc.ExchangeSubmit):
    """``nbgrader submit``: hand in the folder of a module and log its receipt."""

    def copy_files(self) -> None:
        """Hand in the folder.

        Raises
        ------
        HocVuSoError
            The folder holds no attempt, or the portal refused or did not answer.
        """
        folder = self.folder_of(self.coursedir.assignment_id)
        self.coursedir.assignment_id = folder.name
        attempt = read_attempt(folder)
        if attempt is None:
            raise OperatorError(
                "attempt-missing",
                _("this folder holds no attempt of yours"),
                where=str(folder),
                found=_("no attempt.json"),
                expected="attempt.json",
                hint=_("fetch the module first: nbgrader fetch_assignment {slug}").format(slug=folder.name),
            )
        receipt = connect_portal().submit(attempt.attempt, folder)
        self.log.info(_("Submitted %s, attempt %s"), attempt.slug, attempt.number)
        self.log.info(_("Received at %s"), receipt["received_at"])
        self.log.info(_("Digest (SHA-256) %s"), receipt["digest"])
        self.log.info(_("Receipt and result: %s"), receipt["receipt_url"])


class _Elsewhere(Exchange):
    """A step of nbgrader's exchange that another command of ours does."""

    def start(self) -> None:
        """Say which command does this.

        Raises
        ------
        nbgrader.exchange.ExchangeError
            Always.
        """
        self.fail(self.say())

    def say(self) -> str:
        """Return what to do instead."""
        raise NotImplementedError


class ExchangeReleaseAssignment(_Elsewhere, abc.ExchangeReleaseAssignment):
    """``nbgrader release_assignment``: done by ``hocvuso release``."""

    def say(self) -> str:
        """Return what to do instead."""
        return _("Modules are released by `hocvuso release MODULE`.")


class ExchangeCollect(_Elsewhere, abc.ExchangeCollect):
    """``nbgrader collect``: nothing to collect, the portal has it."""

    def say(self) -> str:
        """Return what to do instead."""
        return _("Nothing to collect: submissions are graded as they come in; `hocvuso grade` works through the rest.")


class ExchangeReleaseFeedback(_Elsewhere, abc.ExchangeReleaseFeedback):
    """``nbgrader release_feedback``: feedback is on the receipt's page."""

    def say(self) -> str:
        """Return what to do instead."""
        return _("Feedback needs no release: it is on the receipt's page as soon as a submission is graded.")


class ExchangeFetchFeedback(_Elsewhere, abc.ExchangeFetchFeedback):
    """``nbgrader fetch_feedback``: feedback is on the receipt's page."""

    def say(self) -> str:
        """Return what to do instead."""
        return _("Feedback is on the receipt's page; `nbgrader list --cached` shows its address.")


def require_slug(name: str) -> str:
    """Return the slug of a module, refusing what could be a path.

    Raises
    ------
    OperatorError
        ``slug-invalid``.
    """
    if name and all(part.isascii() and part.isalnum() and part == part.lower() for part in name.split("-")):
        return name
    raise OperatorError(
        "slug-invalid",
        _("this is not the short name of a module"),
        found=name,
        expected="an-toan-tai-khoan",
        hint=_("see the names with `nbgrader list`"),
        status=422,
    )


def run(asked: Coroutine[Any, Any, bytes]) -> bytes:
    """Return the result of a coroutine, also from within a running event loop (nbgrader's server extension).

    Raises
    ------
    HocVuSoError
        As the coroutine does.
    """
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, asked).result()
