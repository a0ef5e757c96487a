"""Settings: defaults, file, environment, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from autograder.errors import OperatorError
from hub_config.settings import (
    ServerLimits,
    Settings,
    ensure_secret,
    home_of,
    portal_environment,
    read_settings,
    write_settings,
)


def test_ports_follow_the_public_one(tmp_path: Path) -> None:
    """The three inner ports are the next ones, so that installations side by side need one number each."""
    settings = read_settings(tmp_path, {"HOCVUSO_PORT": "9000"})
    assert (settings.port, settings.hub_port, settings.proxy_api_port, settings.portal_port) == (9000, 9001, 9002, 9003)


def test_environment_wins_over_file(tmp_path: Path) -> None:
    """The file changes the defaults, the environment changes both."""
    (tmp_path / "settings.toml").write_text('port = 8100\nlanguage = "en"\n[limits]\nmemory_mb = 512\n')
    settings = read_settings(tmp_path, {"HOCVUSO_PORT": "8200"})
    assert settings.port == 8200
    assert settings.language == "en"
    assert settings.limits == ServerLimits(memory_mb=512)


def test_reading_twice_gives_the_defaults_again(tmp_path: Path) -> None:
    """One reading never changes the defaults of the next."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "settings.toml").write_text("[limits]\nmemory_mb = 1\n")
    read_settings(other, {})
    assert read_settings(tmp_path, {}).limits == ServerLimits()


@pytest.mark.parametrize(
    ("text", "code", "word"),
    [
        ("prot = 1", "settings-unknown-key", "prot"),
        ("[limits]\nmemory = 1", "settings-unknown-key", "limits.memory"),
        ('port = "8000"', "settings-wrong-value", "port"),
        ("demo = 1", "settings-wrong-value", "demo"),
        ("port = 70000", "settings-wrong-value", "port"),
        ("port = 8000\nhub_port = 8000", "settings-wrong-value", "port"),
        ('isolation = "docker"', "settings-wrong-value", "isolation"),
        ('language = "fr"', "settings-wrong-value", "language"),
        ("[limits]\nprocesses = 0", "settings-wrong-value", "limits.processes"),
        ("limits = 3", "settings-wrong-value", "limits"),
        ("port = = 1", "settings-unreadable", "settings"),
    ],
)
def test_wrong_settings_are_refused_with_their_place(tmp_path: Path, text: str, code: str, word: str) -> None:
    """A wrong setting names itself, the file, and what to do."""
    (tmp_path / "settings.toml").write_text(text)
    with pytest.raises(OperatorError) as caught:
        read_settings(tmp_path, {})
    error = caught.value
    assert error.code == code
    assert word in str(error)
    assert str(tmp_path / "settings.toml") in error.where
    assert error.hint


def test_wrong_environment_names_the_variable(tmp_path: Path) -> None:
    """A port that is no number is traced to the variable that holds it."""
    with pytest.raises(OperatorError) as caught:
        read_settings(tmp_path, {"HOCVUSO_PORT": "nhiều"})
    assert caught.value.where == "HOCVUSO_PORT"


def test_written_settings_are_read_back(tmp_path: Path) -> None:
    """What is written is what is read, and nobody else can read it."""
    settings = replace(Settings(home=tmp_path), port=8300, demo=True, limits=ServerLimits(cpu=2.5))
    write_settings(settings)
    assert read_settings(tmp_path, {}).limits.cpu == 2.5
    assert read_settings(tmp_path, {}).demo is True
    assert read_settings(tmp_path, {}).port == 8300
    assert (tmp_path / "settings.toml").stat().st_mode & 0o077 == 0


def test_home_comes_from_the_environment(tmp_path: Path) -> None:
    """HOCVUSO_HOME names the installation."""
    assert home_of({"HOCVUSO_HOME": str(tmp_path)}) == tmp_path.resolve()
    assert home_of({}).is_absolute()


def test_secrets_stay_and_are_private(tmp_path: Path) -> None:
    """A secret is made once, is the same at every later use, and only its owner can read it."""
    settings = Settings(home=tmp_path)
    first = ensure_secret(settings, "portal-token")
    assert ensure_secret(settings, "portal-token") == first
    assert ensure_secret(settings, "proxy-token") != first
    assert len(first) == 64
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0
    assert (tmp_path / "secrets" / "portal-token").stat().st_mode & 0o077 == 0


def test_portal_gets_its_token_and_addresses(tmp_path: Path) -> None:
    """The portal's environment names the hub's API, its own prefix and its token."""
    settings = read_settings(tmp_path, {"HOCVUSO_PORT": "9000"})
    environment = portal_environment(settings)
    assert environment["JUPYTERHUB_API_URL"] == "http://127.0.0.1:9001/hub/api"
    assert environment["JUPYTERHUB_SERVICE_PREFIX"] == "/services/portal/"
    assert environment["JUPYTERHUB_API_TOKEN"] == ensure_secret(settings, "portal-token")
    assert settings.portal_url == "http://127.0.0.1:9003/services/portal"
