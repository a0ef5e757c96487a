"""From a submission to a grade: questions from data alone, code in a box, verdicts outside it."""
