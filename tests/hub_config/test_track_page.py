"""What is shipped for the page of the Python track: texts, the extension, the language pack, what is left out."""

from __future__ import annotations

import json
import re
from importlib.metadata import entry_points

import pytest
from jupyterlab_server.translation_utils import get_language_pack
from traitlets.config import Config

from autograder.locale import set_language
from hub_config.learner_server import LESSON_WIDGETS, configure_server
from hub_config.python_track import EXTENSIONS, PACKAGE, list_page_data, list_track_texts, read_track_style

SCRIPT = (EXTENSIONS / "hocvuso_track" / "static" / "remoteEntry.js").read_text(encoding="utf-8")
PACK = json.loads((PACKAGE / "languagepack" / "jupyterlab.json").read_text(encoding="utf-8"))


def test_texts_and_script_agree() -> None:
    """The script asks for no text that the server does not send, and the server sends none in vain."""
    asked = set(re.findall(r"\btexts\.([a-z_]+)", SCRIPT))
    assert asked == set(list_track_texts())


@pytest.mark.parametrize("word", ["kernel", "cell", "notebook", "traceback", "jupyter", "code"])
def test_texts_of_the_track_avoid_technical_words(word: str) -> None:
    """Neither our own texts nor the dialogs of JupyterLab name the machinery."""
    set_language("vi")
    said = [*list_track_texts().values(), *(text for key, [text] in list(PACK.items())[1:] if key)]
    assert [text for text in said if re.search(rf"\b{word}", text, re.IGNORECASE)] == []


def test_page_data_is_one_json_text() -> None:
    """The page carries the texts as JupyterLab's page configuration carries anything: as a string."""
    assert json.loads(list_page_data()["hocvusoTrack"])["language"] in ("vi", "en")


def test_language_pack_is_found_by_its_entry_point() -> None:
    """JupyterLab's own function reads the pack; a dialog that learners can meet is in it."""
    assert [entry.value for entry in entry_points(group="jupyterlab.languagepack", name="vi_VN")] == [
        "hub_config.languagepack"
    ]
    data, message = get_language_pack("vi_VN")
    assert message == ""
    assert data["jupyterlab"]["Kernel Restarting"] == ["Phiên làm việc đang khởi động lại"]


def test_placeholders_of_the_pack_are_jupyterlabs() -> None:
    """A translation may leave a value out, but it names none that is not given."""
    for key, texts in list(PACK.items())[1:]:
        for text in texts:
            assert set(re.findall(r"%\d", text)) <= set(re.findall(r"%\d", key)), key


def test_extension_says_where_it_starts() -> None:
    """JupyterLab finds the extension by its package.json; the file that it names is there."""
    folder = EXTENSIONS / "hocvuso_track"
    described = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    assert described["name"] == folder.name
    assert (folder / described["jupyterlab"]["_build"]["load"]).is_file()
    assert f'const NAME = "{folder.name}"' in SCRIPT


def test_track_asks_no_third_party() -> None:
    """Neither script nor style names another server."""
    assert "://" not in SCRIPT + read_track_style()


@pytest.mark.parametrize(("language", "locale"), [("vi", "vi_VN"), ("en", None)])
def test_dialogs_speak_the_servers_language(language: str, locale: str | None) -> None:
    """Vietnamese is JupyterLab's language by default; English needs no pack."""
    set_language(language)
    config = Config()
    configure_server(config, {})
    overrides = PACKAGE.joinpath(config.JupyterNotebookApp.app_settings_dir, "overrides.json")
    found = json.loads(overrides.read_text()) if overrides.is_file() else {}
    set_language(None)
    assert found.get("@jupyterlab/translation-extension:plugin", {}).get("locale") == locale


def test_lesson_view_does_not_load_the_track() -> None:
    """Only Notebook 7 gets the extension; the lesson view keeps its own list."""
    config = Config()
    configure_server(config, {})
    assert config.JupyterNotebookApp.extra_labextensions_path == [str(EXTENSIONS)]
    assert config.VoilaConfiguration.extension_allowlist == LESSON_WIDGETS
    assert "hocvuso_track" not in LESSON_WIDGETS
