"""Stops learners' servers that nobody uses: ``python -m hub_config.idle_culler`` with the culler's own options."""

from __future__ import annotations

import ctypes
import signal

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Run JupyterHub's idle culler for as long as the hub that started it; else a killed hub would leave one behind.

    Raises
    ------
    SystemExit
        The culler has ended.
    """
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    # The hub ends its services with SIGINT first; a hub that was started in the background hands that on as ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    from jupyterhub_idle_culler import main as cull

    cull()


if __name__ == "__main__":
    main()
