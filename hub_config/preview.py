"""The preview of a module: the learner's view of the source, without keys, without a hub."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.curriculum.reader import find_module_folder, read_module
from autograder.locale import _
from hub_config.bundle import write_copy
from hub_config.learner_server import lesson_texts, update_kernels, update_lesson_view, update_server
from hub_config.local_server import LocalPage, list_folders, run_server, update_extensions


def show_preview(
    curriculum: Path,
    slug: str,
    *,
    port: int,
    opens_browser: bool,
    ends_with_input: bool,
    tell: Callable[[str], None],
) -> None:
    """Show a module as a learner sees it, until Ctrl-C; what is answered is thrown away then.

    Parameters
    ----------
    curriculum : Path
    slug : str
    port : int
        0: any free one.
    opens_browser, ends_with_input : bool
        As in ``LocalPage``.
    tell : callable
        Gets the address.

    Raises
    ------
    ContentError
        There is no such module, it cannot be read, or the learner's copy would give an answer away.
    OperatorError
        The port is taken, or nbgrader refuses.
    """
    module = read_module(find_module_folder(curriculum, slug))
    with tempfile.TemporaryDirectory(prefix="hvs-", ignore_cleanup_errors=True) as folder:
        root = Path(folder) / "xem"
        write_copy(module, root / slug)
        page = LocalPage(
            root, f"voila/render/{slug}/lesson.ipynb", configure_preview, port, opens_browser, ends_with_input
        )
        run_server(page, list_folders(Path(folder), Path(folder) / "jupyter"), tell)


def configure_preview(c: Any) -> None:
    """Set everything in the configuration of a preview: the lesson view of a learner's server.

    Raises
    ------
    nothing
    """
    update_extensions(c, ("voila.server_extension",))
    update_server(c, {})
    update_kernels(c, {})
    update_lesson_view(c, {})
    # There is no portal to go back to.
    c.VoilaConfiguration.resources = {"hocvuso": lesson_texts() | {"portal": "", "back": _("Preview: load again")}}
