"""What the page shows of classify."""

from __future__ import annotations

from typing import Any

from autograder.locale import _
from autograder.questions.kinds.classify.block import ClassifyItem, ClassifyQuestion
from autograder.questions.kinds.classify.labels import find_path, list_tree, read_label
from autograder.questions.model import read_text

# What stands between the folders of a path.
PATH_MARK = " › "


def describe(question: ClassifyQuestion) -> dict[str, Any]:
    """Return what the page shows: the look, the labels in the order of their tree, what else is asked.

    Raises
    ------
    nothing
    """
    shown: dict[str, Any] = {"labels": [_describe_label(question, name) for name in list_tree(question.labels)]}
    if question.look:
        shown["look"] = question.look
    if question.evidence:
        shown["evidence"] = read_text(question.evidence)
    if question.reasons:
        shown["reasons"] = [{"id": name, "text": read_text(text)} for name, text in question.reasons.items()]
        shown["reasons_prompt"] = read_text(question.reasons_prompt)
    return shown


def _describe_label(question: ClassifyQuestion, name: str) -> dict[str, Any]:
    shown: dict[str, Any] = {"id": name, "text": read_label(question.labels[name])}
    path = find_path(question.labels, name)
    if len(path) > 1:
        shown |= {"under": path[-2], "path": PATH_MARK.join(read_label(question.labels[one]) for one in path)}
    return shown if name in question.choices else shown | {"group": True}


def describe_item(item: ClassifyItem) -> dict[str, Any]:
    """Return what the page shows of an item beside the common fields: what its parts are.

    Raises
    ------
    nothing
    """
    roles = {part.id: part.role for part in item.parts if part.role}
    signs = {part.id: part.sign for part in item.parts if part.sign}
    return {name: value for name, value in (("roles", roles), ("signs", signs)) if value}


def get_texts() -> dict[str, str]:
    """Return the texts that the page writes itself.

    Raises
    ------
    nothing
    """
    return {
        "label_choose": _("Choose one"),
        "label_none": _("Not chosen yet"),
        "reasons_ask": _("Why? Choose every reason that holds."),
        "mail_list": _("Mailbox"),
        "mail_place": _("Mail {n} of {all}"),
        "mail_sorted": _("Sorted: {label}"),
        "mail_unsorted": _("Not sorted yet"),
        "mail_opened": _("Opened: {subject}"),
        "mail_actions": _("Where does this mail belong?"),
        "mail_next": _("Next mail"),
        "mail_back": _("Back to the list"),
        "folder_files": _("Files"),
        "folder_tree": _("Folders"),
        "folder_help": _(
            "Choose a file, then a folder and “Move here”. The arrow keys go from folder to folder. Or choose the "
            "folder beside the file."
        ),
        "folder_unplaced": _("Not in a folder yet"),
        "folder_count": _("Files: {n}"),
        "folder_empty": _("Empty"),
        "folder_pick": _("Choose"),
        "folder_picked": _("Chosen: {file}. Go to a folder and press “Move here”."),
        "folder_dropped": _("No file is chosen any more."),
        "folder_move": _("Move here"),
        "folder_moved": _("{file}: now in {folder}"),
        "sign_panel": _("Result of the signature check"),
        "sign_overall": _("Overall:"),
        "sign_ok": _("Good"),
        "sign_warn": _("Warning"),
        "sign_bad": _("Error"),
        "sign_none": _("Missing"),
        "sign_details": _("Details"),
    }
