"""What a learner's server serves: the lesson view, Notebook 7 for the Python track, our own pages, and no more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from autograder.locale import _, current_language
from hub_config import python_track
from hub_config.settings import PORTAL_PREFIX

PACKAGE = Path(__file__).resolve().parent
SERVER_EXTENSIONS = ("notebook", "notebook_shim", "voila.server_extension", "jupyterhub.singleuser.extension")
LESSON_EXTENSION = "hub_config.lesson_server"
# The last two register the widgets' base classes and anywidget's own.
LESSON_WIDGETS = ["@voila-dashboards/widgets-manager8", "@jupyter-widgets/jupyterlab-manager", "anywidget"]
DATA_FILES = r"[a-z0-9][a-z0-9-]*/data/[^/]+\.(svg|png|jpg|jpeg|webp|css|csv)"
# Everything comes from this server. JupyterLab compiles its schemas (eval) and anywidget imports modules (blob).
CONTENT_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; "
    "frame-ancestors 'none'; form-action 'self'"
)


def configure_server(c: Any, environ: Mapping[str, str]) -> None:
    """Set everything in the configuration of a learner's server.

    Parameters
    ----------
    c : traitlets Config
        Jupyter Server's configuration object.
    environ : mapping
        The server's environment.

    Raises
    ------
    nothing
    """
    for update in SUBJECTS:
        update(c, environ)


def update_extensions(c: Any, environ: Mapping[str, str]) -> None:  # noqa: ARG001
    """Set the server extensions: an allow-list, whatever else is installed.

    Raises
    ------
    nothing
    """
    from jupyter_core.paths import jupyter_config_path
    from jupyter_server.extension.config import ExtensionConfigManager

    installed = ExtensionConfigManager(read_config_path=jupyter_config_path()).get_jpserver_extensions()
    allowed = {name: name in SERVER_EXTENSIONS for name in installed}
    c.ServerApp.jpserver_extensions = {**allowed, LESSON_EXTENSION: True}


def update_server(c: Any, environ: Mapping[str, str]) -> None:
    """Set the server itself: its root, what its pages may load, no terminals, nothing of the machine's own set-up.

    Raises
    ------
    nothing
    """
    c.ServerApp.root_dir = environ.get("HOME", ".")
    c.ServerApp.open_browser = False
    c.ServerApp.terminals_enabled = False
    c.ServerApp.allow_remote_access = True
    c.ServerApp.tornado_settings = {"headers": {"Content-Security-Policy": CONTENT_POLICY}}
    c.ServerApp.log_level = 30
    # Voilà 0.5 asks the contents manager without awaiting, so it must be the synchronous one.
    c.ServerApp.contents_manager_class = "jupyter_server.services.contents.largefilemanager.LargeFileManager"
    c.ContentsManager.allow_hidden = False
    c.FileContentsManager.delete_to_trash = False


def update_kernels(c: Any, environ: Mapping[str, str]) -> None:  # noqa: ARG001
    """Set the kernels: the environment's own Python, reached through files of the box and not over the network.

    Raises
    ------
    nothing
    """
    c.KernelManager.transport = "ipc"
    c.KernelSpecManager.allowed_kernelspecs = {"python3"}
    c.MultiKernelManager.default_kernel_name = "python3"
    # A page says goodbye when it is closed; those of a browser that could not are ended after ten minutes.
    c.MappingKernelManager.cull_idle_timeout = 600
    c.MappingKernelManager.cull_interval = 60
    c.MappingKernelManager.cull_connected = False
    c.IPKernelApp.matplotlib = None


def update_lesson_view(c: Any, environ: Mapping[str, str]) -> None:  # noqa: ARG001
    """Set Voilà: our template, nothing but the widgets' code, data files only, never a traceback.

    Raises
    ------
    nothing
    """
    c.VoilaConfiguration.template = "hocvuso"
    c.VoilaConfiguration.allow_template_override = "NO"
    c.VoilaConfiguration.allow_theme_override = "NO"
    c.VoilaConfiguration.strip_sources = True
    c.VoilaConfiguration.show_tracebacks = False
    c.VoilaConfiguration.file_allowlist = [DATA_FILES]
    c.VoilaConfiguration.extension_allowlist = LESSON_WIDGETS
    c.VoilaConfiguration.extension_denylist = []
    c.VoilaConfiguration.page_config_hook = keep_formulas_local
    c.VoilaConfiguration.resources = {"hocvuso": lesson_texts()}


def keep_formulas_local(current_page_config: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """Return Voilà's page configuration without the address of a public server: its own MathJax is used then.

    Source: Voilà 0.5.13, packages/voila/src/tools.ts, ``shouldUseMathJax2``: the word "null" means none.

    Raises
    ------
    nothing
    """
    return {**current_page_config, "mathjaxConfig": "null", "fullMathjaxUrl": "null"}


def lesson_texts() -> dict[str, str]:
    """Return the texts of the lesson view in the server's language.

    Raises
    ------
    nothing
    """
    return {
        "language": current_language(),
        "portal": PORTAL_PREFIX,
        "skip": _("Skip to the lesson"),
        "back": _("My modules"),
        "opening": _("Opening the lesson…"),
        "opening_question": _("Opening this exercise…"),
        "ready": _("The lesson is open."),
        "autosave": _("Every answer is saved at once. You can close the page and come back at any time."),
        "failed": _("This part could not be opened. Load the page again; if it happens again, tell your instructor."),
        "stuck": _("The lesson takes longer than usual. Load the page again; every saved answer is kept."),
        "lost": _("The connection is interrupted. Answers are not being saved at the moment; it is tried again."),
        "ended": _("The lesson was closed after a long pause. Load the page again; every saved answer is kept."),
        "reload": _("Load again"),
        "table": _("Table, can be scrolled sideways"),
        "no_script": _("This page needs JavaScript; please allow it in your browser."),
    }


def update_python_track(c: Any, environ: Mapping[str, str]) -> None:  # noqa: ARG001
    """Set Notebook 7: our extension and the server's language (see `hub_config.python_track`).

    Raises
    ------
    nothing
    """
    c.JupyterNotebookApp.expose_app_in_browser = True
    c.JupyterNotebookApp.extra_labextensions_path = [str(python_track.EXTENSIONS)]
    # Its overrides.json names the language pack; English needs none.
    c.JupyterNotebookApp.app_settings_dir = str(python_track.SETTINGS / current_language())


SUBJECTS: tuple[Callable[[Any, Mapping[str, str]], None], ...] = (
    update_extensions,
    update_server,
    update_kernels,
    update_lesson_view,
    update_python_track,
)
