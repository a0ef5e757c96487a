"""A learner's server reads this file: what it serves, and what it leaves out."""

import os

from hub_config.learner_server import configure_server

c = get_config()  # type: ignore[name-defined]  # noqa: F821
configure_server(c, os.environ)
