"""The page of the optional Python track: Notebook 7 with everything left out that its learners do not need.

What is left out stands in ``labconfig/page_config.json``; what is added is ``labextensions/hocvuso_track``, an
extension of JupyterLab written by hand; what JupyterLab itself may still say is translated in ``languagepack``.
"""

from __future__ import annotations

import json
from pathlib import Path

from autograder.locale import _, current_language
from hub_config.settings import PORTAL_PREFIX

PACKAGE = Path(__file__).resolve().parent
EXTENSIONS = PACKAGE / "labextensions"
SETTINGS = PACKAGE / "labsettings"
STYLE = EXTENSIONS / "hocvuso_track" / "static" / "track.css"


def list_page_data() -> dict[str, str]:
    """Return what the server adds to the page for the extension.

    Raises
    ------
    nothing
    """
    return {"hocvusoTrack": json.dumps(list_track_texts(), ensure_ascii=False)}


def read_track_style() -> str:
    """Return the page's style, with the one text that shows before any script runs.

    Raises
    ------
    OSError
        The package is not whole.
    """
    opening = json.dumps(_("Opening the optional part…"), ensure_ascii=False)
    return f":root {{ --hvs-opening: {opening}; }}\n{STYLE.read_text(encoding='utf-8')}"


def list_track_texts() -> dict[str, str]:
    """Return every text that the extension writes, in the server's language.

    Raises
    ------
    nothing
    """
    return {
        "language": current_language(),
        "portal": PORTAL_PREFIX,
        "product": "Học Vụ Số",
        "back": "← " + _("My modules"),
        "title": _("Optional part"),
        "tools": _("Tools"),
        "save": _("Save"),
        "save_hint": _("Save what you have written (Ctrl + S)"),
        "undo": _("Undo"),
        "undo_hint": _("Undo the last change in the frame you are writing in"),
        "run": _("Run"),
        "run_hint": _("Run the frame you are writing in (Shift + Enter)"),
        "stop": _("Stop"),
        "stop_hint": _("Stop what is running, for example when it takes too long"),
        "running": _("Running…"),
        "ran": _("The machine has run this frame."),
        "frame": _("Command frame {n}"),
        "given": _("Given commands {n}"),
        "run_frame": _("Run command frame {n}"),
        "leave": _("Shift + Enter: run. Esc: leave the frame."),
        "check": _("Try it out"),
        "check_frame": _("Try out command frame {n}"),
        "check_hint": _("Runs command frame {n} and compares its result with an example."),
        "check_failed": _("Command frame {n} does not run yet; see the message below that frame."),
        "saved": _("Saved"),
        "saving": _("Saving…"),
        "unsaved": _("Not saved yet"),
        "not_saved": _("What you have written could not be saved. Keep this page open; it is tried again."),
        "lost": _("The machine did not answer. Press the button again, or load the page again."),
    }
