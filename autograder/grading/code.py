"""Learners' code in a box, asked for one value at a time; the verdict is reached here, outside it."""

from __future__ import annotations

import json
import os
import secrets
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.box import Box, Limits, probe_box, start_box
from autograder.errors import OperatorError
from autograder.locale import _

MAX_REPLY_BYTES = 2**20
WORK = "/home/nguoi-hoc"


class BoxError(OperatorError):
    """The box did not work: the machine's fault, so the submission is graded later, never 0."""


@dataclass(frozen=True, slots=True)
class RunCell:
    """Run a cell's source."""

    source: str


@dataclass(frozen=True, slots=True)
class AskValue:
    """Ask for the value of an expression, with these names set beside the learner's own."""

    check: str
    call: str
    values: Mapping[str, Any]


Step = RunCell | AskValue


@dataclass(frozen=True, slots=True)
class Claim:
    """What the box said of one expression: a JSON value, or a fault's code (``error``, ``time-limit``, …)."""

    value: Any = None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class BoxLimits:
    """What one submission may use."""

    start_s: float = 30.0
    step_s: float = 10.0
    total_s: float = 60.0
    cpu_s: int = 45
    memory: int = 2 * 2**30
    processes: int = 64
    file_size: int = 16 * 2**20
    scratch: int = 64 * 2**20


class BoxRunner:
    """Runs the steps of one submission in one box.

    Parameters
    ----------
    limits : BoxLimits
        Time, memory, processes, file sizes.
    """

    def __init__(self, limits: BoxLimits | None = None) -> None:
        self.limits = limits or BoxLimits()
        self._faults: list[OperatorError] | None = None

    def probe(self) -> list[OperatorError]:
        """Attack a box of this machine, once, and return what got through or why none can be built.

        Raises
        ------
        nothing
        """
        if self._faults is None:
            self._faults = probe_box()
        return self._faults

    def __call__(self, steps: Sequence[Step], files: Mapping[str, bytes]) -> list[Claim]:
        """Return one claim for each `AskValue` of ``steps``, in order.

        Parameters
        ----------
        steps : sequence of RunCell or AskValue
            In the order of the notebook.
        files : mapping of relative path to bytes
            The module's own data files, readable from the learner's folder.

        Returns
        -------
        list[Claim]
            Once the process has ended or run over its time, the claims that are left are faults.

        Raises
        ------
        BoxError
            The box could not be built, did not become ready, or an attack on it got through.
        """
        for fault in self.probe():
            raise _box_error(str(fault))
        with tempfile.TemporaryDirectory(prefix="hocvuso-box-") as folder:
            write_files(Path(folder), files)
            conversation = _Conversation(self._box(Path(folder), files), self.limits)
            try:
                return conversation.hold(steps)
            finally:
                conversation.end()

    def _box(self, folder: Path, files: Mapping[str, bytes]) -> Box:
        tops = sorted({Path(name).parts[0] for name in files})
        return Box(
            command=(sys.executable, "-I", "-m", "autograder.grading.box_child"),
            cwd=WORK,
            environment={
                "HOME": WORK,
                "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
                "LANG": "C.UTF-8",
                "TMPDIR": "/tmp",
                "IPYTHONDIR": "/tmp/ipython",
                "MPLCONFIGDIR": "/tmp/matplotlib",
                "MPLBACKEND": "agg",
                "OPENBLAS_NUM_THREADS": "1",
                "PYTHONDONTWRITEBYTECODE": "1",
            },
            scratch=(("/tmp", self.limits.scratch), ("/dev/shm", 2**20), (WORK, self.limits.scratch)),
            readonly=tuple((folder / top, f"{WORK}/{top}") for top in tops),
            network=False,
            limits=Limits(
                cpu_s=self.limits.cpu_s,
                memory=self.limits.memory,
                processes=self.limits.processes,
                file_size=self.limits.file_size,
                open_files=256,
            ),
        )


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files below a folder so that a box's user can read them.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    folder.chmod(0o755)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


class _Conversation:
    """One box, its requests and its replies.  Its replies are bounded in size and time, and never trusted."""

    def __init__(self, box: Box, limits: BoxLimits) -> None:
        self.limits = limits
        requests_out, requests_in = os.pipe()
        replies_out, replies_in = os.pipe()
        self.requests, self.replies = requests_in, replies_out
        self.buffer = b""
        self.deadline = time.monotonic() + limits.start_s + limits.total_s
        moved = _duplicate_high(requests_out), _duplicate_high(replies_in)
        try:
            self.process = start_box(
                _with_descriptors(box, moved),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=moved,
                start_new_session=True,
            )
        except OSError as error:
            raise _box_error(str(error)) from error
        finally:
            for number in (requests_out, replies_in, *moved):
                os.close(number)

    def hold(self, steps: Iterable[Step]) -> list[Claim]:
        """Go through the steps; a step without an answer ends the conversation for all that follow."""
        if self._exchange({"run": ""}, self.limits.start_s) != {"done": True}:
            raise _box_error(f"exit code {self.process.poll()}")
        self.deadline = time.monotonic() + self.limits.total_s
        claims: list[Claim] = []
        fault = ""
        for step in steps:
            if isinstance(step, RunCell):
                if not fault:
                    reply = self._exchange({"run": step.source}, self.limits.step_s)
                    fault = "" if reply is not None else self._fault()
            elif fault:
                claims.append(Claim(fault=fault))
            else:
                claim = self._ask(step)
                claims.append(claim)
                fault = claim.fault if claim.fault in ("time-limit", "ended") else ""
        return claims

    def end(self) -> None:
        """Kill what is left.  The box's first process takes every other one of the box with it."""
        for number in (self.requests, self.replies):
            with suppress(OSError):
                os.close(number)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, 9)
        self.process.wait()

    def _ask(self, step: AskValue) -> Claim:
        nonce = secrets.token_hex(8)
        reply = self._exchange({"id": nonce, "call": step.call, "with": dict(step.values)}, self.limits.step_s)
        if reply is None:
            return Claim(fault=self._fault())
        if reply.get("id") != nonce:
            return Claim(fault="forged-reply")
        if "value" in reply:
            return Claim(value=reply["value"])
        fault = reply.get("fault")
        return Claim(fault=fault if isinstance(fault, str) and len(fault) <= 40 else "error")

    def _fault(self) -> str:
        return "ended" if self.process.poll() is not None else "time-limit"

    def _exchange(self, request: dict[str, Any], wait_s: float) -> dict[str, Any] | None:
        """Send one request and return its reply; None once there is none in time, in size or in form."""
        line = json.dumps(request, ensure_ascii=False).encode() + b"\n"
        until = min(time.monotonic() + wait_s, self.deadline)
        try:
            while line:
                if not select.select([], [self.requests], [], max(0.0, until - time.monotonic()))[1]:
                    return None
                line = line[os.write(self.requests, line[:65536]) :]
            while b"\n" not in self.buffer:
                if not select.select([self.replies], [], [], max(0.0, until - time.monotonic()))[0]:
                    return None
                received = os.read(self.replies, 65536)
                self.buffer += received
                if not received or len(self.buffer) > MAX_REPLY_BYTES:
                    self.process.kill()
                    self.process.wait()
                    return None
        except BrokenPipeError:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=1)
            return None
        first, self.buffer = self.buffer.split(b"\n", 1)
        try:
            reply = json.loads(first, parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            return {"fault": "forged-reply"}
        return reply if isinstance(reply, dict) else {"fault": "forged-reply"}


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _duplicate_high(number: int) -> int:
    import fcntl

    # Above every number that the box's own plumbing may use for itself.
    return fcntl.fcntl(number, fcntl.F_DUPFD, 100)


def _with_descriptors(box: Box, descriptors: tuple[int, int]) -> Box:
    from dataclasses import replace

    return replace(box, keep=descriptors, command=(*box.command, *map(str, descriptors)))


def _box_error(found: str) -> BoxError:
    return BoxError(
        "box-not-ready",
        _("the box for learners' code does not start"),
        where="bubblewrap",
        found=found,
        expected=_("a process that answers"),
        hint=_("run `hocvuso doctor`; the submission is graded once this is mended"),
    )
