"""``hocvuso`` commands, run for the page: the page is only a front of them."""

from __future__ import annotations

import atexit
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from autograder.errors import OperatorError
from autograder.locale import _

COMMAND = (sys.executable, "-m", "autograder.cli")
TIMEOUT_S = 300


@dataclass(frozen=True)
class Reply:
    """What a command said."""

    # what it printed as JSON; its ``error`` where it was refused
    data: dict[str, Any] = field(default_factory=dict)
    # it did what was asked; findings count as done
    is_done: bool = True

    @property
    def trouble(self) -> str:
        """Return in one text what was refused, where, and what to do; "" where nothing was.

        Raises
        ------
        nothing
        """
        error = self.data.get("error")
        if not isinstance(error, dict):
            return ""
        parts = [error.get("message"), error.get("where")]
        if error.get("found") is not None or error.get("expected") is not None:
            told = _("found {found}, expected {expected}")
            parts.append(told.format(found=error.get("found"), expected=error.get("expected")))
        return " — ".join(str(part) for part in [*parts, error.get("hint")] if part)


def run_command(*arguments: str) -> Reply:
    """Run a command and return what it says.

    Parameters
    ----------
    *arguments : str
        Without ``--json``, which is added.

    Returns
    -------
    Reply

    Raises
    ------
    nothing
    """
    try:
        done = subprocess.run(
            [*COMMAND, *arguments, "--json"],
            capture_output=True,
            text=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
            timeout=TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return _refuse(type(error).__name__)
    return _read_reply(done.stdout, done.stderr)


def _read_reply(said: str, log: str) -> Reply:
    try:
        data = json.loads(said.strip().splitlines()[-1])
    except (IndexError, ValueError):
        return _refuse((log.strip().splitlines() or ["–"])[-1][:300])
    return Reply(data, "error" not in data) if isinstance(data, dict) else Reply()


def _refuse(found: str) -> Reply:
    error = OperatorError(
        "command-failed",
        _("The command did not come to its end"),
        found=found,
        expected=_("an answer"),
        hint=_("try again; if it happens again, show this message to the operator"),
    )
    return Reply({"error": error.as_dict()}, False)


class Previews:
    """The previews that run beside this session, one per module; they end with it."""

    def __init__(self) -> None:
        self._running: dict[str, subprocess.Popen[str]] = {}
        atexit.register(self.stop)

    def start(self, slug: str) -> Reply:
        """Show a module as it is now and return its address as ``url``.

        Parameters
        ----------
        slug : str

        Returns
        -------
        Reply

        Raises
        ------
        nothing
        """
        self._stop_one(slug)
        arguments: Sequence[str] = ("preview", slug, "--no-browser", "--json", "--until-input-ends")
        try:
            process = subprocess.Popen(
                [*COMMAND, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
            )
        except OSError as error:
            return _refuse(type(error).__name__)
        self._running[slug] = process
        assert process.stdout is not None
        # The first line is the address, or what is wrong; it always comes, or the process ends.
        reply = _read_reply(process.stdout.readline(), "")
        if not reply.is_done:
            self._stop_one(slug)
        return reply

    def stop(self) -> None:
        """End them all.

        Raises
        ------
        nothing
        """
        for slug in list(self._running):
            self._stop_one(slug)

    def _stop_one(self, slug: str) -> None:
        process = self._running.pop(slug, None)
        if process is None:
            return
        try:
            if process.stdin is not None:
                process.stdin.close()
            process.wait(timeout=10)
        except (OSError, subprocess.TimeoutExpired):
            process.kill()
            process.wait()
