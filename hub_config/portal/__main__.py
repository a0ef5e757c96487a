"""Run the portal: ``python -m hub_config.portal``, as the hub does."""

from __future__ import annotations

import logging
import sys


def main() -> int:
    """Serve the portal until it is told to stop.

    Returns
    -------
    int
        0, or 1 if a setting is missing.

    Raises
    ------
    nothing
    """
    import uvicorn

    from autograder.errors import OperatorError
    from hub_config.portal.app import create_app
    from hub_config.portal.settings import PortalSettings

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs addresses, and those name people
    try:
        settings = PortalSettings.from_environ()
    except OperatorError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    # The access log would hold the addresses of people's submissions; Boundary logs the pattern instead.
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        log_config=None,
        timeout_graceful_shutdown=5,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
