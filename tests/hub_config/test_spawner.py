"""What a learner's server is given, and what it is not; no server is started."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from autograder.box import FIRST_PRIVATE_UID, box_arguments
from hub_config.learner_homes import ensure_home
from hub_config.spawner import HOME_INSIDE, BoxSpawner, is_running, send_signal, start_times


class LoneSpawner(BoxSpawner):
    """A spawner without a hub around it: what the hub would hand on is given."""

    def get_env(self) -> dict[str, str]:
        """Return an environment as the hub builds it, with things in it that no learner may see."""
        return {
            "JUPYTERHUB_API_TOKEN": "token-of-this-server",
            "JUPYTERHUB_API_URL": "http://127.0.0.1:8001/hub/api",
            "PATH": "/secret/bin",
            "LD_LIBRARY_PATH": "/secret",
            "DATABASE_URL": "postgresql://secret",
        }


@pytest.fixture
def spawner(tmp_path: Path) -> LoneSpawner:
    """A spawner of learner hv01's."""
    made = LoneSpawner(
        learners_folder=str(tmp_path / "learners"),
        log_folder=str(tmp_path / "run"),
        hidden_folders=[str(tmp_path)],
        portal_url="http://127.0.0.1:8003/services/portal",
        mem_limit=2**30,
        process_limit=77,
    )
    made.user = SimpleNamespace(name="hv01")
    return made


def test_server_sees_its_own_home_and_the_network(spawner: LoneSpawner) -> None:
    """The one writable folder is the learner's; hub and portal are reached by the shared network."""
    home = ensure_home(Path(spawner.learners_folder), "hv01")
    box = spawner.build_box(home)
    assert box.writable == ((home, HOME_INSIDE),)
    assert box.readonly == ()
    assert box.network
    assert Path(spawner.learners_folder).parent in box.hidden


def test_server_outlives_its_hub(spawner: LoneSpawner) -> None:
    """A restart of the hub does not end a learner's server."""
    box = spawner.build_box(ensure_home(Path(spawner.learners_folder), "hv01"))
    assert not box.die_with_parent
    assert "--die-with-parent" not in box_arguments(box, as_root=False)


def test_server_never_runs_as_root(spawner: LoneSpawner) -> None:
    """The server's user is private to the learner, whoever runs the hub."""
    box = spawner.build_box(ensure_home(Path(spawner.learners_folder), "hv01"))
    assert box.uid >= FIRST_PRIVATE_UID
    other = spawner.build_box(ensure_home(Path(spawner.learners_folder), "hv02"))
    assert (box.uid != other.uid) == (os.geteuid() == 0)


def test_limits_reach_the_box(spawner: LoneSpawner) -> None:
    """Memory, processes, files and descriptors are limited."""
    limits = spawner.build_box(ensure_home(Path(spawner.learners_folder), "hv01")).limits.as_rlimits()
    assert limits["DATA"] == 2**30
    assert limits["NPROC"] == 77
    assert {"FSIZE", "NOFILE"} <= set(limits)


def test_environment_holds_only_what_a_server_needs(spawner: LoneSpawner) -> None:
    """The hub's own environment stays outside; the server gets its token, the portal's address and its folders."""
    environment = spawner.build_environment(HOME_INSIDE, "/tmp")
    assert "DATABASE_URL" not in environment
    assert "LD_LIBRARY_PATH" not in environment
    assert "secret" not in " ".join(environment.values())
    assert environment["JUPYTERHUB_API_TOKEN"] == "token-of-this-server"
    assert environment["HOCVUSO_PORTAL_URL"] == "http://127.0.0.1:8003/services/portal"
    assert environment["HOME"] == HOME_INSIDE
    assert environment["PATH"].startswith(f"{sys.prefix}/bin:")


def test_state_survives_a_restart_of_the_hub(spawner: LoneSpawner, tmp_path: Path) -> None:
    """Process numbers and start times are kept, so that another process with the same number is not taken for it."""
    spawner.pid, spawner.box_pid = os.getpid(), os.getppid()
    spawner.started = start_times(spawner.pid, spawner.box_pid)
    later = LoneSpawner(learners_folder=str(tmp_path))
    later.load_state(spawner.get_state())
    assert (later.pid, later.box_pid, later.started) == (spawner.pid, spawner.box_pid, spawner.started)
    assert is_running(later.pid, later.box_pid, later.started)
    assert not is_running(later.pid, later.box_pid, "0.00 0.00")


def test_reused_process_number_is_never_signalled() -> None:
    """A signal goes only to the process that was started, not to one that has got its number since."""
    own = psutil.Process()
    send_signal(own.pid, 9, "0.00 0.00")
    assert own.is_running()
