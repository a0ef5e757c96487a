"""The one step that we add to nbgrader's release pipeline."""

from __future__ import annotations

from typing import Any

from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.release.blocks import publish_block


class StripKeys(NbGraderPreprocessor):
    """Leave the learner's copy of every ``%%question`` and ``%%check`` cell without key, score and feedback.

    It runs after ``SaveCells``, which has put the full source into the gradebook, and before the second
    ``ComputeChecksums``.
    """

    def preprocess_cell(self, cell: Any, resources: dict[str, Any], cell_index: int) -> tuple[Any, dict[str, Any]]:
        """Return the cell with the public part of its block.

        Raises
        ------
        ContentError
            The block cannot be read.
        """
        del cell_index
        if cell.cell_type == "code":
            cell.source = publish_block(cell.source)
        return cell, resources
