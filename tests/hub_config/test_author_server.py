"""JupyterLab for lecturers and the preview: who reaches them, what they load, what they save."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from traitlets.config import Config

from autograder.errors import OperatorError
from autograder.lesson.author.texts import list_author_texts
from hub_config.author_server import EXTENSIONS, configure_author, tidy_before_saving
from hub_config.local_server import PACKAGE, choose_port, list_folders, update_address
from hub_config.preview import configure_preview
from hub_config.python_track import EXTENSIONS as TRACK_EXTENSIONS

SCRIPT = (EXTENSIONS / "hocvuso_author" / "static" / "remoteEntry.js").read_text(encoding="utf-8")


def read_config(configure: Any) -> Any:
    """Return the configuration that a function writes."""
    c = Config()
    configure(c)
    update_address(c, 9999, "chìa-khóa")
    return c


@pytest.mark.parametrize("configure", [configure_author, configure_preview])
def test_only_this_machine_with_the_token_is_let_in(configure: Any) -> None:
    """127.0.0.1, a token, no terminals, nothing from elsewhere."""
    c = read_config(configure)
    assert c.ServerApp.ip == "127.0.0.1"
    assert c.ServerApp.allow_remote_access is False
    assert c.IdentityProvider.token == "chìa-khóa"
    assert c.ServerApp.terminals_enabled is False
    assert "default-src 'self'" in c.ServerApp.tornado_settings["headers"]["Content-Security-Policy"]
    assert c.ServerApp.open_browser is False


def test_each_server_has_its_own_extension_only() -> None:
    """JupyterLab for lecturers, Voilà for the preview, whatever else is installed."""
    wanted = {configure_author: {"jupyterlab"}, configure_preview: {"voila.server_extension"}}
    for configure, names in wanted.items():
        extensions = read_config(configure).ServerApp.jpserver_extensions
        assert {name for name, is_on in extensions.items() if is_on} == names


def test_lab_fetches_no_news() -> None:
    """No news, no look for updates, no shop of extensions."""
    c = read_config(configure_author)
    assert c.LabApp.news_url is None
    assert c.LabApp.check_for_updates_class == "jupyterlab.NeverCheckForUpdate"
    assert c.LabApp.extension_manager == "readonly"
    assert c.LabApp.expose_app_in_browser is True


def test_the_persons_own_jupyter_is_left_alone(tmp_path: Path) -> None:
    """Every folder of Jupyter's lies in the two that are given, or in the package."""
    folders = list_folders(tmp_path / "scratch", tmp_path / "kept")
    paths = [
        Path(part) for name, text in folders.items() if name.startswith(("JUPYTER", "IPY")) for part in text.split(":")
    ]
    assert [path for path in paths if not path.is_relative_to(tmp_path) and not path.is_relative_to(PACKAGE)] == []
    assert {"JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"} <= set(folders)


def test_a_taken_port_is_refused_in_words() -> None:
    """Any free port without a wish; a taken one is an error with a remedy."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OperatorError) as caught:
            choose_port(taken.getsockname()[1])
    assert caught.value.code == "port-taken"
    assert caught.value.hint
    assert choose_port(0) > 0


def test_lessons_are_saved_without_outputs(tmp_path: Path) -> None:
    """The hook changes notebooks and nothing else."""
    cell = {"cell_type": "code", "source": "%submit_panel", "outputs": [{}], "execution_count": 3, "metadata": {}}
    model = {"type": "notebook", "content": {"cells": [dict(cell)], "metadata": {}}}
    manager = SimpleNamespace(root_dir=str(tmp_path))
    tidy_before_saving(model=model, path="source/a/lesson.ipynb", contents_manager=manager)
    assert model["content"]["cells"][0]["outputs"] == []  # type: ignore[index]
    text = {"type": "file", "content": "x"}
    tidy_before_saving(model=text, path="a.txt", contents_manager=manager)
    assert text == {"type": "file", "content": "x"}


def test_the_preview_has_no_portal_to_go_back_to() -> None:
    """Its way back loads the page again."""
    texts = read_config(configure_preview).VoilaConfiguration.resources["hocvuso"]
    assert texts["portal"] == ""


def test_the_extension_says_where_it_starts_and_asks_nobody() -> None:
    """JupyterLab finds it by its package.json; learners' pages never load it."""
    folder = EXTENSIONS / "hocvuso_author"
    described = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    assert described["name"] == folder.name
    assert (folder / described["jupyterlab"]["_build"]["load"]).is_file()
    assert f'const NAME = "{folder.name}"' in SCRIPT
    assert "://" not in SCRIPT
    assert EXTENSIONS != TRACK_EXTENSIONS


@pytest.mark.parametrize("name", ["page_config.json", "default_setting_overrides.json"])
def test_lab_configuration_is_whole(name: str) -> None:
    """Both files are JSON; terminals and nbgrader's menus are off."""
    content = json.loads((PACKAGE / "authorlab" / "labconfig" / name).read_text())
    if name == "page_config.json":
        assert {"@jupyter/nbgrader", "@jupyterlab/terminal-extension"} <= set(content["disabledExtensions"])


@pytest.mark.parametrize("word", ["kernel", "cell", "notebook", "traceback", "json", "metadata"])
def test_authors_read_no_machine_words(word: str) -> None:
    """The authoring pages speak of lessons, questions and lines."""
    assert [text for text in list_author_texts().values() if re.search(rf"\b{word}", text, re.IGNORECASE)] == []
