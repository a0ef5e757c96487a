"""The sentence for each mistake that a formula can have."""

from __future__ import annotations

from autograder.locale import _
from autograder.questions.formulas import FormulaError


def explain_error(error: FormulaError) -> str:
    """Return one sentence that says what is wrong with a formula and what to do.

    Raises
    ------
    nothing
    """
    sentences = {
        "too-long": _("The formula is longer than {detail} characters."),
        "too-deep": _("More than {detail} brackets stand inside each other."),
        "too-much": _("The formula reads too many cells or gives too long a text; please use smaller ranges."),
        "empty": _("Nothing stands behind the equals sign."),
        "no-equals": _("A formula begins with the sign =."),
        "quote": _("A text is not closed: quotation marks stand before and after it."),
        "sign": _("The sign {detail} cannot stand here."),
        "unexpected": _("{detail} cannot stand in this place; perhaps a sign or a semicolon is missing before it."),
        "unfinished": _("The formula is not finished: something is missing at its end."),
        "bracket-open": _("A closing bracket is missing."),
        "bracket-closed": _("There is one closing bracket too many."),
        "range": _("A range names its first and its last cell, for example A2:A9."),
        "name": _("The word {detail} is not known; text stands in quotation marks."),
        "function": _("The function {detail} is not known here."),
        "function-near": _("This function is not known; perhaps {detail} is meant."),
        "function-without-bracket": _("An opening bracket follows the function {detail}."),
        "few-arguments": _("{detail} needs more arguments; they are separated by semicolons."),
        "many-arguments": _("{detail} has too many arguments."),
        "pairs": _("Every range of conditions needs its condition."),
        "wrong-type": _("A text stands where a number is needed."),
        "range-as-value": _("A range stands where one cell is needed."),
        "shapes-differ": _("The ranges have different sizes."),
        "divided-by-zero": _("A number is divided by 0 or by an empty cell."),
        "not-found": _("The value looked for was not found."),
        "number-range": _("A number is out of range."),
        "outside": _("The formula points outside the sheet."),
        "circular": _("The formula refers to its own cell, directly or through others."),
    }
    return sentences[error.problem].format(detail=error.detail)
