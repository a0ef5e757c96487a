"""``hocvuso up``: every process of one machine, kept running until somebody says stop."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from autograder.errors import OperatorError
from autograder.locale import _
from hub_config.settings import Settings, portal_environment

READY_WITHIN_S = 120.0
STOP_WITHIN_S = 20.0
QUIET_RESTART_S = 1.0
SLOW_RESTART_S = 15.0


@dataclass
class Part:
    """One process of the installation."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    restart_at: float = field(default=0.0)

    def start(self) -> None:
        """Start the process; what it prints goes to its log.

        Raises
        ------
        OSError
            The program cannot be started.
        """
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C on the terminal is for the supervisor; it stops the parts in their order.
                start_new_session=True,
            )

    def stop(self) -> None:
        """Ask the process to end, then insist.

        Raises
        ------
        nothing
        """
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextmanager
def lock_home(home: Path) -> Iterator[None]:
    """Keep a second ``hocvuso up`` out of the same home.

    Raises
    ------
    OperatorError
        Another one runs there.
    """
    folder = home / "run"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise OperatorError(
                "already-up",
                _("this installation is already running"),
                where=str(home),
                hint=_("open its address, or stop it first, or name another folder with --home"),
            ) from error
        yield


def build_parts(settings: Settings, variant_secret_file: Path, graders: int) -> list[Part]:
    """Return the processes in the order in which they start.

    Raises
    ------
    OSError
        A secret cannot be read or made.
    """
    logs = settings.home / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    config = Path(__file__).resolve().parent / "jupyterhub_config.py"
    common = {
        **os.environ,
        "HOCVUSO_HOME": str(settings.home),
        "DATABASE_URL": settings.database_url,
        "HOCVUSO_PORT": str(settings.port),
        "HOCVUSO_HUB_PORT": str(settings.hub_port),
        "HOCVUSO_PROXY_API_PORT": str(settings.proxy_api_port),
        "HOCVUSO_PORTAL_PORT": str(settings.portal_port),
        "HOCVUSO_LANG": settings.language,
        "HOCVUSO_DEMO": "1" if settings.demo else "",
        "HOCVUSO_VARIANT_SECRET_FILE": str(variant_secret_file),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
        "PYTHONUNBUFFERED": "1",
    }
    portal = {**common, **portal_environment(settings)}
    hub = ["-m", "jupyterhub", "-f", str(config)]
    return [
        Part("hub", [sys.executable, *hub], common, logs / "hub.log"),
        Part("portal", [sys.executable, "-m", "hub_config.portal"], portal, logs / "portal.log"),
        *(
            Part(
                f"grader-{number}",
                [sys.executable, "-m", "autograder.cli", "grade", "--stay"],
                common,
                logs / f"grader-{number}.log",
            )
            for number in range(1, graders + 1)
        ),
    ]


def keep_running(
    parts: list[Part], settings: Settings, on_ready: Callable[[], None], say: Callable[[str], None]
) -> None:
    """Start the parts, report when people can come in, start again what ends, stop all at SIGINT or SIGTERM.

    Parameters
    ----------
    parts : list of Part
        In starting order; they are stopped in the opposite one.
    settings : Settings
        For the addresses that tell when all is ready.
    on_ready : callable
        Called once.
    say : callable (text) → None
        Reports a part that ended and was started again.

    Raises
    ------
    OperatorError
        The installation does not become ready; names the part and the end of its log.
    """
    stopping = False

    def ask_to_stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    earlier = {number: signal.signal(number, ask_to_stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        for part in parts:
            part.start()
        deadline = time.monotonic() + READY_WITHIN_S
        is_ready = False
        while not stopping:
            for part in parts:
                watch_part(part, say)
            if not is_ready and answers(settings):
                is_ready = True
                on_ready()
            if not is_ready and time.monotonic() > deadline:
                raise not_ready(parts)
            time.sleep(0.25)
    finally:
        for part in reversed(parts):
            part.stop()
        for number, handler in earlier.items():
            signal.signal(number, handler)


def watch_part(part: Part, say: Callable[[str], None]) -> None:
    """Start a part again that has ended: at once the first times, later with a pause.

    Raises
    ------
    OSError
        The program cannot be started.
    """
    assert part.process is not None
    now = time.monotonic()
    if part.process.poll() is None:
        return
    if part.restart_at == 0.0:
        part.failures += 1
        part.restart_at = now + (QUIET_RESTART_S if part.failures <= 3 else SLOW_RESTART_S)
        say(
            _("{name} ended with code {code} and is started again; its log: {log}").format(
                name=part.name, code=part.process.returncode, log=part.log
            )
        )
    elif now >= part.restart_at:
        part.restart_at = 0.0
        part.start()


def answers(settings: Settings) -> bool:
    """Tell whether hub and portal answer at the public address.

    Raises
    ------
    nothing
    """
    host = "127.0.0.1" if settings.address in ("0.0.0.0", "") else settings.address
    pages = ("hub/health", "services/portal/api/v1/health")
    return all(_is_ok(f"http://{host}:{settings.port}/{page}") for page in pages)


def _is_ok(url: str) -> bool:
    try:
        # An address of this machine, so never through a proxy of the environment.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(url, timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def not_ready(parts: list[Part]) -> OperatorError:
    """Return the error for an installation that does not come up.

    Raises
    ------
    nothing
    """
    worst = max(parts, key=lambda part: part.failures)
    tail = worst.log.read_text(errors="replace")[-800:] if worst.log.is_file() else ""
    return OperatorError(
        "not-ready",
        _("the installation does not come up"),
        where=str(worst.log),
        found=tail.strip() or _("nothing"),
        expected=_("hub and portal answer"),
        hint=_("run `hocvuso doctor`; look whether another program uses the port"),
    )
