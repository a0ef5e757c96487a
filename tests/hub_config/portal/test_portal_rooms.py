"""Learners' servers through the hub's API."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autograder.errors import OperatorError
from hub_config.portal.rooms import HubRooms, RoomState
from hub_config.portal.settings import PortalSettings

LEARNER = "999001"


@pytest.fixture
def settings(fake_hub: Any) -> PortalSettings:
    """Settings of a portal at the fake hub."""
    return PortalSettings("postgresql://", Path("unused"), hub_api_url=fake_hub.url, hub_api_token="hub-token")


@pytest.fixture
def rooms(settings: PortalSettings) -> Iterator[HubRooms]:
    """Rooms of the fake hub."""
    made = HubRooms(settings)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("server", "state"),
    [
        (None, RoomState.STOPPED),
        ({"ready": True, "pending": None}, RoomState.RUNNING),
        ({"ready": False, "pending": "spawn"}, RoomState.PENDING),
        ({"ready": True, "pending": "stop"}, RoomState.STOPPED),
        ({"ready": False, "pending": None}, RoomState.STOPPED),
    ],
)
def test_the_state_is_read_from_the_hubs_model(rooms: Any, fake_hub: Any, server: Any, state: RoomState) -> None:
    """Ready, being started, or not there."""
    if server is not None:
        fake_hub.servers[LEARNER] = server
    assert rooms.read_state(LEARNER) is state


@pytest.mark.parametrize("status", [201, 202, 400, 500])
def test_starting_returns_and_leaves_the_rest_to_the_waiting_page(rooms: Any, fake_hub: Any, status: int) -> None:
    """Started, being started, running already, failed: the next look tells."""
    fake_hub.start_status = status
    rooms.start(LEARNER)
    assert fake_hub.asked[-1][:2] == ("POST", f"/hub/api/users/{LEARNER}/server")


@pytest.mark.slow
def test_a_slow_start_does_not_hold_the_page(rooms: Any, fake_hub: Any) -> None:
    """The hub goes on while the learner already sees the waiting page."""
    fake_hub.start_delay_s = 4
    started = time.monotonic()
    rooms.start(LEARNER)
    assert time.monotonic() - started < 3.5


@pytest.mark.parametrize(("status", "code"), [(429, "rooms-busy"), (503, "rooms-busy"), (404, "hub-refused")])
def test_a_hub_that_starts_nothing_is_said_in_words(rooms: Any, fake_hub: Any, status: int, code: str) -> None:
    """Busy and refused are two things."""
    fake_hub.start_status = status
    with pytest.raises(OperatorError) as refused:
        rooms.start(LEARNER)
    assert (refused.value.code, refused.value.status) == (code, 503)


def test_a_portal_without_the_scopes_says_which_it_needs(settings: PortalSettings) -> None:
    """The operator reads the remedy."""
    rooms = HubRooms(replace(settings, hub_api_token="another-token"))
    with pytest.raises(OperatorError, match="start:servers"):
        rooms.read_state(LEARNER)
    rooms.close()


def test_a_hub_that_is_away_is_said_in_words(settings: PortalSettings) -> None:
    """No connection is no traceback."""
    rooms = HubRooms(replace(settings, hub_api_url="http://127.0.0.1:1/hub/api"))
    for ask in (rooms.read_state, rooms.start):
        with pytest.raises(OperatorError) as away:
            ask(LEARNER)
        assert away.value.code == "hub-unreachable"
    rooms.close()


def test_a_name_is_one_part_of_the_address(rooms: Any, fake_hub: Any) -> None:
    """A name with a slash asks for nothing else."""
    rooms.read_state("../users/x")
    assert fake_hub.asked[-1][1] == "/hub/api/users/..%2Fusers%2Fx"
