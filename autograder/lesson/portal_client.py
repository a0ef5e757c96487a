"""The portal, as a learner's session reaches it: check one question, hand in the folder.

HOCVUSO_PORTAL_URL      address of the portal, for example http://127.0.0.1:8000/services/portal
JUPYTERHUB_API_TOKEN    the session's own token, which the hub gave it
"""

from __future__ import annotations

import http.client
import io
import json
import os
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograder.errors import HocVuSoError, OperatorError, SubmissionError
from autograder.lesson.folder import list_answer_files, list_notebooks, read_regular_file
from autograder.locale import _, current_language

MAX_UPLOAD_BYTES = 20 * 1024 * 1024
MAX_REPLY_BYTES = 1024 * 1024
CHECK_TIMEOUT_S = 20.0
SUBMIT_TIMEOUT_S = 60.0


class PortalClient:
    """A small HTTP client that speaks only to the portal.

    Parameters
    ----------
    url : str
        The portal's address, without a slash at the end.
    token : str
        Sent as ``Authorization: token …``.
    """

    def __init__(self, url: str, token: str) -> None:
        self.url = url.rstrip("/")
        self._token = token
        # No proxy: the portal is inside, and the token must not leave.  No redirect: it would follow too.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _RefuseRedirects())

    def check_answer(self, attempt: str, question: str, answer: Any) -> dict[str, Any]:
        """Ask the portal how one answer would score.

        Parameters
        ----------
        attempt : str
            The portal's identifier of the attempt.
        question : str
            The question's id.
        answer : Any
            A JSON value.

        Returns
        -------
        dict
            ``points, max_points, capped, remaining, notes: [{code, item, text}]``.

        Raises
        ------
        SubmissionError
            The portal refused (4xx): its code, message and hint.
        OperatorError
            The portal could not be reached, or failed.
        """
        body = json.dumps({"question": question, "answer": answer}).encode()
        path = f"/api/v1/attempts/{urllib.parse.quote(attempt, safe='')}/checks"
        return self._post(path, body, "application/json", CHECK_TIMEOUT_S)

    def submit(self, attempt: str, folder: Path) -> dict[str, Any]:
        """Hand in a folder.

        Parameters
        ----------
        attempt : str
            The portal's identifier of the attempt.
        folder : Path
            The module's folder.

        Returns
        -------
        dict
            ``id, digest, received_at, receipt_url``.

        Raises
        ------
        SubmissionError
            The folder is too large or cannot be read, or the portal refused (4xx).
        OperatorError
            The portal could not be reached, or failed.
        """
        path = f"/api/v1/attempts/{urllib.parse.quote(attempt, safe='')}/submissions"
        return self._post(path, pack_folder(folder), "application/zip", SUBMIT_TIMEOUT_S)

    def _post(self, path: str, body: bytes, media_type: str, timeout_s: float) -> dict[str, Any]:
        request = urllib.request.Request(self.url + path, data=body, method="POST")
        request.add_header("Content-Type", media_type)
        request.add_header("Accept", "application/json")
        request.add_header("Authorization", f"token {self._token}")
        request.add_header("Accept-Language", current_language())
        try:
            with self._opener.open(request, timeout=timeout_s) as reply:
                content = reply.read(MAX_REPLY_BYTES + 1)
        except urllib.error.HTTPError as error:
            with error:
                raise _read_refusal(error.code, _read_quietly(error)) from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise _unreachable(type(error).__name__) from None
        data = _read_object(content)
        if data is None:
            raise _unreachable("JSON")
        return data


def connect_portal(environment: Mapping[str, str] = os.environ) -> PortalClient:
    """Return the portal of this session.

    Parameters
    ----------
    environment : Mapping
        ``HOCVUSO_PORTAL_URL`` and ``JUPYTERHUB_API_TOKEN``.

    Returns
    -------
    PortalClient

    Raises
    ------
    OperatorError
        ``portal-not-set``: one of the two is missing, or the address is not http(s).
    """
    url = environment.get("HOCVUSO_PORTAL_URL", "")
    token = environment.get("JUPYTERHUB_API_TOKEN", "")
    if not token or urllib.parse.urlsplit(url).scheme not in ("http", "https"):
        raise OperatorError(
            "portal-not-set",
            _("This lesson was not opened from the platform, so it cannot be checked or handed in here"),
            hint=_("open the lesson from the page of your modules; your answers stay saved"),
        )
    return PortalClient(url, token)


def pack_folder(folder: Path) -> bytes:
    """Return the lesson files and answers of a folder as a ZIP archive.

    Parameters
    ----------
    folder : Path
        The module's folder.

    Returns
    -------
    bytes
        ``*.ipynb`` and ``answers/*.json``; the same content gives the same bytes.

    Raises
    ------
    SubmissionError
        ``submission-size`` (over 20 MB) or ``submission-read``.
    """
    packed, total = io.BytesIO(), 0
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in [*list_notebooks(folder), *list_answer_files(folder)]:
            try:
                content = read_regular_file(path, MAX_UPLOAD_BYTES)
            except OSError as error:
                raise SubmissionError(
                    "submission-read",
                    _("A file of the lesson cannot be read"),
                    where=path.name,
                    found=type(error).__name__,
                    expected=_("an ordinary file up to 20 MB"),
                    hint=_("open the lesson again from the page of your modules"),
                ) from None
            total += len(content)
            if total > MAX_UPLOAD_BYTES:
                raise SubmissionError(
                    "submission-size",
                    _("The lesson is too large to hand in"),
                    found=total,
                    expected="≤ 20 MB",
                    hint=_("remove large outputs and pictures, then hand in again"),
                    status=413,
                )
            # A fixed date: ZIP would otherwise store when the file was touched.
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return packed.getvalue()


class _RefuseRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        """Follow nothing: the reply then counts as an error."""


def _read_quietly(error: urllib.error.HTTPError) -> bytes:
    try:
        return error.read(MAX_REPLY_BYTES)
    except (OSError, http.client.HTTPException, ValueError):
        return b""


def _read_object(content: bytes) -> dict[str, Any] | None:
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def _read_refusal(status: int, content: bytes) -> HocVuSoError:
    told = (_read_object(content) or {}).get("error")
    told = told if isinstance(told, dict) else {}
    if not 400 <= status < 500:
        message = told.get("message") or _("The platform could not do this just now")
        hint = told.get("hint") or _("your answers stay saved; please try again in a moment")
        return OperatorError(str(told.get("code") or "portal-failed"), str(message), hint=str(hint), status=status)
    return SubmissionError(
        str(told.get("code") or "portal-refused"),
        str(told.get("message") or _("The platform did not accept this")),
        found=None if told else status,
        expected=None if told else "2xx",
        hint=str(told.get("hint") or ("" if told else _("open the lesson again from the page of your modules"))),
        status=status,
    )


def _unreachable(reason: str) -> OperatorError:
    return OperatorError(
        "portal-unreachable",
        _("The platform cannot be reached ({reason})").format(reason=reason),
        hint=_("your answers stay saved; please try again in a moment"),
    )
