"""Who gets which answer from which page and which call of the API."""

from __future__ import annotations

import pytest

from hub_config.portal.settings import PortalSettings  # noqa: F401
