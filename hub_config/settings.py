"""The settings of one installation: defaults, then ``HOME/settings.toml``, then the environment.

A home is laid out like this::

    settings.toml              what the operator changed (optional)
    jupyterhub_config.d/*.py   escape hatch: more configuration of JupyterHub (optional)
    secrets/                   cookie secret and tokens, readable by their owner only
    learners/<name>/           what a learner's server sees as its home
    run/                       process ids of this run
"""

from __future__ import annotations

import os
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from autograder.errors import OperatorError
from autograder.locale import DEFAULT_LANGUAGE, LANGUAGES, _

ISOLATIONS = ("box", "none")
ROSTER_SIGN_IN = "hub_config.authenticator.RosterAuthenticator"
PORTAL_PREFIX = "/services/portal/"


@dataclass(frozen=True)
class ServerLimits:
    """What one learner's server may use.

    Parameters
    ----------
    memory_mb : int
        Private memory of each of its processes, MiB.
    cpu : float
        Processors that its numeric libraries may keep busy.
    processes : int
        Processes and threads together.
    file_mb : int
        Largest file, MiB.
    open_files : int
        Descriptors of one process.
    idle_minutes : int
        Minutes without activity after which the server is stopped; answers are files and stay.
    """

    memory_mb: int = 2048
    cpu: float = 1.0
    processes: int = 256
    file_mb: int = 200
    open_files: int = 1024
    idle_minutes: int = 60


@dataclass(frozen=True)
class Settings:
    """All settings of one installation.

    Parameters
    ----------
    home : Path
        Folder of the installation, absolute.
    address : str
        Network address that people reach; ``127.0.0.1`` is this machine only, ``0.0.0.0`` every one.
    port : int
        Public port; the three below follow it unless they are given.
    hub_port, proxy_api_port, portal_port : int
        Ports on 127.0.0.1 for the hub's API, the proxy's API and the portal; 0 is ``port`` + 1, + 2, + 3.
    database_url : str
        SQLAlchemy address of the PostgreSQL database, driver psycopg.
    sign_in : str
        The hub's authenticator: our roster's, or the name or path of another one (OIDC, LDAP, LTI).
    isolation : str
        ``box``: every learner's server in its own box; ``none``: no box, for a machine with one trusted user.
    language : str
        Language of pages before somebody has chosen one.
    demo : bool
        Whether the pages say that this is a demonstration.
    limits : ServerLimits
        Limits of each learner's server.
    """

    home: Path
    address: str = "127.0.0.1"
    port: int = 8000
    hub_port: int = 0
    proxy_api_port: int = 0
    portal_port: int = 0
    database_url: str = ""
    sign_in: str = ROSTER_SIGN_IN
    isolation: str = "box"
    language: str = DEFAULT_LANGUAGE
    demo: bool = False
    limits: ServerLimits = field(default_factory=ServerLimits)

    @property
    def secrets_folder(self) -> Path:
        """Folder of the secrets."""
        return self.home / "secrets"

    @property
    def learners_folder(self) -> Path:
        """Folder of the learners' homes."""
        return self.home / "learners"

    @property
    def run_folder(self) -> Path:
        """Folder of what lasts only as long as the processes."""
        return self.home / "run"

    @property
    def extra_config_folder(self) -> Path:
        """Folder whose ``*.py`` files JupyterHub reads last."""
        return self.home / "jupyterhub_config.d"

    @property
    def settings_file(self) -> Path:
        """The file that these settings are kept in."""
        return self.home / "settings.toml"

    @property
    def portal_url(self) -> str:
        """Address of the portal on this machine, without the proxy, its prefix included, no slash at the end."""
        return f"http://127.0.0.1:{self.portal_port}{PORTAL_PREFIX}".rstrip("/")

    @property
    def hub_api_url(self) -> str:
        """Address of the hub's API on this machine."""
        return f"http://127.0.0.1:{self.hub_port}/hub/api"

    @property
    def hub_database_url(self) -> str:
        """The database address with the hub's own schema in front."""
        from autograder.database.server import normalise_url, schema_url

        return schema_url(normalise_url(self.database_url), "jupyterhub")


ENVIRONMENT: dict[str, str] = {
    "HOCVUSO_ADDRESS": "address",
    "HOCVUSO_PORT": "port",
    "HOCVUSO_HUB_PORT": "hub_port",
    "HOCVUSO_PROXY_API_PORT": "proxy_api_port",
    "HOCVUSO_PORTAL_PORT": "portal_port",
    "DATABASE_URL": "database_url",
    "HOCVUSO_DATABASE_URL": "database_url",
    "HOCVUSO_ISOLATION": "isolation",
    "HOCVUSO_LANG": "language",
    "HOCVUSO_DEMO": "demo",
}


def home_of(environ: Mapping[str, str]) -> Path:
    """Return the home named by ``HOCVUSO_HOME``, else the user's default one, absolute.

    Raises
    ------
    nothing
    """
    return Path(environ.get("HOCVUSO_HOME") or "~/.local/share/hocvuso").expanduser().resolve()


def read_settings(home: Path, environ: Mapping[str, str]) -> Settings:
    """Return the settings of an installation.

    Parameters
    ----------
    home : Path
        Its folder; it need not exist yet.
    environ : mapping
        The environment; see `ENVIRONMENT` for the names that count.

    Returns
    -------
    Settings
        Checked, all four ports set.

    Raises
    ------
    OperatorError
        A key is unknown, or a value has the wrong type or is out of range.
    """
    home = home.expanduser().resolve()
    where = str(home / "settings.toml")
    settings = apply_values(Settings(home=home), read_toml(home / "settings.toml"), where)
    for name, key in ENVIRONMENT.items():
        if environ.get(name):
            settings = apply_values(settings, {key: parse_text(key, environ[name], name)}, name)
    return check_settings(fill_ports(settings), where)


def read_toml(path: Path) -> dict[str, Any]:
    """Return the content of a TOML file, {} if it is not there.

    Raises
    ------
    OperatorError
        The file is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OperatorError(
            "settings-unreadable",
            _("the settings file cannot be read: {error}").format(error=error),
            where=str(path),
            hint=_("correct the line, or move the file away to start with the defaults"),
        ) from None


def apply_values(settings: Settings, values: Mapping[str, Any], where: str) -> Settings:
    """Return the settings with some values replaced; the given settings stay as they are.

    Raises
    ------
    OperatorError
        A key is unknown or a value has the wrong type.
    """
    limits = values.get("limits", {})
    if not isinstance(limits, Mapping):
        raise wrong_value("limits", limits, _("a table [limits]"), where)
    known = {
        spec.name: getattr(settings, spec.name) for spec in fields(Settings) if spec.name not in ("home", "limits")
    }
    changed = checked_values({name: value for name, value in values.items() if name != "limits"}, known, where)
    new_limits = checked_values(limits, asdict(settings.limits), where, prefix="limits.")
    return replace(settings, **changed, limits=replace(settings.limits, **new_limits))


def checked_values(values: Mapping[str, Any], known: Mapping[str, Any], where: str, prefix: str = "") -> dict[str, Any]:
    """Return ``values`` if each is known and of the type of its counterpart in ``known``.

    Raises
    ------
    OperatorError
        One is not.
    """
    for name, value in values.items():
        if name not in known:
            raise OperatorError(
                "settings-unknown-key",
                _("the setting {name} is not known").format(name=prefix + name),
                where=where,
                found=name,
                expected=", ".join(sorted(known)),
                hint=_("correct its spelling or remove it"),
            )
        wanted = type(known[name])
        fits = type(value) is wanted or (wanted is float and type(value) is int)
        if not fits:
            raise wrong_value(prefix + name, value, wanted.__name__, where)
    return dict(values)


def wrong_value(name: str, found: Any, expected: Any, where: str) -> OperatorError:
    """Return the error of a setting with a wrong value.

    Raises
    ------
    nothing
    """
    return OperatorError(
        "settings-wrong-value",
        _("the setting {name} has a wrong value").format(name=name),
        where=where,
        found=found,
        expected=expected,
        hint=_("correct the value or remove the line"),
    )


def parse_text(key: str, text: str, where: str) -> Any:
    """Return the value of an environment variable in the type of its setting.

    Raises
    ------
    OperatorError
        The text is not of that type.
    """
    default = next(spec.default for spec in fields(Settings) if spec.name == key)
    if isinstance(default, bool):
        return text.lower() in ("1", "true", "yes")
    if isinstance(default, int):
        if not text.isdecimal():
            raise wrong_value(key, text, "int", where)
        return int(text)
    return text


def fill_ports(settings: Settings) -> Settings:
    """Return the settings with the three inner ports set.

    Raises
    ------
    nothing
    """
    return replace(
        settings,
        hub_port=settings.hub_port or settings.port + 1,
        proxy_api_port=settings.proxy_api_port or settings.port + 2,
        portal_port=settings.portal_port or settings.port + 3,
    )


def check_settings(settings: Settings, where: str) -> Settings:
    """Return the settings if they make sense together.

    Raises
    ------
    OperatorError
        A value is out of range, or two ports are the same.
    """
    ports = {name: getattr(settings, name) for name in ("port", "hub_port", "proxy_api_port", "portal_port")}
    for name, port in ports.items():
        if not 1 <= port <= 65_535:
            raise wrong_value(name, port, "1–65535", where)
    if len(set(ports.values())) != len(ports):
        raise wrong_value("port", sorted(ports.values()), _("four different ports"), where)
    if settings.isolation not in ISOLATIONS:
        raise wrong_value("isolation", settings.isolation, " | ".join(ISOLATIONS), where)
    if settings.language not in LANGUAGES:
        raise wrong_value("language", settings.language, " | ".join(LANGUAGES), where)
    for name, value in asdict(settings.limits).items():
        if value <= 0:
            raise wrong_value(f"limits.{name}", value, "> 0", where)
    return settings


def write_settings(settings: Settings) -> None:
    """Keep in ``settings.toml`` what differs from the defaults, readable by its owner only.

    Raises
    ------
    OSError
        The home cannot be written.
    """
    default = Settings(home=settings.home)
    lines = [
        f"{spec.name} = {as_toml(getattr(settings, spec.name))}"
        for spec in fields(Settings)
        if spec.name not in ("home", "limits") and getattr(settings, spec.name) != getattr(default, spec.name)
    ]
    changed = {k: v for k, v in asdict(settings.limits).items() if v != getattr(default.limits, k)}
    if changed:
        lines += ["", "[limits]", *(f"{name} = {as_toml(value)}" for name, value in changed.items())]
    settings.home.mkdir(parents=True, exist_ok=True)
    write_private(settings.settings_file, "\n".join(lines) + "\n")


def as_toml(value: str | int | float | bool) -> str:
    """Return a plain value as TOML.

    Raises
    ------
    nothing
    """
    import json

    return json.dumps(value, ensure_ascii=False)  # for these types TOML writes what JSON writes


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    partial.replace(path)


def ensure_secret(settings: Settings, name: str) -> str:
    """Return the secret of that name, 64 hexadecimal digits, made at its first use.

    Raises
    ------
    OSError
        The folder of secrets cannot be written or read.
    """
    path = settings.secrets_folder / name
    settings.secrets_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        write_private(path, secrets.token_hex(32) + "\n")
    return path.read_text(encoding="ascii").strip()


def portal_environment(settings: Settings) -> dict[str, str]:
    """Return the environment variables with which the portal meets the hub as its service ``portal``.

    Raises
    ------
    OSError
        The portal's token cannot be read or made.
    """
    return {
        "JUPYTERHUB_SERVICE_NAME": "portal",
        "JUPYTERHUB_SERVICE_PREFIX": PORTAL_PREFIX,
        "JUPYTERHUB_SERVICE_URL": f"http://127.0.0.1:{settings.portal_port}{PORTAL_PREFIX}",
        "JUPYTERHUB_CLIENT_ID": "service-portal",
        "JUPYTERHUB_API_URL": settings.hub_api_url,
        "JUPYTERHUB_API_TOKEN": ensure_secret(settings, "portal-token"),
        "JUPYTERHUB_BASE_URL": "/",
        "JUPYTERHUB_HOST": "",
        "JUPYTERHUB_OAUTH_SCOPES": '["access:services!service=portal"]',
        "JUPYTERHUB_OAUTH_ACCESS_SCOPES": '["access:services!service=portal"]',
        "JUPYTERHUB_OAUTH_CLIENT_ALLOWED_SCOPES": "[]",
    }
