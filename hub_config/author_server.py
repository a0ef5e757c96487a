"""JupyterLab for a lecturer on this machine: the curriculum's folder, and nothing that leaves the machine."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.curriculum.scaffold import START_PAGE, place_start_page
from autograder.curriculum.tidying import tidy_notebook
from autograder.locale import current_language
from hub_config.learner_server import CONTENT_POLICY
from hub_config.local_server import PACKAGE, LocalPage, list_folders, run_server, update_extensions
from hub_config.python_track import SETTINGS

EXTENSIONS = PACKAGE / "authorlab" / "labextensions"


def run_author(
    curriculum: Path, home: Path, *, port: int, opens_browser: bool, ends_with_input: bool, tell: Callable[[str], None]
) -> None:
    """Run JupyterLab on a curriculum until Ctrl-C; it opens on the page where modules are made.

    Parameters
    ----------
    curriculum : Path
    home : Path
        The installation's; JupyterLab's own settings are kept there, and releases go there.
    port : int
        0: any free one.
    opens_browser, ends_with_input : bool
        As in ``LocalPage``.
    tell : callable
        Gets the address.

    Raises
    ------
    OperatorError
        The port is taken.
    OSError
        The home, or a missing start page, cannot be written.
    """
    kept = home / "author"
    kept.mkdir(parents=True, exist_ok=True)
    place_start_page(curriculum)
    with tempfile.TemporaryDirectory(prefix="hvs-", ignore_cleanup_errors=True) as scratch:
        # Read by the lessons' Python and by the commands that the pages start.
        os.environ |= {
            "HOCVUSO_HOME": str(home),
            "HOCVUSO_CURRICULUM": str(curriculum),
            "HOCVUSO_AUTHOR_ANSWERS": str(kept / "answers"),
        }
        # Jupyter Server hands its configuration to the files twice.
        warnings.filterwarnings("ignore", message="Overriding existing pre_save_hook")
        page = LocalPage(curriculum, f"lab/tree/{START_PAGE}", configure_author, port, opens_browser, ends_with_input)
        run_server(page, list_folders(Path(scratch), kept), tell)


def configure_author(c: Any) -> None:
    """Set everything in the configuration of a lecturer's JupyterLab.

    Raises
    ------
    nothing
    """
    update_extensions(c, ("jupyterlab",))
    update_files(c)
    update_lab(c)
    c.ServerApp.terminals_enabled = False
    c.ServerApp.tornado_settings = {"headers": {"Content-Security-Policy": CONTENT_POLICY}}
    c.ServerApp.log_level = 40
    c.KernelManager.transport = "ipc"
    c.KernelSpecManager.allowed_kernelspecs = {"python3"}
    c.MultiKernelManager.default_kernel_name = "python3"
    c.IPKernelApp.matplotlib = None


def update_files(c: Any) -> None:
    """Set how files are kept: lessons are saved without what they last showed, deleting is for good.

    Raises
    ------
    nothing
    """
    c.FileContentsManager.pre_save_hook = tidy_before_saving
    c.FileContentsManager.delete_to_trash = False
    # Key files and samples of .author are the lecturer's own business.
    c.ContentsManager.allow_hidden = True


def update_lab(c: Any) -> None:
    """Set JupyterLab: our extension, the server's language, nothing fetched from elsewhere.

    Raises
    ------
    nothing
    """
    # The authoring pages open files and insert questions through it.
    c.LabApp.expose_app_in_browser = True
    c.LabApp.extra_labextensions_path = [str(EXTENSIONS)]
    # Its overrides.json names the language pack; English needs none.
    c.LabApp.app_settings_dir = str(SETTINGS / current_language())
    c.LabApp.news_url = None
    c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
    c.LabApp.extension_manager = "readonly"


def tidy_before_saving(model: dict[str, Any], path: str, contents_manager: Any, **_more: Any) -> None:
    """Save a notebook without outputs, and with nbgrader's metadata as the blocks say.

    Raises
    ------
    nothing
    """
    if model.get("type") == "notebook" and isinstance(model.get("content"), dict):
        tidy_notebook(model["content"], Path(contents_manager.root_dir, path.strip("/")).parent)
