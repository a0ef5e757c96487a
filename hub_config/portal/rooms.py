"""Learners' servers ("rooms"), started and watched through the hub's API."""

from __future__ import annotations

import logging
from enum import StrEnum
from typing import Protocol
from urllib.parse import quote

import httpx

from autograder.errors import OperatorError
from autograder.locale import _
from hub_config.portal.settings import PortalSettings

log = logging.getLogger("hocvuso.portal")

# The hub goes on starting the server when nobody waits for its answer; the waiting page asks again.
START_WAIT_S = 2.0
ASK_WAIT_S = 5.0


class RoomState(StrEnum):
    """Where a learner's server stands."""

    RUNNING = "running"
    PENDING = "pending"
    STOPPED = "stopped"


class Rooms(Protocol):
    """What the portal asks of learners' servers."""

    def read_state(self, person_id: str) -> RoomState:
        """Return where the server stands."""
        ...

    def start(self, person_id: str) -> None:
        """Start the server unless it runs; returns at once.  Raises OperatorError 503."""
        ...


class HubRooms:
    """Learners' servers at a JupyterHub; needs the scopes ``start:servers`` and ``read:servers``."""

    def __init__(self, settings: PortalSettings, transport: httpx.BaseTransport | None = None) -> None:
        self._client = httpx.Client(
            base_url=settings.hub_api_url,
            headers={"Authorization": f"token {settings.hub_api_token}"},
            timeout=ASK_WAIT_S,
            transport=transport,
            trust_env=False,
        )

    def read_state(self, person_id: str) -> RoomState:
        """Return where the server of a person stands.

        Raises
        ------
        OperatorError
            503 ``hub-unreachable`` or ``hub-refused``.
        """
        answer = self._ask("GET", f"/users/{quote(person_id, safe='')}", ASK_WAIT_S)
        assert answer is not None
        if answer.status_code != 200:
            raise _refused(answer)
        server = (answer.json().get("servers") or {}).get("")
        if not server or server.get("pending") == "stop":
            return RoomState.STOPPED
        if server.get("pending"):
            return RoomState.PENDING
        return RoomState.RUNNING if server.get("ready") else RoomState.STOPPED

    def start(self, person_id: str) -> None:
        """Start the server of a person unless it runs or is being started.

        Raises
        ------
        OperatorError
            503 ``hub-unreachable``, ``hub-refused``, ``rooms-busy`` (the hub starts as many as it may at once).
        """
        answer = self._ask("POST", f"/users/{quote(person_id, safe='')}/server", START_WAIT_S)
        if answer is None or answer.status_code in (201, 202):
            return
        if answer.status_code == 400:  # runs already, or is just stopping: the waiting page sees which
            return
        if answer.status_code in (429, 503):
            raise OperatorError(
                "rooms-busy",
                _("many people are entering at this moment"),
                hint=_("wait half a minute, then try again; your saved answers are not lost"),
            )
        if answer.status_code == 500:  # the server failed to start; the waiting page says so
            log.warning("action=start_room status=500")
            return
        raise _refused(answer)

    def close(self) -> None:
        """Close the connections to the hub.

        Raises
        ------
        nothing
        """
        self._client.close()

    def _ask(self, method: str, path: str, wait_s: float) -> httpx.Response | None:
        """Return the answer, or None if the hub took the request and is still at work on it."""
        try:
            return self._client.request(method, path, timeout=httpx.Timeout(ASK_WAIT_S, read=wait_s))
        except httpx.ReadTimeout as error:
            if method == "POST":
                return None
            raise _unreachable(error) from error
        except httpx.HTTPError as error:
            raise _unreachable(error) from error


def _unreachable(error: Exception) -> OperatorError:
    log.error("action=ask_hub error=%r", error)
    return OperatorError(
        "hub-unreachable",
        _("the learning rooms do not answer"),
        hint=_("try again in a minute; your saved answers are not lost"),
    )


def _refused(answer: httpx.Response) -> OperatorError:
    log.error("action=ask_hub status=%s", answer.status_code)
    return OperatorError(
        "hub-refused",
        _("the hub does not let the portal open learning rooms"),
        where=answer.request.url.path.split("/users/")[0],
        found=answer.status_code,
        expected="200",
        hint=_("give the service `portal` the scopes start:servers and read:servers for all users"),
    )
