"""``nbgrader export --exporter=autograder.gradebook.export.CompletionExporter``: the gradebook feeds the records."""

from __future__ import annotations

from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.plugins.export import ExportPlugin
from traitlets import Unicode


class CompletionExporter(ExportPlugin):
    """Derive completion records from the gradebook, store them, and write them by person or by unit.

    The gradebook is read in a constant number of SQL statements, whatever the number of learners. The gradebook and
    the records are schemas of one PostgreSQL database; nbgrader's own connection reaches both.
    """

    what = Unicode("completions", help="completions (by person) or units (head counts)").tag(config=True)
    unit = Unicode("", help="only this unit and those below it; every unit without it").tag(config=True)

    def export(self, gradebook: Gradebook) -> None:
        """Write the table to ``--to`` (``completions.csv`` or ``units.csv`` without it); JSON where it ends so.

        Parameters
        ----------
        gradebook : Gradebook
            Opened by nbgrader on the installation's database.

        Raises
        ------
        OperatorError
            The gradebook is not the installation's: it has no completion records beside it.
        StaffError
            The unit or the format is unknown, or the file cannot be written.
        """
        # The records stand below the gradebook in the flow; only this plug-in, an entry from outside, joins the two.
        from autograder.reports.export import export_table, require_records

        conn = gradebook.db.connection()
        require_records(conn)
        target = Path(self.to or f"{self.what}.csv")
        number = export_table(
            conn, self.what, target, unit=self.unit or None, slugs=self.assignment, people=self.student
        )
        gradebook.db.commit()
        self.log.info("Wrote %d rows to %s", number, target)
