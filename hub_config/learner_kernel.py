"""The Python that runs a learner's lesson: ``python -m hub_config.learner_kernel -f CONNECTION_FILE``."""

from __future__ import annotations

import sys
from typing import Any


def main() -> None:
    """Run ipykernel so that it listens on no network port, and without slow imports.

    With messages over files (``transport = "ipc"``) two ports remain: the debugger's, which is not there without the
    package debugpy, and one on which processes that a cell has forked send what they print. A lesson has no use for
    either, and learners share the machine's 127.0.0.1.

    Source: ipykernel 7.4.0, ``debugger.py``, ``iostream.py``. For the second package see `hub_config.learner_main`.

    Raises
    ------
    SystemExit
        The kernel has ended.
    """
    for name in ("debugpy", "rfc3987_syntax"):
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]
    from ipykernel import iostream, kernelapp

    class PortlessIOPubThread(iostream.IOPubThread):
        def __init__(self, socket: Any, pipe: bool = False, **options: Any) -> None:  # noqa: ARG002
            super().__init__(socket, pipe=False, **options)

    kernelapp.IOPubThread = PortlessIOPubThread  # type: ignore[misc,assignment]
    kernelapp.launch_new_instance()


if __name__ == "__main__":
    main()
