"""Settings in, JupyterHub's configuration out; no hub is started."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from traitlets.config import Config

from hub_config.apply import SUBJECTS, apply_settings
from hub_config.settings import ServerLimits, Settings, fill_ports

DATABASE = "postgresql+psycopg://hub:word@db.example.test/academy"


def configure(home: Path, **changes: Any) -> Any:
    """Return the configuration that follows from settings."""
    c = Config()
    apply_settings(c, fill_ports(replace(Settings(home=home, database_url=DATABASE), **changes)))
    return c


@pytest.mark.parametrize(
    ("changes", "section", "name", "value"),
    [
        ({}, "JupyterHub", "bind_url", "http://127.0.0.1:8000"),
        ({"address": "0.0.0.0", "port": 80}, "JupyterHub", "bind_url", "http://0.0.0.0:80"),
        ({}, "JupyterHub", "hub_bind_url", "http://127.0.0.1:8001"),
        ({"hub_port": 9}, "JupyterHub", "hub_bind_url", "http://127.0.0.1:9"),
        ({}, "JupyterHub", "default_url", "/services/portal/"),
        ({}, "JupyterHub", "allow_named_servers", False),
        ({}, "JupyterHub", "authenticator_class", "hub_config.authenticator.RosterAuthenticator"),
        ({"sign_in": "generic-oauth"}, "JupyterHub", "authenticator_class", "generic-oauth"),
        ({}, "RosterAuthenticator", "database_url", DATABASE),
        ({}, "ConfigurableHTTPProxy", "api_url", "http://127.0.0.1:8002"),
        ({}, "BoxSpawner", "isolation", "box"),
        ({"isolation": "none"}, "BoxSpawner", "isolation", "none"),
        ({}, "BoxSpawner", "portal_url", "http://127.0.0.1:8003/services/portal"),
        ({"limits": ServerLimits(memory_mb=10)}, "BoxSpawner", "mem_limit", 10 * 2**20),
        ({"limits": ServerLimits(processes=9)}, "BoxSpawner", "process_limit", 9),
        ({"language": "en"}, "BoxSpawner", "language", "en"),
    ],
)
def test_setting_reaches_its_trait(
    tmp_path: Path, changes: dict[str, Any], section: str, name: str, value: Any
) -> None:
    """Each setting ends in the trait that it is about."""
    assert configure(tmp_path, **changes)[section][name] == value


def test_hub_uses_its_own_schema(tmp_path: Path) -> None:
    """The hub's tables lie in the schema jupyterhub of the one database."""
    url = configure(tmp_path).JupyterHub.db_url
    assert url.startswith(DATABASE)
    assert "options=-csearch_path%3Djupyterhub" in url


def test_home_is_hidden_from_every_server(tmp_path: Path) -> None:
    """No learner's server sees the installation's folder, wherever it lies."""
    assert configure(tmp_path).BoxSpawner.hidden_folders == [str(tmp_path)]


def test_portal_is_a_service_with_its_own_token(tmp_path: Path) -> None:
    """The portal runs by itself: an address and a token, no command; people are not asked to confirm it."""
    services = {service["name"]: service for service in configure(tmp_path).JupyterHub.services}
    assert services["portal"]["url"] == "http://127.0.0.1:8003"
    assert services["portal"]["api_token"] == (tmp_path / "secrets" / "portal-token").read_text().strip()
    assert services["portal"]["oauth_no_confirm"] is True
    assert "command" not in services["portal"]
    assert "--timeout=3600" in services["idle-culler"]["command"]


def test_roles_give_no_more_than_needed(tmp_path: Path) -> None:
    """Nobody gets an administrator's scope; people and their servers may call the portal."""
    roles = {role["name"]: role for role in configure(tmp_path).JupyterHub.load_roles}
    scopes = {scope for role in roles.values() for scope in role["scopes"]}
    assert not any(scope.startswith("admin") for scope in scopes)
    assert "access:services!service=portal" in roles["user"]["scopes"]
    assert "access:services!service=portal" in roles["server"]["scopes"]
    assert roles["portal"]["services"] == ["portal"]


def test_pages_may_load_nothing_foreign(tmp_path: Path) -> None:
    """The hub's pages take scripts, styles and pictures from the hub alone and are shown in no frame."""
    policy = configure(tmp_path).JupyterHub.tornado_settings["headers"]["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy


def test_applying_twice_is_applying_once(tmp_path: Path) -> None:
    """Everything is set and nothing appended, so a second pass changes nothing."""
    c = Config()
    settings = fill_ports(Settings(home=tmp_path, database_url=DATABASE))
    apply_settings(c, settings)
    before = {name: dict(section) for name, section in c.items()}
    for update in SUBJECTS[:-1]:  # the pages' texts are functions, made anew
        update(c, settings)
    assert {name: dict(section) for name, section in c.items()} == before
