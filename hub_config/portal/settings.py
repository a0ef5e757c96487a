"""What the portal needs to know of its installation."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from autograder.errors import OperatorError
from autograder.locale import _

DEFAULT_PORT = 10101


@dataclass(frozen=True)
class PortalSettings:
    """Addresses and secrets of the portal.

    Parameters
    ----------
    database_url : str
        SQLAlchemy URL of the installation's database.
    variant_secret_file : Path
        File with the secret from which variants are issued; at least 16 bytes.
    hub_api_url, hub_api_token : str
        The hub's API and the service's own token.
    base_url, prefix : str
        Where the hub and where the portal live on the public address; both begin and end with ``/``.
    hub_host : str
        Public host of the hub, where learners' servers have hosts of their own; else "".
    client_id : str
        OAuth client of the service at the hub.
    host, port
        Where the portal listens.
    pool_size : int
        Database connections at most.
    """

    database_url: str = field(repr=False)
    variant_secret_file: Path
    hub_api_url: str = "http://127.0.0.1:8081/hub/api"
    hub_api_token: str = field(default="", repr=False)
    base_url: str = "/"
    prefix: str = "/services/portal/"
    hub_host: str = ""
    client_id: str = "service-portal"
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    pool_size: int = 10

    @property
    def access_scope(self) -> str:
        """The hub scope that opens the portal."""
        return f"access:services!service={self.client_id.removeprefix('service-')}"

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] = os.environ) -> PortalSettings:
        """Return the settings that the hub and the operator wrote into the environment.

        Parameters
        ----------
        environ : mapping
            ``HOCVUSO_DATABASE_URL`` (else ``DATABASE_URL``), ``HOCVUSO_VARIANT_SECRET_FILE`` (else
            ``secrets/variant-key`` in ``HOCVUSO_HOME``), ``HOCVUSO_PORTAL_PORT`` (else the port of
            ``JUPYTERHUB_SERVICE_URL``), and the hub's
            own ``JUPYTERHUB_*`` variables for services.

        Returns
        -------
        PortalSettings

        Raises
        ------
        OperatorError
            ``setting-missing`` or ``setting-invalid``; names the variable.

        Source
        ------
        JupyterHub 5.5 and 6.1, jupyterhub/services/service.py: environment of a service.
        """
        home = environ.get("HOCVUSO_HOME", "")
        secret = environ.get("HOCVUSO_VARIANT_SECRET_FILE") or (home and str(Path(home) / "secrets" / "variant-key"))
        database_url = environ.get("HOCVUSO_DATABASE_URL") or environ.get("DATABASE_URL", "")
        service = urlsplit(environ.get("JUPYTERHUB_SERVICE_URL", ""))
        return cls(
            database_url=_require(database_url, "HOCVUSO_DATABASE_URL"),
            variant_secret_file=Path(_require(secret, "HOCVUSO_VARIANT_SECRET_FILE")),
            hub_api_url=environ.get("JUPYTERHUB_API_URL", cls.hub_api_url).rstrip("/"),
            hub_api_token=_require(environ.get("JUPYTERHUB_API_TOKEN", ""), "JUPYTERHUB_API_TOKEN"),
            base_url=_with_slashes(environ.get("JUPYTERHUB_BASE_URL") or "/"),
            prefix=_with_slashes(environ.get("JUPYTERHUB_SERVICE_PREFIX") or cls.prefix),
            hub_host=environ.get("JUPYTERHUB_HOST", ""),
            client_id=environ.get("JUPYTERHUB_CLIENT_ID") or cls.client_id,
            host=environ.get("HOCVUSO_PORTAL_HOST") or service.hostname or cls.host,
            port=_read_port(environ.get("HOCVUSO_PORTAL_PORT") or str(service.port or DEFAULT_PORT)),
        )

    def read_variant_secret(self) -> bytes:
        """Return the secret from which variants are issued.

        Raises
        ------
        OperatorError
            ``variant-secret-unreadable``: no such file, or fewer than 16 bytes.
        """
        try:
            secret = self.variant_secret_file.read_bytes().strip()
        except OSError as error:
            raise self._secret_unreadable(error.strerror) from error
        if len(secret) < 16:
            raise self._secret_unreadable(_("{number} bytes").format(number=len(secret)))
        return secret

    def _secret_unreadable(self, found: str | None) -> OperatorError:
        return OperatorError(
            "variant-secret-unreadable",
            _("the file with the secret for variants cannot be used"),
            where=str(self.variant_secret_file),
            found=found,
            expected=_("a readable file of at least 16 bytes"),
            hint=_("start the installation with `hocvuso up`, or set HOCVUSO_VARIANT_SECRET_FILE"),
        )


def _with_slashes(path: str) -> str:
    return "/" + path.strip("/") + "/" if path.strip("/") else "/"


def _require(value: str, name: str) -> str:
    if value:
        return value
    raise OperatorError(
        "setting-missing",
        _("a setting of the portal is missing"),
        where=name,
        found=_("nothing"),
        expected=_("a value"),
        hint=_("start the portal as a service of the hub (`hocvuso up`), or set the variable yourself"),
    )


def _read_port(text: str) -> int:
    if text.isascii() and text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    raise OperatorError(
        "setting-invalid",
        _("the port of the portal is not a port"),
        where="HOCVUSO_PORTAL_PORT",
        found=text,
        expected="1–65535",
        hint=_("give a free port, for example 10101"),
    )
