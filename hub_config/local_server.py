"""A Jupyter server for one person on this machine: the preview of a lesson, and JupyterLab for lecturers.

It listens on 127.0.0.1 only, asks for a token, reads no configuration of the machine's and writes nothing into the
person's own Jupyter folders.
"""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.errors import OperatorError
from autograder.locale import _

PACKAGE = Path(__file__).resolve().parent
ADDRESS = "127.0.0.1"


@dataclass(frozen=True)
class LocalPage:
    """What is served, and which page of it is opened."""

    # folder that the server shows
    root: Path
    # below the server's address, such as lab/tree/soan-bai.ipynb
    page: str
    # writes everything into the server's configuration that is not the same for every local server
    configure: Callable[[Any], None]
    # 0: any free one
    port: int = 0
    opens_browser: bool = True
    # end as soon as whoever started it is gone
    ends_with_input: bool = False


def list_folders(scratch: Path, kept: Path) -> dict[str, str]:
    """Return the environment that keeps Jupyter within two folders.

    Parameters
    ----------
    scratch : Path
        Sockets and process files; a short path, since a socket's name has room for 107 bytes.
    kept : Path
        Settings and workspaces, which outlive the server.

    Returns
    -------
    dict

    Raises
    ------
    nothing
    """
    return {
        "JUPYTER_CONFIG_PATH": str(PACKAGE / "authorlab"),
        "JUPYTER_PATH": os.pathsep.join([str(PACKAGE / "templates"), str(PACKAGE / "jupyter")]),
        "JUPYTER_CONFIG_DIR": str(kept / "config"),
        "JUPYTER_DATA_DIR": str(kept / "data"),
        "JUPYTER_RUNTIME_DIR": str(scratch / "run"),
        "JUPYTERLAB_SETTINGS_DIR": str(kept / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(kept / "workspaces"),
        "IPYTHONDIR": str(kept / "ipython"),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }


def choose_port(wanted: int) -> int:
    """Return a port of 127.0.0.1 that nobody listens on.

    Parameters
    ----------
    wanted : int
        0: any.

    Raises
    ------
    OperatorError
        ``port-taken``.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, wanted))
        except OSError:
            raise OperatorError(
                "port-taken",
                _("another program uses the port"),
                found=wanted,
                expected=_("a free port"),
                hint=_("end that program, or choose another port with --port"),
            ) from None
        return int(probe.getsockname()[1])


def run_server(shown: LocalPage, folders: Mapping[str, str], tell: Callable[[str], None]) -> None:
    """Serve a page until Ctrl-C.

    Parameters
    ----------
    shown : LocalPage
    folders : mapping
        Environment, as ``list_folders`` gives it.
    tell : callable
        Gets the page's address, with its token, as soon as it answers.

    Raises
    ------
    OperatorError
        The port is taken.
    """
    # Before the first import of Jupyter: some of its defaults are read then.
    os.environ.update(folders)
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # see hub_config.learner_main
    from jupyter_server.serverapp import ServerApp
    from traitlets.config import Config

    port, token = choose_port(shown.port), secrets.token_urlsafe(24)
    c = Config()
    shown.configure(c)
    update_address(c, port, token)
    c.ServerApp.root_dir = str(shown.root)
    server = ServerApp(config=c)
    server.initialize(argv=[])
    # Ctrl-C ends it at once, also one that was started in the background.
    signal.signal(signal.SIGINT, lambda *_received: server.stop(from_signal=True))
    # The address is told by us, once.
    server.log.addFilter(lambda record: record.levelno != logging.CRITICAL)
    address = f"http://localhost:{port}/{shown.page}?token={token}"
    server.io_loop.add_callback(tell, address)
    if shown.opens_browser:
        server.io_loop.add_callback(webbrowser.open, address)
    if shown.ends_with_input:
        threading.Thread(target=_stop_after_input, args=(server,), daemon=True).start()
    server.start()


def update_address(c: Any, port: int, token: str) -> None:
    """Set who reaches the server: whoever is on this machine and knows the token.

    Raises
    ------
    nothing
    """
    c.ServerApp.ip = ADDRESS
    c.ServerApp.port = port
    c.ServerApp.port_retries = 0
    c.ServerApp.allow_remote_access = False
    c.ServerApp.allow_root = True
    c.ServerApp.open_browser = False
    c.IdentityProvider.token = token


def update_extensions(c: Any, wanted: tuple[str, ...]) -> None:
    """Set the server extensions: an allow-list, whatever else is installed.

    Raises
    ------
    nothing
    """
    from jupyter_core.paths import jupyter_config_path
    from jupyter_server.extension.config import ExtensionConfigManager

    installed = ExtensionConfigManager(read_config_path=jupyter_config_path()).get_jpserver_extensions()
    c.ServerApp.jpserver_extensions = {**dict.fromkeys(installed, False), **dict.fromkeys(wanted, True)}


def _stop_after_input(server: Any) -> None:
    sys.stdin.read()
    server.stop(from_signal=True)
