"""Starts one learner's server: ``python -m hub_config.learner_main``."""

from __future__ import annotations

import sys


def main() -> None:
    """Run JupyterHub's single-user server, without a second of start-up that only one rare check needs.

    jsonschema imports ``rfc3987_syntax`` where it is installed, which compiles a grammar for 1 s of processor time, to
    check the format "iri"; no schema of a learner's server has that format, and without the package it is not checked.

    Source: jsonschema 4.26.0, ``_format.py``.

    Raises
    ------
    SystemExit
        The server has ended.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    from jupyterhub.singleuser import main as serve

    serve()


if __name__ == "__main__":
    main()
