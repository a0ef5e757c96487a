"""Learners' servers, each in a box of its own.

A server sees the system, this Python installation and its learner's folder, and nothing of the course, the database,
the hub or other learners. It outlives a restart of the hub, which finds it again by process id and start time.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
from jupyterhub.spawner import LocalProcessSpawner
from jupyterhub.utils import random_port
from traitlets import Enum, Integer, List, Unicode

from autograder.box import FIRST_PRIVATE_UID, Box, Limits, start_box
from autograder.errors import OperatorError
from hub_config.learner_homes import ensure_home, folder_name

HOME_INSIDE = "/home/nguoi-hoc"
SCRATCH = (("/tmp", 512 * 2**20), ("/dev/shm", 64 * 2**20))
LOG_LIMIT = 2**20
PACKAGE = Path(__file__).resolve().parent
HANDED_ON = ("JUPYTERHUB_", "MEM_LIMIT", "CPU_LIMIT")


class BoxSpawner(LocalProcessSpawner):
    """Starts, watches and stops one learner's server in its box."""

    learners_folder = Unicode(help="folder of all learners' homes").tag(config=True)
    log_folder = Unicode(help="folder of the servers' logs").tag(config=True)
    hidden_folders = List(Unicode(), help="folders that no box may show, wherever they lie").tag(config=True)
    isolation = Enum(("box", "none"), "box", help="none: no box; for one trusted user").tag(config=True)
    portal_url = Unicode(help="the portal's address on this machine").tag(config=True)
    language = Unicode("vi", help="language of the learner's pages").tag(config=True)
    process_limit = Integer(256, help="processes and threads of one server").tag(config=True)
    file_limit_mb = Integer(200, help="largest file, MiB").tag(config=True)
    open_files_limit = Integer(1024, help="open descriptors of one process").tag(config=True)

    port: int
    box_pid = Integer(0, help="the box's process 1, as the machine numbers it")
    started = Unicode("", help="start times of both processes, to know them again")

    async def start(self) -> tuple[str, int]:
        """Start the server and return where it listens.

        Raises
        ------
        OperatorError
            bubblewrap is missing or the machine refuses to build boxes.
        """
        if not self.port:
            self.port = int(random_port())
        home = ensure_home(Path(self.learners_folder), self.user.name)
        if self.isolation == "box":
            await asyncio.to_thread(self.start_boxed, home)
        else:
            self.start_unboxed(home)
        return "127.0.0.1", self.port

    def start_boxed(self, home: Path) -> None:
        """Start the server in its box.

        Raises
        ------
        OperatorError
            The box was not built.
        """
        reading, writing = os.pipe()
        with open(reading, "rb") as info, self.open_log() as log:
            try:
                self.proc = start_box(
                    self.build_box(home),
                    info=writing,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            finally:
                os.close(writing)
            said = info.read()  # ends when bubblewrap has built the box or given up
        if not said:
            self.proc.wait()
            raise box_not_built(self.read_log_end())
        self.pid = self.proc.pid
        self.box_pid = int(json.loads(said)["child-pid"])
        self.started = start_times(self.pid, self.box_pid)

    def start_unboxed(self, home: Path) -> None:
        """Start the server as an ordinary process; only where the settings say that the user is trusted.

        Raises
        ------
        OSError
            The process cannot be started.
        """
        environment = {**os.environ, **self.build_environment(str(home), scratch=str(home / ".cache"))}
        with self.open_log() as log:
            self.proc = subprocess.Popen(
                list(self.server_command()),
                env=environment,
                cwd=home,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.pid = self.box_pid = self.proc.pid
        self.started = start_times(self.pid, self.box_pid)

    def server_command(self) -> Iterator[str]:
        """Yield the words of the command that serves one learner.

        Raises
        ------
        nothing
        """
        yield from (sys.executable, "-m", "hub_config.learner_main")
        yield from self.get_args()

    def build_box(self, home: Path) -> Box:
        """Return the box of this learner's server.

        Parameters
        ----------
        home : Path
            The learner's folder; its owner is the user that the server runs as.

        Raises
        ------
        OSError
            The folder is not there.
        """
        owner = home.stat()
        is_private = owner.st_uid >= FIRST_PRIVATE_UID
        return Box(
            command=tuple(self.server_command()),
            cwd=HOME_INSIDE,
            environment=self.build_environment(HOME_INSIDE, scratch="/tmp"),
            writable=((home, HOME_INSIDE),),
            scratch=SCRATCH,
            hidden=tuple(map(Path, self.hidden_folders)),
            network=True,
            hostname="nguoi-hoc",
            uid=owner.st_uid if is_private else FIRST_PRIVATE_UID,
            gid=owner.st_uid if is_private else FIRST_PRIVATE_UID,
            limits=Limits(
                memory=self.mem_limit,
                processes=self.process_limit,
                file_size=self.file_limit_mb * 2**20,
                open_files=self.open_files_limit,
            ),
            die_with_parent=False,
        )

    def build_environment(self, home: str, scratch: str) -> dict[str, str]:
        """Return all that the server finds in its environment.

        Parameters
        ----------
        home, scratch : str
            Folders as the server sees them: what stays, and what may be lost.

        Raises
        ------
        nothing
        """
        self.notebook_dir = home
        handed_on = {name: value for name, value in self.get_env().items() if name.startswith(HANDED_ON)}
        threads = str(math.ceil(self.cpu_limit or 1))
        return {
            **handed_on,
            "HOME": home,
            "USER": "nguoi-hoc",
            "LOGNAME": "nguoi-hoc",
            "SHELL": "/bin/sh",
            "LANG": "C.UTF-8",
            "TZ": "Asia/Ho_Chi_Minh",
            "PATH": f"{sys.prefix}/bin:/usr/local/bin:/usr/bin:/bin",
            "HOCVUSO_LANG": self.language,
            "HOCVUSO_PORTAL_URL": self.portal_url,
            "JUPYTER_CONFIG_PATH": str(PACKAGE),
            "JUPYTER_PATH": os.pathsep.join([str(PACKAGE / "templates"), str(PACKAGE / "jupyter")]),
            "JUPYTER_CONFIG_DIR": f"{scratch}/jupyter/config",
            "JUPYTER_DATA_DIR": f"{scratch}/jupyter/data",
            "JUPYTER_RUNTIME_DIR": f"{scratch}/jupyter/run",
            "JUPYTERLAB_SETTINGS_DIR": f"{scratch}/jupyter/settings",
            "JUPYTERLAB_WORKSPACES_DIR": f"{scratch}/jupyter/workspaces",
            "IPYTHONDIR": f"{scratch}/ipython",
            "MPLCONFIGDIR": f"{home}/.cache/matplotlib",
            "MPLBACKEND": "module://matplotlib_inline.backend_inline",
            "OMP_NUM_THREADS": threads,
            "OPENBLAS_NUM_THREADS": threads,
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        }

    def user_env(self, env: dict[str, str]) -> dict[str, str]:
        """Return the environment as it is: learners need not be users of the machine.

        Raises
        ------
        nothing
        """
        return env

    @property
    def log_path(self) -> Path:
        """The file that this learner's server logs to, outside its box."""
        return Path(self.log_folder) / f"{folder_name(self.user.name)}.log"

    def open_log(self) -> Any:
        """Return the server's log, open for writing at its end; a long one is begun anew.

        Raises
        ------
        OSError
            The folder cannot be written.
        """
        self.log_path.parent.mkdir(parents=True, exist_ok=True)
        if self.log_path.exists() and self.log_path.stat().st_size > LOG_LIMIT:
            self.log_path.unlink()
        return open(os.open(self.log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")

    def read_log_end(self) -> str:
        """Return the last lines of the server's log.

        Raises
        ------
        OSError
            The log cannot be read.
        """
        return self.log_path.read_text(encoding="utf-8", errors="replace")[-800:].strip()

    def get_state(self) -> dict[str, Any]:
        """Return what a restarted hub needs to find the server again.

        Raises
        ------
        nothing
        """
        state = super().get_state()
        if self.pid:
            state |= {"box_pid": self.box_pid, "started": self.started}
        return state

    def load_state(self, state: dict[str, Any]) -> None:
        """Take up a server that an earlier hub started.

        Raises
        ------
        nothing
        """
        super().load_state(state)
        self.box_pid = state.get("box_pid", 0)
        self.started = state.get("started", "")

    def clear_state(self) -> None:
        """Forget the server.

        Raises
        ------
        nothing
        """
        super().clear_state()
        self.box_pid = 0
        self.started = ""

    async def poll(self) -> int | None:
        """Return None while the server runs, else how it ended (0 where that is not known).

        Raises
        ------
        nothing
        """
        if not self.pid:
            return 0
        status = self.proc.poll() if self.proc is not None else None
        if status is None and is_running(self.pid, self.box_pid, self.started):
            return None
        send_signal(self.box_pid, signal.SIGKILL, self.started)  # a box must not outlive its keeper
        self.clear_state()
        return status or 0

    async def stop(self, now: bool = False) -> None:
        """Stop the server and everything in its box, politely first unless ``now``.

        Raises
        ------
        nothing
        """
        if await self.poll() is not None:
            return
        if not now:
            for process in server_processes(self.box_pid, boxed=self.box_pid != self.pid):
                process.terminate()
            await self.wait_for_death(self.term_timeout)
        if await self.poll() is not None:
            return
        send_signal(self.box_pid, signal.SIGKILL, self.started)
        await self.wait_for_death(self.kill_timeout)
        if await self.poll() is None:
            self.log.warning("Server %i of %s never died", self.pid, self.user.name)


def box_not_built(said: str) -> OperatorError:
    """Return the error of a box that the machine did not build, worded for the hub's page too.

    Raises
    ------
    nothing
    """
    from autograder.box import refuse_unboxed

    error = refuse_unboxed(said)
    error.jupyterhub_message = str(error)  # type: ignore[attr-defined]
    return error


def start_times(*pids: int) -> str:
    """Return the start times of processes, by which they are known again; "" for one that has ended.

    Raises
    ------
    nothing
    """
    return " ".join(start_time(pid) for pid in pids)


def start_time(pid: int) -> str:
    """Return the start time of a process that runs, else "".

    Raises
    ------
    nothing
    """
    try:
        process = psutil.Process(pid)
        return "" if process.status() == psutil.STATUS_ZOMBIE else f"{process.create_time():.2f}"
    except psutil.NoSuchProcess:
        return ""


def is_running(pid: int, box_pid: int, started: str) -> bool:
    """Return whether both processes still run and are the same as at the start.

    Raises
    ------
    nothing
    """
    return start_times(pid, box_pid) == started


def send_signal(box_pid: int, number: int, started: str) -> None:
    """Signal the box's process 1 if it is still the same process.

    Raises
    ------
    nothing
    """
    if box_pid and start_time(box_pid) and started.endswith(start_time(box_pid)):
        try:
            os.kill(box_pid, number)
        except ProcessLookupError:
            return


def server_processes(box_pid: int, *, boxed: bool) -> list[psutil.Process]:
    """Return what to ask to end: the command in the box, or the process itself where there is no box.

    Raises
    ------
    nothing
    """
    try:
        process = psutil.Process(box_pid)
        return process.children() if boxed else [process]
    except psutil.NoSuchProcess:
        return []
