"""Settings into JupyterHub's configuration: one small function per subject.  They only set, never append."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.locale import _, current_language
from hub_config.settings import PORTAL_PREFIX, ROSTER_SIGN_IN, Settings, ensure_secret

PACKAGE = Path(__file__).resolve().parent
PORTAL_SCOPES = ["list:users", "read:users", "read:servers", "servers"]
CULLER_SCOPES = ["list:users", "read:users:activity", "read:servers", "delete:servers"]
PORTAL_ACCESS = "access:services!service=portal"
HUB_CONTENT_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'self'; frame-ancestors 'none'"
)


def apply_settings(c: Any, settings: Settings) -> None:
    """Set everything in JupyterHub's configuration that follows from the settings.

    Parameters
    ----------
    c : traitlets Config
        JupyterHub's configuration object.
    settings : Settings
        As `hub_config.settings.read_settings` returns them.

    Raises
    ------
    OSError
        The folder of secrets cannot be written.
    """
    settings.run_folder.mkdir(parents=True, exist_ok=True)
    for update in SUBJECTS:
        update(c, settings)


def update_addresses(c: Any, settings: Settings) -> None:
    """Set where people and the parts of the installation reach the hub.

    Raises
    ------
    nothing
    """
    c.JupyterHub.bind_url = f"http://{settings.address}:{settings.port}"
    c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{settings.hub_port}"
    c.JupyterHub.hub_connect_url = f"http://127.0.0.1:{settings.hub_port}"
    c.JupyterHub.default_url = PORTAL_PREFIX


def update_proxy(c: Any, settings: Settings) -> None:
    """Set the proxy: the Python port of configurable-http-proxy, made to stream (`hub_config.proxy`).

    Raises
    ------
    OSError
        The folder of secrets cannot be written.
    """
    c.ConfigurableHTTPProxy.command = [sys.executable, "-m", "hub_config.proxy"]
    c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{settings.proxy_api_port}"
    c.ConfigurableHTTPProxy.auth_token = ensure_secret(settings, "proxy-token")
    c.ConfigurableHTTPProxy.pid_file = str(settings.run_folder / "proxy.pid")
    c.ConfigurableHTTPProxy.log_level = "error"


def update_database(c: Any, settings: Settings) -> None:
    """Set the hub's database: its own schema of the one PostgreSQL database.

    Raises
    ------
    OperatorError
        The address is not one of PostgreSQL.
    """
    c.JupyterHub.db_url = settings.hub_database_url
    c.JupyterHub.db_kwargs = {"pool_pre_ping": True}
    c.JupyterHub.upgrade_db = True


def update_sign_in(c: Any, settings: Settings) -> None:
    """Set who may sign in and how long a sign-in is believed.

    Raises
    ------
    OSError
        The folder of secrets cannot be written.
    """
    ensure_secret(settings, "hub-cookie")
    c.JupyterHub.cookie_secret_file = str(settings.secrets_folder / "hub-cookie")
    c.JupyterHub.authenticator_class = settings.sign_in
    c.Authenticator.allow_all = True
    c.Authenticator.auth_refresh_age = 300
    if settings.sign_in == ROSTER_SIGN_IN:
        c.RosterAuthenticator.database_url = settings.database_url


def update_spawner(c: Any, settings: Settings) -> None:
    """Set how learners' servers are started and what each of them may use.

    Raises
    ------
    nothing
    """
    limits = settings.limits
    c.JupyterHub.spawner_class = "hub_config.spawner.BoxSpawner"
    c.JupyterHub.allow_named_servers = False
    c.BoxSpawner.learners_folder = str(settings.learners_folder)
    c.BoxSpawner.log_folder = str(settings.run_folder / "servers")
    c.BoxSpawner.hidden_folders = [str(settings.home)]
    c.BoxSpawner.isolation = settings.isolation
    c.BoxSpawner.portal_url = settings.portal_url
    c.BoxSpawner.language = settings.language
    c.BoxSpawner.process_limit = limits.processes
    c.BoxSpawner.file_limit_mb = limits.file_mb
    c.BoxSpawner.open_files_limit = limits.open_files
    c.BoxSpawner.mem_limit = limits.memory_mb * 2**20
    c.BoxSpawner.cpu_limit = float(limits.cpu)
    c.BoxSpawner.start_timeout = 60
    c.BoxSpawner.http_timeout = 60
    c.BoxSpawner.term_timeout = 10
    c.BoxSpawner.poll_interval = 10
    c.BoxSpawner.default_url = "/tree"


def update_services(c: Any, settings: Settings) -> None:
    """Set the hub's services: the portal, which runs by itself, and the culler of idle servers.

    Raises
    ------
    OSError
        The folder of secrets cannot be written.
    """
    idle_s = settings.limits.idle_minutes * 60
    c.JupyterHub.services = [
        {
            "name": "portal",
            "url": f"http://127.0.0.1:{settings.portal_port}",
            "api_token": ensure_secret(settings, "portal-token"),
            "oauth_client_id": "service-portal",
            "oauth_no_confirm": True,
            "display": False,
        },
        {
            "name": "idle-culler",
            "command": [sys.executable, "-m", "hub_config.idle_culler", f"--timeout={idle_s}"],
            "display": False,
        },
    ]


def update_roles(c: Any, settings: Settings) -> None:  # noqa: ARG001
    """Set who may do what at the hub's API: people and their servers reach the portal, the portal starts servers.

    Raises
    ------
    nothing
    """
    c.JupyterHub.load_roles = [
        {"name": "user", "scopes": ["self", PORTAL_ACCESS]},
        {"name": "server", "scopes": ["users:activity!user", "access:servers!server", PORTAL_ACCESS]},
        {"name": "portal", "scopes": PORTAL_SCOPES, "services": ["portal"]},
        {"name": "idle-culler", "scopes": CULLER_SCOPES, "services": ["idle-culler"]},
    ]


def update_pages(c: Any, settings: Settings) -> None:
    """Set the look of the hub's own pages and what their browser may load.

    Raises
    ------
    nothing
    """
    c.JupyterHub.template_paths = [str(PACKAGE / "templates" / "hub")]
    c.JupyterHub.template_vars = {
        # The hub calls what is callable, once for each page; what comes back is what the page sees.
        "_": lambda _user: _,
        "page_language": lambda _user: current_language,
        "portal_url": PORTAL_PREFIX,
        "demo": settings.demo,
        "stylesheet": read_stylesheet(),
    }
    c.JupyterHub.tornado_settings = {"headers": {"Content-Security-Policy": HUB_CONTENT_POLICY}}


def read_stylesheet() -> str:
    """Return the style of the hub's pages, which stands in each page: the hub serves no folder of ours.

    Raises
    ------
    OSError
        The package is not whole.
    """
    return (PACKAGE / "templates" / "hub" / "hub.css").read_text(encoding="utf-8")


SUBJECTS: tuple[Callable[[Any, Settings], None], ...] = (
    update_addresses,
    update_proxy,
    update_database,
    update_sign_in,
    update_spawner,
    update_services,
    update_roles,
    update_pages,
)
