"""``hocvuso doctor``: what this machine lacks, and what to do about it."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import HocVuSoError
from autograder.grading.code import BoxRunner
from autograder.locale import _
from hub_config.settings import Settings, read_settings

NEEDED_DISK_GIB = 2


@dataclass(frozen=True, slots=True)
class Result:
    """One thing that was looked at."""

    subject: str
    is_good: bool
    finding: str
    hint: str = ""


def examine_machine(home: Path, environ: Mapping[str, str]) -> Iterator[Result]:
    """Yield one result for each thing that an installation needs.

    Parameters
    ----------
    home : Path
        The installation's folder; it need not be there yet.
    environ : mapping
        The environment.

    Raises
    ------
    nothing
    """
    yield Result(
        "Python",
        sys.version_info >= (3, 11),
        ".".join(map(str, sys.version_info[:3])),
        "" if sys.version_info >= (3, 11) else _("install Python 3.11 or newer"),
    )
    yield _examine_home(home)
    try:
        settings = read_settings(home, environ)
    except HocVuSoError as error:
        yield Result(_("settings"), False, str(error), error.hint)
        return
    yield Result(_("settings"), True, str(settings.settings_file))
    yield from _examine_ports(settings)
    yield _examine_box()


def _examine_home(home: Path) -> Result:
    place = next(folder for folder in (home, *home.parents) if folder.exists())
    free_gib = shutil.disk_usage(place).free / 2**30
    if not os.access(place, os.W_OK):
        return Result(_("home folder"), False, str(place), _("name a folder of yours with --home"))
    is_enough = free_gib >= NEEDED_DISK_GIB
    return Result(
        _("home folder"),
        is_enough,
        _("{path}, {free} GiB free").format(path=home, free=f"{free_gib:.1f}"),
        "" if is_enough else _("make room: at least {number} GiB").format(number=NEEDED_DISK_GIB),
    )


def _examine_ports(settings: Settings) -> Iterator[Result]:
    for port in (settings.port, settings.hub_port, settings.proxy_api_port, settings.portal_port):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                yield Result(
                    _("port {number}").format(number=port),
                    False,
                    _("in use"),
                    _("that is right while the installation runs; else choose another one with --port"),
                )
            else:
                yield Result(_("port {number}").format(number=port), True, _("free"))


def _examine_box() -> Result:
    """Attack a box: no code is graded, and no learner's server started, on a machine where one gets through."""
    faults = BoxRunner().probe()
    if faults:
        return Result(_("box for learners' code"), False, "; ".join(map(str, faults)), faults[0].hint)
    return Result(_("box for learners' code"), True, _("tight"))
