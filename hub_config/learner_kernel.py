"""The Python that runs a learner's lesson: ``python -m hub_config.learner_kernel -f CONNECTION_FILE``."""

from __future__ import annotations

import sys


def main() -> None:
    """Run ipykernel without its debugger, which would listen on a network port, and without slow imports.

    Source: ipykernel 7.4.0, ``debugger.py``: without the package debugpy there is no debugger. For the second package
    see `hub_config.learner_main`.

    Raises
    ------
    SystemExit
        The kernel has ended.
    """
    for name in ("debugpy", "rfc3987_syntax"):
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]
    from ipykernel.kernelapp import launch_new_instance

    launch_new_instance()


if __name__ == "__main__":
    main()
