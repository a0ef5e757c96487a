"""The configuration of a learner's server."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from traitlets.config import Config

import hub_config
from hub_config.learner_server import CONTENT_POLICY, DATA_FILES, configure_server, keep_formulas_local, lesson_texts

PACKAGE = Path(hub_config.__file__).parent


@pytest.fixture
def config() -> Any:
    """The configuration as a learner's server reads it."""
    c = Config()
    configure_server(c, {"HOME": "/home/nguoi-hoc"})
    return c


def test_only_listed_extensions_are_on(config: Any) -> None:
    """Everything installed is off but what the lesson view, the Python track and the hub need."""
    on = {name for name, is_on in config.ServerApp.jpserver_extensions.items() if is_on}
    assert on == {"notebook", "notebook_shim", "voila.server_extension", "hub_config.lesson_server"}
    assert config.ServerApp.jpserver_extensions["jupyterlab"] is False
    assert config.ServerApp.terminals_enabled is False


def test_kernels_listen_on_no_port(config: Any) -> None:
    """Kernels are reached through files in the box."""
    assert config.KernelManager.transport == "ipc"


@pytest.mark.parametrize(
    ("path", "served"),
    [
        ("an-toan-tai-khoan/data/so-do.svg", True),
        ("m/data/x.CSV", True),
        ("m/answers/hop-thu.json", False),
        ("m/attempt.json", False),
        ("m/lesson.ipynb", False),
        ("m/data/a/b.svg", False),
        ("m/data/../attempt.json", False),
        ("m/data/khoa.yaml", False),
        (".luot-truoc/m/1/data/x.svg", False),
        ("data/x.svg", False),
    ],
)
def test_only_data_files_are_served_by_the_lesson_view(path: str, served: bool) -> None:
    """Pictures and tables of a module, nothing else in the learner's home."""
    assert bool(re.fullmatch(DATA_FILES, path, re.IGNORECASE)) is served


def test_nothing_foreign_may_be_loaded() -> None:
    """Scripts, styles, fonts and pictures come from the server itself."""
    assert "default-src 'self'" in CONTENT_POLICY
    assert "http" not in CONTENT_POLICY
    assert "frame-ancestors 'none'" in CONTENT_POLICY


def test_formulas_need_no_public_server() -> None:
    """Voilà's default address of MathJax, a public server, is taken away; the rest of the page stays."""
    page = keep_formulas_local({"fullMathjaxUrl": "https://example.test/x.js", "kept": 1}, base_url="/", log=None)
    assert page == {"fullMathjaxUrl": "null", "mathjaxConfig": "null", "kept": 1}


def test_tracebacks_are_never_shown(config: Any) -> None:
    """An error of a cell is worded for the learner, and the template cannot be chosen by the address."""
    assert config.VoilaConfiguration.show_tracebacks is False
    assert config.VoilaConfiguration.allow_template_override == "NO"
    assert config.VoilaConfiguration.template == "hocvuso"


@pytest.mark.parametrize("word", ["kernel", "cell", "notebook", "traceback", "Jupyter"])
def test_texts_of_the_lesson_avoid_technical_words(word: str) -> None:
    """Learners never meet the machinery's words."""
    assert word.lower() not in " ".join(lesson_texts().values()).lower()


@pytest.mark.parametrize("name", ["page_config.json", "default_setting_overrides.json"])
def test_lab_configuration_is_whole(name: str) -> None:
    """Both files are JSON and switch off terminals, consoles and nbgrader's menus."""
    content = json.loads((PACKAGE / "labconfig" / name).read_text())
    if name == "page_config.json":
        off = content["disabledExtensions"]
        assert {"@jupyter/nbgrader", "@jupyterlab/terminal-extension", "@jupyterlab/console-extension"} <= set(off)


@pytest.mark.parametrize("name", ["jupyterhub_config.py", "jupyter_server_config.py", "nbgrader_config.py"])
def test_configuration_files_stay_short(name: str) -> None:
    """A configuration file says what is applied; how stands in tested functions."""
    assert len((PACKAGE / name).read_text().splitlines()) <= 25


def test_templates_name_no_foreign_address() -> None:
    """No page of ours asks a third party for anything."""
    for path in (PACKAGE / "templates").rglob("*"):
        if path.is_file() and path.suffix in (".html", ".j2", ".css", ".js"):
            assert "://" not in path.read_text(encoding="utf-8"), path
