"""The three widgets of authors: the start page, the bar of a lesson, the review below a question."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import traitlets

from autograder.curriculum.files import read_text
from autograder.curriculum.reader import list_module_slugs
from autograder.curriculum.scaffold import add_questions, make_question_metadata, suggest_slug
from autograder.curriculum.tables import QUALITIES, WORK_DOMAINS, CurriculumTable, read_table
from autograder.errors import ContentError, HocVuSoError
from autograder.lesson.author.commands import Previews, Reply, run_command
from autograder.lesson.author.forms import describe_forms, make_form_block, suggest_id
from autograder.lesson.author.review import (
    describe_error,
    describe_review,
    inspect_block,
    judge_answer,
    keep_sample,
)
from autograder.lesson.author.texts import list_author_texts
from autograder.lesson.folder import QUESTION_LINE, list_question_blocks
from autograder.lesson.session import LessonSession
from autograder.lesson.widget import LessonWidget, join_sentences, read_page_style
from autograder.locale import _, current_language, localized
from autograder.questions.model import BaseQuestion
from autograder.questions.numbers import parse_vietnamese_number

_STATIC = Path(__file__).parent / "static"
_ELEMENTS = Path(__file__).parents[1] / "static" / "page" / "elements.js"
SCRIPTS = ("desk", "findings", "start", "form", "bar", "review", "author")


@functools.cache
def read_author_script() -> str:
    """Return the authors' one ES module: what all pages share, then each of the authors' own files.

    Raises
    ------
    OSError
        The package is not completely installed.
    """
    files = [_ELEMENTS, *(_STATIC / f"{name}.js" for name in SCRIPTS)]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


@functools.cache
def read_author_style() -> str:
    """Return the authors' style sheet, behind that of the questions.

    Raises
    ------
    OSError
        The package is not completely installed.
    """
    return read_page_style() + "\n" + (_STATIC / "author.css").read_text(encoding="utf-8")


class AuthorWidget(LessonWidget):
    """What the authors' widgets share: script, style, texts."""

    def __init__(self, session: LessonSession, **traits: Any) -> None:
        page = {"_esm": read_author_script(), "_css": read_author_style(), "texts": list_author_texts()}
        super().__init__(session, **(page | traits))

    def answer(self, work: Callable[[], dict[str, Any]]) -> None:
        """Tell the page what ``work`` returns, or in its place what is wrong.

        Raises
        ------
        nothing
        """
        try:
            told = work()
        except HocVuSoError as error:
            told = {"type": "refused", "findings": [_describe_trouble(error)]}
        except OSError as error:
            told = {"type": "refused", "findings": [{"message": _("A file cannot be written"), "found": str(error)}]}
        self.send(told)


def _describe_trouble(error: HocVuSoError) -> dict[str, str]:
    if isinstance(error, ContentError):
        return describe_error(error)
    return {"where": error.where, "message": error.message, "found": "", "expected": "", "hint": error.hint}


class StartPage(AuthorWidget):
    """Modules, and what can be done with them.

    Parameters
    ----------
    session : LessonSession
        Its folder is the curriculum.
    run : callable
        Runs a command; tests hand in their own.
    """

    modules: Any = traitlets.List().tag(sync=True)

    def __init__(self, session: LessonSession, run: Callable[..., Reply] = run_command) -> None:
        self.run = run
        self.previews = Previews()
        view = {"kind": "start", "lang": current_language()} | describe_choices(session.root)
        super().__init__(session, view=view, modules=list_modules(session.root))

    def receive(self, message: dict[str, Any]) -> None:
        """Answer ``{type: list | suggest | new | check | preview | release, …}``.

        Raises
        ------
        nothing
        """
        slug = str(message.get("slug") or "")
        work: dict[str, Callable[[], dict[str, Any]]] = {
            "new": functools.partial(self._create, message.get("form")),
            "check": functools.partial(self._check, slug),
            "preview": functools.partial(self._preview, slug),
            "release": functools.partial(self._release, slug),
        }
        kind = str(message.get("type"))
        if kind == "list":
            self.modules = list_modules(self.session.root)
        elif kind == "suggest":
            taken = list_module_slugs(self.session.root)
            self.send({"type": "suggested", "slug": suggest_slug(str(message.get("title") or ""), taken=taken)})
        elif kind in work:
            self.run_aside(work[kind])

    def tell_page(self, message: dict[str, Any]) -> None:
        """Send a message to the page; a new module is in the list before it is told.

        Raises
        ------
        nothing
        """
        if message["type"] == "created":
            self.modules = list_modules(self.session.root)
        super().tell_page(message)

    def _create(self, form: Any) -> dict[str, Any]:
        fields = form if isinstance(form, dict) else {}
        missing = [text for name, text in _list_required() if not fields.get(name)]
        if missing:
            return {"type": "refused", "text": _("Not filled in yet: {fields}").format(fields=", ".join(missing))}
        arguments = ["new", str(fields["slug"])]
        for option in ("title", "title-en", "code", "minutes"):
            arguments.append(f"--{option}={fields[option]}")
        for option in ("objective", "objective-en", "competence", "domain", "quality"):
            arguments += [f"--{option}={value}" for value in fields[option]]
        reply = self.run(*arguments)
        if not reply.is_done:
            return {"type": "refused", "text": reply.trouble}
        slug = str(reply.data.get("module"))
        return {"type": "created", "slug": slug, "text": _("The module {slug} is made.").format(slug=slug)}

    def _check(self, slug: str) -> dict[str, Any]:
        reply = self.run("check", slug)
        if not reply.is_done:
            return {"type": "done", "slug": slug, "state": "error", "text": reply.trouble, "findings": []}
        findings = [_shorten_place(finding, slug) for finding in reply.data.get("findings") or ()]
        return {
            "type": "done",
            "slug": slug,
            "state": "partial" if findings else "right",
            "text": "",
            "findings": findings,
            "checked": True,
        }

    def _preview(self, slug: str) -> dict[str, Any]:
        reply = self.previews.start(slug)
        text = _("The preview is ready.") if reply.is_done else reply.trouble
        state = "right" if reply.is_done else "error"
        url = str(reply.data.get("url") or "") if reply.is_done else ""
        return {"type": "done", "slug": slug, "state": state, "text": text, "findings": [], "url": url}

    def _release(self, slug: str) -> dict[str, Any]:
        checked = self._check(slug)
        if checked["state"] != "right":
            refused = _("Nothing is released while there is something to mend.")
            return checked | {"text": checked["text"] or refused}
        reply = self.run("release", slug)
        if not reply.is_done:
            return {"type": "done", "slug": slug, "state": "error", "text": reply.trouble, "findings": []}
        is_new = bool(reply.data.get(slug))
        text = _("Released. Learners who open the module from now on get this version.")
        if not is_new:
            text = _("Nothing has changed since the last release.")
        return {"type": "done", "slug": slug, "state": "right", "text": text, "findings": []}


def _list_required() -> list[tuple[str, str]]:
    return [
        ("title", _("title")),
        ("title-en", _("title in English")),
        ("code", _("code")),
        ("slug", _("folder name")),
        ("minutes", _("minutes")),
        ("objective", _("objectives")),
        ("objective-en", _("objectives in English")),
        ("domain", _("work domains")),
        ("quality", _("qualities")),
        ("competence", _("competences")),
    ]


def _shorten_place(finding: dict[str, str], slug: str) -> dict[str, str]:
    path = finding["path"].removeprefix(f"source/{slug}/")
    where = ", ".join(part for part in (path, finding["where"]) if part)
    return {name: finding[name] for name in ("message", "found", "expected", "hint")} | {"where": where}


STATUS_NAMES = {
    "wip": lambda: _("being written"),
    "beta": lambda: _("on trial"),
    "active": lambda: _("in use"),
    "deprecated": lambda: _("no longer used"),
}


def list_modules(root: Path) -> list[dict[str, Any]]:
    """Return the modules of a curriculum, those that cannot be read too.

    Parameters
    ----------
    root : Path
        ``curriculum/``.

    Returns
    -------
    list of dict
        ``slug, title, code, status, minutes``, in the order of curriculum.toml.

    Raises
    ------
    nothing
    """
    slugs = list_module_slugs(root)
    try:
        listed = read_table(root / "curriculum.toml", CurriculumTable).modules
    except ContentError:
        listed = ()
    order = [slug for slug in listed if slug in slugs] + [slug for slug in slugs if slug not in listed]
    return [_describe_module(root, slug) for slug in order]


def _describe_module(root: Path, slug: str) -> dict[str, Any]:
    try:
        facts = tomllib.loads(read_text(root / "source" / slug / "module.toml"))
    except (ContentError, ValueError, RecursionError):
        facts = {}
    title, status = facts.get("title"), str(facts.get("status", ""))
    texts: dict[str, str | None] = {k: str(v) for k, v in title.items()} if isinstance(title, dict) else {}
    return {
        "slug": slug,
        "title": localized(texts) or slug,
        "code": str(facts.get("code", "")),
        "status": STATUS_NAMES[status]() if status in STATUS_NAMES else status,
        "minutes": str(facts.get("minutes", "")),
    }


def describe_choices(root: Path) -> dict[str, Any]:
    """Return what a new module can choose from: codes of the frameworks, domains, qualities, the next code.

    Raises
    ------
    nothing
    """
    try:
        frameworks = read_table(root / "curriculum.toml", CurriculumTable).frameworks
    except ContentError:
        frameworks = {}
    codes = [module["code"] for module in list_modules(root)]
    numbers = [int(code[1:]) for code in codes if code[:1] == "M" and code[1:].isdigit()]
    return {
        "frameworks": [{"id": k, "name": f.name, "codes": list(f.codes)} for k, f in frameworks.items()],
        "domains": [{"id": name, "text": _domain_names()[name]} for name in WORK_DOMAINS],
        "qualities": [{"id": name, "text": _quality_names()[name]} for name in QUALITIES],
        "code": f"M{max(numbers, default=0) + 1:02d}",
    }


def _domain_names() -> dict[str, str]:
    return {
        "dieu-hanh": _("Leading and administering"),
        "tac-nghiep": _("Daily office work"),
        "dao-tao": _("Training"),
        "nghien-cuu": _("Research"),
        "tham-muu": _("Advising"),
    }


def _quality_names() -> dict[str, str]:
    return {
        "thanh-thao": _("skilled"),
        "an-toan": _("safe"),
        "hieu-qua": _("effective"),
        "van-hoa": _("cultured"),
        "van-minh": _("civilised"),
    }


class LessonBar(AuthorWidget):
    """Above a lesson: "Câu hỏi mới"."""

    def __init__(self, session: LessonSession) -> None:
        view = {"kind": "bar", "lang": current_language(), "forms": describe_forms()}
        super().__init__(session, view=view)

    def receive(self, message: dict[str, Any]) -> None:
        """Answer ``{type: suggest | make | write, …}``.

        Raises
        ------
        nothing
        """
        kind = message.get("type")
        if kind == "suggest":
            taken = [question.id for question in self._read_lesson(message)]
            self.send({"type": "suggested", "id": suggest_id(str(message.get("text") or ""), taken)})
        elif kind == "make":
            self.answer(functools.partial(self._make, message))
        elif kind == "write":
            self.answer(functools.partial(self._write, message))

    def _read_lesson(self, message: dict[str, Any]) -> list[BaseQuestion]:
        return read_lesson(self.session, message.get("sources"))

    def _make(self, message: dict[str, Any]) -> dict[str, Any]:
        source = QUESTION_LINE + make_form_block(message.get("form")).strip()
        question, findings = inspect_block(source, self.session.root)
        if question is not None and question.id in {one.id for one in self._read_lesson(message)}:
            raise ContentError(
                "id-repeated",
                _("The id {id} is already used in this module").format(id=question.id),
                found=question.id,
                expected=_("an id of its own in the whole module"),
                hint=_("choose another id"),
            )
        if question is None or findings:
            return {"type": "refused", "findings": findings}
        return {"type": "made", "id": question.id, "source": source, "metadata": make_question_metadata(question)}

    def _write(self, message: dict[str, Any]) -> dict[str, Any]:
        [identity] = add_questions(self.session.root, [str(message.get("source"))])
        text = _("The question {id} is in the file. Close the lesson and open it again.").format(id=identity)
        return {"type": "written", "text": text}


def read_lesson(session: LessonSession, sources: Any = None) -> list[BaseQuestion]:
    """Return the questions of the lesson that can be read.

    Parameters
    ----------
    session : LessonSession
    sources : list of str, optional
        The cells as they stand on the page; by default those of the file.

    Raises
    ------
    nothing
    """
    if not isinstance(sources, list):
        sources = [QUESTION_LINE + block for block in list_question_blocks(session.root)]
    found = [inspect_block(source, session.root)[0] for source in sources if isinstance(source, str)]
    return [question for question in found if question is not None]


class QuestionReview(AuthorWidget):
    """Below a question: findings, points, samples, the points of the present answer.

    Parameters
    ----------
    session : LessonSession
    source : str
        The cell.
    show : callable
        Shows the question anew, its whole pool or what is drawn.
    """

    review = traitlets.Dict().tag(sync=True)

    def __init__(self, session: LessonSession, source: str, show: Callable[[bool], None]) -> None:
        self.source, self.show = source, show
        self.question, self.findings = inspect_block(source, session.root)
        self.is_whole = False
        identity = "" if self.question is None else self.question.id
        view = {"kind": "review", "lang": current_language(), "id": identity}
        review = describe_review(self.question, self.findings, session.root, read_lesson(session))
        super().__init__(session, view=view, review=review)

    def receive(self, message: dict[str, Any]) -> None:
        """Answer ``{type: lesson | whole | score | sample, …}``.

        Raises
        ------
        nothing
        """
        kind, question = message.get("type"), self.question
        if kind == "lesson":
            self._refresh(message.get("sources"))
        elif kind == "whole":
            self.is_whole = message.get("on") is True
            self.show(self.is_whole)
        elif kind == "score" and question is not None:
            self.send(
                {"type": "scored"} | judge_answer(self._shown(question), self._read_answer(question), self.variant)
            )
        elif kind == "sample" and question is not None:
            self.answer(functools.partial(self._keep, question, message))

    @property
    def variant(self) -> str:
        """Return the variant of the page.

        Raises
        ------
        nothing
        """
        return self.session.variant

    def _shown(self, question: BaseQuestion) -> BaseQuestion:
        return show_whole_pool(question) if self.is_whole else question

    def _read_answer(self, question: BaseQuestion) -> Any:
        saved = self.session.store.read_answer(question.id)
        return None if saved is None else saved.answer

    def _refresh(self, sources: Any = None) -> None:
        lesson = read_lesson(self.session, sources)
        self.review = describe_review(self.question, self.findings, self.session.root, lesson)

    def _keep(self, question: BaseQuestion, message: dict[str, Any]) -> dict[str, Any]:
        points = parse_vietnamese_number(str(message.get("points") or ""))
        if points is None or not 0 <= points <= 1000:
            raise ContentError(
                "form-number",
                _("This is not a number"),
                where=_("points that you expect"),
                found=str(message.get("points") or "–")[:40],
                expected=_("points from 0 to those of the question"),
                hint=_("work the points out by hand, then write them here"),
            )
        saved, text = keep_sample(
            question,
            self.session.root,
            name=str(message.get("name") or ""),
            says=str(message.get("says") or ""),
            answer=self._read_answer(question),
            points=float(points),
            is_sure=message.get("sure") is True,
        )
        if saved:
            self._refresh(message.get("sources"))
        return {"type": "kept" if saved else "asked", "text": join_sentences(text)}


def show_whole_pool(question: BaseQuestion) -> BaseQuestion:
    """Return a question that shows every item of its pool.

    Raises
    ------
    nothing
    """
    return question.model_copy(update={"draw": None})
