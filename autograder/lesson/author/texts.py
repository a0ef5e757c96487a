"""The texts of the authors' pages, in the reader's language.  The page fills {names} in."""

from __future__ import annotations

from autograder.locale import _


def list_author_texts() -> dict[str, str]:
    """Return every text that the authors' pages write themselves.

    Returns
    -------
    dict
        Stable name → text of the current language.

    Raises
    ------
    nothing
    """
    return {
        # shared
        "line_found": _("found: {found}"),
        "line_expected": _("expected: {expected}"),
        "line_hint": _("What to do: {hint}"),
        "no_findings": _("Nothing to mend."),
        "findings": _("To mend: {n}"),
        "cancel": _("Cancel"),
        "close": _("Close"),
        "busy": _("One moment…"),
        "lost": _("No reply. Please run the page again."),
        "vietnamese": _("in Vietnamese"),
        "english": _("in English"),
        # start page
        "start_title": _("Write lessons"),
        "start_lead": _("Make a module, put questions into it, check it, look at it as learners do, then release it."),
        "new_module": _("New module"),
        "refresh": _("Read the list again"),
        "modules": _("Modules"),
        "no_modules": _("There is no module yet."),
        "open": _("Open the lesson"),
        "open_of": _("Open the lesson: {title}"),
        "check": _("Check"),
        "check_of": _("Check: {title}"),
        "checking": _("Checking…"),
        "preview": _("Preview"),
        "preview_of": _("Preview: {title}"),
        "preview_starting": _("Making the preview…"),
        "preview_open": _("Open the preview in a new tab"),
        "release": _("Release"),
        "release_of": _("Release: {title}"),
        "release_ask": _("Release this module now? Learners who open it from now on get this version."),
        "releasing": _("Checking, then releasing…"),
        "open_by_hand": _("Open this file in the list on the left: {path}"),
        "minutes": _("{n} minutes"),
        "module_title": _("Title"),
        "module_minutes": _("Minutes"),
        "module_code": _("Code"),
        "module_slug": _("Folder name"),
        "module_objectives": _("Objectives, one per line"),
        "module_domains": _("Work domains"),
        "module_qualities": _("Qualities"),
        "module_competences": _("Competences: {framework}"),
        "create": _("Create the module"),
        # bar of a lesson
        "bar_title": _("You are writing this lesson"),
        "new_question": _("New question"),
        "question_title": _("New question"),
        "kind": _("Kind of question"),
        "prompt": _("Task"),
        "question_id": _("Id of the question"),
        "question_points": _("Points"),
        "rows": _("Lines"),
        "row_number": _("{name} {n}"),
        "add_row": _("Add a line"),
        "remove_row": _("Remove line {n}"),
        "row_removed": _("Line {n} is removed."),
        "choose_one": _("choose"),
        "code": _("Misconception, for example MC-HTTPS"),
        "why": _("Why (shown after handing in)"),
        "within": _("Tolerance"),
        "wrong_value": _("Familiar wrong value"),
        "wrong_act": _("Wrong decision"),
        "then": _("What comes of it"),
        "dangerous": _("Dangerous: at most 40% of the points"),
        "feedback": _("Misconceptions and their sentences"),
        "feedback_code": _("Misconception {n}"),
        "feedback_text": _("Sentence of misconception {n}"),
        "add_feedback": _("Add a misconception"),
        "insert": _("Put into the lesson"),
        "inserted": _("The question {id} is in the lesson, before the end."),
        # below a question
        "review_title": _("For the author: {id}"),
        "review_unread": _("For the author: this block cannot be read"),
        "samples": _("What the samples earn here"),
        "sample": _("Sample"),
        "sample_expected": _("Expected"),
        "sample_found": _("By the key"),
        "sample_state": _("Agrees"),
        "agrees": _("✓ yes"),
        "differs": _("✗ no"),
        "no_samples": _("There is no sample yet."),
        "whole_pool": _("Show the whole pool"),
        "score": _("Points of this answer"),
        "keep_sample": _("Save as a sample"),
        "sample_name": _("Which sample"),
        "sample_says": _("What such a learner does, in one sentence"),
        "sample_points": _("Points that you expect"),
        "save": _("Save"),
        "save_anyway": _("Save with the points that I expect"),
    }
