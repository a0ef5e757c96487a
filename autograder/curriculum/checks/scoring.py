"""Rules that try the questions out: sample learners, constant answers, other draws.

Checks of code need a box and are tried where one is at hand; here they are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from autograder.curriculum.checks.finding import Finding, report
from autograder.curriculum.checks.questions import find_codes, iter_troubles
from autograder.curriculum.checks.survey import Survey
from autograder.curriculum.notebooks import name_cell
from autograder.curriculum.reader import ModuleDraft
from autograder.curriculum.samples import FULL_SAMPLE, SAMPLES_FOLDER, UNTOUCHED_SAMPLE, restrict_answer
from autograder.curriculum.source import Sample
from autograder.locale import _
from autograder.questions.kinds import KINDS
from autograder.questions.model import BaseQuestion
from autograder.questions.scoring import Score, is_fair_variant, score_answer
from autograder.questions.spec import parse_question, resolved
from autograder.questions.variants import draw_items

# Other draws under which the exemplar must be right and a constant answer worthless.
TRIAL_VARIANTS = tuple(f"thu-{number}" for number in range(1, 9))


def _sample_path(survey: Survey, module: ModuleDraft, name: str) -> str:
    return survey.relative(module.path / SAMPLES_FOLDER / f"{name}.yaml")


def _scorable(module: ModuleDraft) -> list[BaseQuestion]:
    return [question for question in module.questions if question.has_key]


def _score_sample(sample: Sample, question: BaseQuestion, variant: str) -> Score:
    answer = restrict_answer(sample.answers.get(question.id), draw_items(question, variant))
    return score_answer(question, answer, variant)


def _iter_samples(survey: Survey, name: str = "") -> Iterator[tuple[ModuleDraft, Sample, str]]:
    for module in survey.modules:
        for sample in module.samples:
            if not name or sample.name == name:
                yield module, sample, _sample_path(survey, module, sample.name)


def check_sample_form(survey: Survey) -> Iterator[Finding]:
    """Yield what keeps a sample from being read, and every id in it that the module does not have.

    Raises
    ------
    nothing
    """
    yield from iter_troubles(survey, "sample")
    for module, sample, path in _iter_samples(survey):
        if any(trouble.part in ("notebook", "block") for trouble in module.troubles):
            continue
        questions = [question.id for question in module.questions]
        graded = [*questions, *(check.id for check in module.checks)]
        solutions = [c.grade_id for n in module.notebooks for c in n.cells if c.role.value == "solution"]
        for field, known in (("answers", questions), ("solutions", solutions), ("expect", graded)):
            for name in getattr(sample, field):
                if name not in known:
                    yield report(
                        path,
                        f"{field}.{name}",
                        _("The sample speaks of a question that the module does not have"),
                        found=name,
                        expected=", ".join(known) or _("nothing"),
                        hint=_("correct the id or remove the entry"),
                    )


def check_sample_set(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for every sample that a module must have: all right, untouched, one per misconception.

    Raises
    ------
    nothing
    """
    for module in survey.modules:
        if module.table is None:
            continue
        present = {sample.name for sample in module.samples}
        unread = {trouble.path.stem for trouble in module.troubles if trouble.part == "sample"}
        codes = sorted({code.lower() for question in module.questions for code in find_codes(question)})
        for name in (FULL_SAMPLE, UNTOUCHED_SAMPLE, *codes):
            if name not in present | unread:
                yield report(
                    _sample_path(survey, module, name),
                    "",
                    _("A sample answer is missing"),
                    found=_("no file"),
                    expected=f"{name}.yaml",
                    hint=_("write what such a learner answers and the points that they get"),
                )


def check_full(survey: Survey) -> Iterator[Finding]:
    """Yield a finding where the exemplar does not earn every point, or is told anything.

    Raises
    ------
    nothing
    """
    for module, sample, path in _iter_samples(survey, FULL_SAMPLE):
        for question in _scorable(module):
            score = _score_sample(sample, question, sample.variant)
            if score.points != question.points or score.notes or score.capped:
                said = ", ".join(sorted({note.code for note in score.notes}))
                yield report(
                    path,
                    f"answers.{question.id}",
                    _("The answer that should be all right is not"),
                    found=f"{score.points:g}" + (f" ({said})" if said else ""),
                    expected=f"{question.points:g}",
                    hint=_("correct the sample, or the key"),
                )


def check_untouched(survey: Survey) -> Iterator[Finding]:
    """Yield a finding where doing nothing earns something.

    Raises
    ------
    nothing
    """
    for module, sample, path in _iter_samples(survey, UNTOUCHED_SAMPLE):
        for question in _scorable(module):
            answers: list[Any] = [sample.answers.get(question.id), None, {}, []]
            best = max(score_answer(question, answer, sample.variant).points for answer in answers)
            if best > 0:
                yield report(
                    path,
                    f"answers.{question.id}",
                    _("The learner who did nothing gets points"),
                    found=f"{best:g}",
                    expected="0",
                    hint=_("leave answers empty in this sample"),
                )


def check_expected(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for every sample that gets other points than its author says, in either of two runs.

    The first run takes the author's question, the second the copy that a release hands to the graders.

    Raises
    ------
    nothing
    """
    copies: dict[int, BaseQuestion] = {}
    for module, sample, path in _iter_samples(survey):
        for question in _scorable(module):
            if id(question) not in copies:
                copies[id(question)] = parse_question(resolved(question), where=question.id)
            runs = [_score_sample(sample, one, sample.variant).points for one in (question, copies[id(question)])]
            stated = sample.expect.get(question.id, 0.0)
            if runs != [stated, stated]:
                yield report(
                    path,
                    f"expect.{question.id}",
                    _("The sample gets other points than it says"),
                    found=_("{n} points").format(n=" / ".join(dict.fromkeys(f"{points:g}" for points in runs))),
                    expected=_("{n} points").format(n=f"{stated:g}"),
                    hint=_("work the points out by hand, then correct the sample or the key"),
                )


def check_misconceptions(survey: Survey) -> Iterator[Finding]:
    """Yield a finding for every misconception whose own sample is not told its sentence.

    Raises
    ------
    nothing
    """
    known = {id(question): find_codes(question) for module in survey.modules for question in module.questions}
    for module, sample, path in _iter_samples(survey):
        code = sample.name.upper()
        using = [q for q in _scorable(module) if code in known[id(q)] and code in q.feedback]
        scores = [_score_sample(sample, question, sample.variant) for question in using]
        if using and not any(note.code == code for score in scores for note in score.notes):
            yield report(
                path,
                "answers",
                _("The sample of a misconception does not show it"),
                found=", ".join(sorted({note.code for score in scores for note in score.notes})) or _("no sentence"),
                expected=code,
                hint=_("let the sample answer as somebody with this misconception would"),
            )


def check_draws(survey: Survey) -> Iterator[Finding]:
    """Yield a finding where the exemplar is not all right under another draw, or two runs disagree.

    Raises
    ------
    nothing
    """
    for module, sample, path in _iter_samples(survey, FULL_SAMPLE):
        for question in _scorable(module):
            if question.draw is None or _score_sample(sample, question, sample.variant).points != question.points:
                continue
            for variant in TRIAL_VARIANTS:
                points = [_score_sample(sample, question, variant).points for _run in range(2)]
                if points != [question.points] * 2:
                    yield report(
                        path,
                        f"answers.{question.id}",
                        _("The answer that should be all right is not, under another draw"),
                        found=_("{n} points").format(n=" / ".join(f"{p:g}" for p in points)),
                        expected=f"{question.points:g}",
                        hint=_("answer every item of the pool in this sample, not only those of its own draw"),
                    )
                    break


def check_constant(survey: Survey) -> Iterator[Finding]:
    """Yield a finding where an answer that knows nothing is rewarded: one label for all, everything marked.

    Every kind names such answers and says whether they must earn nothing or only stay below the pass mark.

    Raises
    ------
    nothing

    Source
    ------
    Syllabus §3.0, G1 to G3.
    """
    for module in survey.modules:
        pass_mark = 1.0 if module.table is None else module.table.pass_mark
        for notebook in module.notebooks:
            path = survey.relative(notebook.path)
            for draft in notebook.drafts:
                question = draft.question
                if question is None or not question.has_key:
                    continue
                name, best, limit = _find_best_guess(question, pass_mark)
                if best > 0 and best >= limit:
                    yield report(
                        path,
                        f"{name_cell(draft.cell.number, draft.cell.grade_id)} › score",
                        _("The same answer to everything earns points"),
                        found=_("{name}: {share} % of the points").format(name=name, share=f"{100 * best:.0f}"),
                        expected="0 %" if limit == 0 else _("less than {share} %").format(share=f"{100 * limit:.0f}"),
                        hint=_("let every class cost something, and show more parts that are not to be marked"),
                    )


def _find_best_guess(question: BaseQuestion, pass_mark: float) -> tuple[str, float, float]:
    """Return the guess that earns most above what it may: its name, what it earns, and what is too much."""
    # The portal issues only variants whose draws are fair; others say nothing about what a learner can earn.
    fair = [variant for variant in TRIAL_VARIANTS if is_fair_variant([question], variant)]
    variants = (fair if question.draw is not None else fair[:1]) or TRIAL_VARIANTS[:1]
    tried = [
        (
            guess.name,
            max(score_answer(question, guess.answer, variant).fraction for variant in variants),
            pass_mark if guess.may_earn else 0.0,
        )
        for guess in KINDS[question.kind].list_guesses(question)
    ]
    return max(tried, key=lambda one: one[1] - one[2], default=("", 0.0, 0.0))
