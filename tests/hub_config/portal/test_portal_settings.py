"""Where the portal gets its settings from."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from autograder.errors import OperatorError
from hub_config.portal.settings import PortalSettings
from hub_config.settings import Settings, portal_environment

FULL = {
    "DATABASE_URL": "postgresql+psycopg:///x",
    "HOCVUSO_HOME": "/srv/hocvuso",
    "JUPYTERHUB_API_TOKEN": "t",
    "JUPYTERHUB_API_URL": "http://127.0.0.1:8001/hub/api/",
    "JUPYTERHUB_BASE_URL": "/hoc",
    "JUPYTERHUB_SERVICE_PREFIX": "/hoc/services/portal",
    "JUPYTERHUB_SERVICE_URL": "http://127.0.0.1:8003/hoc/services/portal/",
}


def test_the_hubs_environment_is_enough() -> None:
    """What JupyterHub gives a service, the database and the home."""
    settings = PortalSettings.from_environ(FULL)
    assert (settings.base_url, settings.prefix) == ("/hoc/", "/hoc/services/portal/")
    assert settings.hub_api_url == "http://127.0.0.1:8001/hub/api"
    assert (settings.host, settings.port) == ("127.0.0.1", 8003)
    assert settings.variant_secret_file == Path("/srv/hocvuso/secrets/variant-key")
    assert settings.access_scope == "access:services!service=portal"


def test_the_supervisors_environment_is_enough(tmp_path: Path) -> None:
    """What `hocvuso up` gives the portal is what it reads."""
    installation = Settings(tmp_path, portal_port=8043, hub_port=8041, database_url=FULL["DATABASE_URL"])
    environ = {
        **portal_environment(installation),
        "HOCVUSO_HOME": str(tmp_path),
        "DATABASE_URL": installation.database_url,
        "HOCVUSO_PORTAL_PORT": str(installation.portal_port),
    }
    settings = PortalSettings.from_environ(environ)
    assert (settings.port, settings.hub_api_url) == (8043, installation.hub_api_url)
    assert settings.hub_api_token == environ["JUPYTERHUB_API_TOKEN"]


@pytest.mark.parametrize("missing", ["DATABASE_URL", "HOCVUSO_HOME", "JUPYTERHUB_API_TOKEN"])
def test_a_missing_setting_is_named(missing: str) -> None:
    """The operator learns which variable to set."""
    with pytest.raises(OperatorError) as refused:
        PortalSettings.from_environ({key: value for key, value in FULL.items() if key != missing})
    assert refused.value.code == "setting-missing"
    assert refused.value.where.startswith("HOCVUSO_") or refused.value.where == missing


@pytest.mark.parametrize("port", ["0", "65536", "eighty", "-1", "８０"])
def test_a_port_that_is_none_is_named(port: str) -> None:
    """Only 1 to 65535 in plain digits."""
    with pytest.raises(OperatorError) as refused:
        PortalSettings.from_environ(FULL | {"HOCVUSO_PORTAL_PORT": port})
    assert (refused.value.code, refused.value.found) == ("setting-invalid", port)


@pytest.mark.parametrize("content", [None, b"", b"short", b"   \n" + b" " * 40])
def test_a_variant_secret_that_is_none_is_refused(tmp_path: Path, content: bytes | None) -> None:
    """No file, an empty or a short one never becomes a seed."""
    file = tmp_path / "variant-key"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(OperatorError) as refused:
        PortalSettings("x", file).read_variant_secret()
    assert (refused.value.code, refused.value.where) == ("variant-secret-unreadable", str(file))


def test_secrets_do_not_show_in_what_is_printed() -> None:
    """A log of the settings holds neither the token nor the database's password."""
    shown = repr(PortalSettings("postgresql://u:secret-1@h/d", Path("f"), hub_api_token="secret-2"))
    assert "secret-" not in shown


@pytest.mark.slow
def test_starting_without_settings_ends_with_a_sentence() -> None:
    """``python -m hub_config.portal`` outside the hub exits 1 and says why."""
    done = subprocess.run(
        [sys.executable, "-m", "hub_config.portal"],
        env={"PATH": "/usr/bin", "HOCVUSO_LANG": "en"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert "HOCVUSO_DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_importing_the_portal_connects_to_nothing() -> None:
    """The app module can be imported anywhere."""
    done = subprocess.run(
        [sys.executable, "-c", "import hub_config.portal.app, hub_config.portal.__main__"],
        env={"PATH": "/usr/bin"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
