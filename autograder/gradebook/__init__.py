"""nbgrader's gradebook.  The only package that opens it; nbgrader's words stop here."""

COURSE = "hocvuso"
