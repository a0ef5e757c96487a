"""The command ``hocvuso``.  The only file that prints or exits."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from autograder import __version__
from autograder.errors import HocVuSoError
from autograder.locale import _

# Options that many commands share.
Home = Annotated[Path | None, typer.Option("--home", help="Folder of the installation (else $HOCVUSO_HOME).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Modules = Annotated[list[str] | None, typer.Argument(help="Modules by their slug; all of them without any.")]

app = typer.Typer(
    name="hocvuso",
    help="Học Vụ Số: digital-skills lessons on Jupyter, graded and recorded.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
roster_app = typer.Typer(help="People, units and roles.", no_args_is_help=True)
app.add_typer(roster_app, name="roster")
out = Console(soft_wrap=True, highlight=False)
err = Console(stderr=True, soft_wrap=True, highlight=False)


def main() -> None:
    """Run the command line: exit code 0, 1 (findings or refused) or 2 (wrong usage).

    Raises
    ------
    SystemExit
        Always.
    """
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        app()
    except HocVuSoError as error:
        if "--json" in sys.argv:
            print(json.dumps({"error": error.as_dict()}, ensure_ascii=False))
        err.print(f"[bold]{_('Error')}[/bold] ({error.code}): ", end="")
        err.print(str(error), markup=False)
        sys.exit(1)


def say(text: str, data: Any = None, as_json: bool = False) -> None:
    """Print one line for people, or the data as JSON."""
    if as_json:
        print(json.dumps(data, ensure_ascii=False, default=str))
    else:
        out.print(text, markup=False)


@contextmanager
def installation(home: Path | None, **changes: Any) -> Iterator[Any]:
    """Yield the settings of an installation whose database runs and is up to date."""
    from autograder.database.server import open_database
    from hub_config.installation import prepare_database
    from hub_config.settings import home_of, read_settings

    folder = home.expanduser().resolve() if home else home_of(os.environ)
    environ = {**os.environ, **{key: str(value) for key, value in changes.items() if value is not None}}
    settings = read_settings(folder, environ)
    folder.mkdir(parents=True, exist_ok=True)
    with open_database(folder, {**os.environ, "DATABASE_URL": settings.database_url}) as url:
        settings = replace(settings, database_url=url)
        prepare_database(settings)
        yield settings


@app.command()
def version() -> None:
    """Print the version."""
    say(__version__)


@app.command()
def up(
    home: Home = None,
    port: Annotated[int | None, typer.Option(help="Public port; the three after it are used inside.")] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Fill a demo academy of fictional units and people.")] = False,
    graders: Annotated[int, typer.Option(min=1, max=64, help="Grading processes.")] = 1,
) -> None:
    """Run everything on this machine until Ctrl-C: PostgreSQL, JupyterHub, portal, graders."""
    from hub_config.installation import VARIANT_SECRET, fill_demo, find_curriculum, release_modules
    from hub_config.settings import home_of
    from hub_config.supervisor import build_parts, keep_running, lock_home

    folder = home.expanduser().resolve() if home else home_of(os.environ)
    curriculum = find_curriculum(dict(os.environ))
    out.print(_("Home: {path}").format(path=folder), markup=False)
    with (
        lock_home(folder),
        installation(folder, HOCVUSO_PORT=port, HOCVUSO_DEMO=demo or None) as settings,
    ):
        for slug, is_new in release_modules(settings, curriculum):
            text = _("Released {slug}") if is_new else _("{slug} is unchanged")
            out.print(text.format(slug=slug), markup=False)
        password = fill_demo(settings) if settings.demo else ""
        parts = build_parts(settings, settings.secrets_folder / VARIANT_SECRET, graders)
        keep_running(
            parts,
            settings,
            partial(_print_welcome, settings, password),
            lambda text: err.print(text, markup=False),
        )
        out.print(_("Stopped. All data is kept in {path}").format(path=folder), markup=False)


def _print_welcome(settings: Any, password: str) -> None:
    host = "localhost" if settings.address in ("127.0.0.1", "0.0.0.0") else settings.address
    lines = ["", _("Học Vụ Số is ready: {url}").format(url=f"http://{host}:{settings.port}/")]
    if password:
        lines += [
            _("Sample sign-ins, all with the password {password}").format(password=password),
            "  hv001 " + _("learner, Trường Chính trị tỉnh Mẫu A"),
            "  hv003 " + _("learner who has to choose a password first"),
            "  gv001 " + _("responsible instructor, Trường Chính trị tỉnh Mẫu A"),
            "  qd001 " + _("unit administrator, the whole of Học viện Mẫu"),
        ]
    lines.append(_("Stop with Ctrl-C."))
    out.print("\n".join(lines), markup=False)


@app.command()
def doctor(home: Home = None, as_json: AsJson = False) -> None:
    """Say what is wrong on this machine and what to do about it."""
    from hub_config.doctor import examine_machine
    from hub_config.settings import home_of

    folder = home.expanduser().resolve() if home else home_of(os.environ)
    results = list(examine_machine(folder, os.environ))
    if as_json:
        say("", [asdict(result) for result in results], True)
    for result in () if as_json else results:
        mark = _("good") if result.is_good else _("BAD")
        out.print(f"{mark:>6}  {result.subject}: {result.finding}" + (f" — {result.hint}" if result.hint else ""))
    raise typer.Exit(0 if all(result.is_good for result in results) else 1)


@app.command()
def check(modules: Modules = None, as_json: AsJson = False) -> None:
    """Check the curriculum; exit 1 on any finding."""
    from autograder.curriculum.checks import check_curriculum, format_finding, guarantees
    from autograder.release.checks import ALL_RULES
    from hub_config.installation import find_curriculum

    findings = check_curriculum(find_curriculum(dict(os.environ)), modules or None, rules=ALL_RULES)
    if as_json:
        say("", {"findings": [finding.as_dict() for finding in findings]}, True)
    elif findings:
        for finding in findings:
            out.print(format_finding(finding), markup=False)
        out.print(_("{number} findings").format(number=len(findings)))
    else:
        out.print(_("No findings. What now holds:"))
        for sentence in guarantees(ALL_RULES):
            out.print(f"  · {sentence}", markup=False)
    raise typer.Exit(1 if findings else 0)


@app.command("import")
def import_table(
    file: Annotated[Path, typer.Argument(help="Excel file of questions; docs/mau-cau-hoi.xlsx is the template.")],
    into: Annotated[str, typer.Option("--into", help="The module's slug.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only look; write nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Add the questions of an Excel file to a module: all of them, or none and every fault."""
    from autograder.curriculum.reader import find_module_folder
    from autograder.curriculum.spreadsheet import import_questions
    from hub_config.installation import find_curriculum

    folder = find_module_folder(find_curriculum(dict(os.environ)), into)
    done = import_questions(file, folder, dry_run=dry_run)
    for problem in () if as_json else done.problems:
        out.print(str(problem), markup=False)
    names = ", ".join(question.id for question in done.questions) or _("nothing")
    if done.problems:
        text = _("{number} findings; nothing was written").format(number=len(done.problems))
    elif done.is_written:
        text = _("Added to {module}: {names}").format(module=into, names=names)
    else:
        text = _("Would be added to {module}: {names}").format(module=into, names=names)
    say(text, done.as_dict(), as_json)
    raise typer.Exit(1 if done.problems else 0)


@app.command()
def schema() -> None:
    """Print the JSON Schema of a question's block, for editors."""
    from autograder.questions.spec import make_question_schema

    print(json.dumps(make_question_schema(), ensure_ascii=False, indent=2))


@app.command()
def new(
    module: Annotated[str, typer.Argument(help="Name of the module's folder, such as an-toan-tai-khoan.")],
    title: Annotated[str, typer.Option("--title", help="Vietnamese title.")],
    title_en: Annotated[str, typer.Option("--title-en", help="English title.")],
    code: Annotated[str, typer.Option("--code", help="For people, such as M15.")],
    objective: Annotated[list[str], typer.Option("--objective", help="What learners can do then; repeat it.")],
    objective_en: Annotated[list[str], typer.Option("--objective-en", help="The same in English; repeat it.")],
    competence: Annotated[list[str], typer.Option("--competence", help="Such as digcomp:4.1; repeat it.")],
    minutes: Annotated[int, typer.Option("--minutes", help="How long the module takes.")] = 50,
    domain: Annotated[list[str] | None, typer.Option("--domain", help="Work domain; repeat it.")] = None,
    quality: Annotated[list[str] | None, typer.Option("--quality", help="Quality; repeat it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a new module: its folder, an empty lesson, its place in curriculum.toml."""
    from autograder.curriculum.scaffold import create_module, read_competences
    from hub_config.installation import find_curriculum

    chosen: dict[str, Any] = {"work_domains": domain, "qualities": quality}
    folder = create_module(
        find_curriculum(dict(os.environ)),
        module,
        code=code,
        title={"vi": title, "en": title_en},
        minutes=minutes,
        today=date.today(),
        objectives={"vi": objective, "en": objective_en},
        competences=read_competences(competence),
        **{name: value for name, value in chosen.items() if value},
    )
    say(_("Made {path}").format(path=folder), {"module": module, "path": str(folder)}, as_json)


@app.command()
def preview(
    module: Annotated[str, typer.Argument(help="The module's slug.")],
    port: Annotated[int, typer.Option(help="Port; any free one without it.")] = 0,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Print the address, open nothing.")] = False,
    until_input_ends: Annotated[bool, typer.Option("--until-input-ends", hidden=True)] = False,
    as_json: AsJson = False,
) -> None:
    """Show a module as learners see it, until Ctrl-C: no hub, no keys, nothing is handed in."""
    from hub_config.installation import find_curriculum
    from hub_config.preview import show_preview

    show_preview(
        find_curriculum(dict(os.environ)),
        module,
        port=port,
        opens_browser=not no_browser,
        ends_with_input=until_input_ends,
        tell=partial(_tell_address, as_json),
    )


@app.command()
def author(
    curriculum: Annotated[Path | None, typer.Option("--curriculum", help="Folder (else $HOCVUSO_CURRICULUM).")] = None,
    home: Home = None,
    port: Annotated[int, typer.Option(help="Port; any free one without it.")] = 0,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Print the address, open nothing.")] = False,
    until_input_ends: Annotated[bool, typer.Option("--until-input-ends", hidden=True)] = False,
    as_json: AsJson = False,
) -> None:
    """Open the curriculum for writing lessons, without programming, until Ctrl-C."""
    from hub_config.author_server import run_author
    from hub_config.installation import find_curriculum
    from hub_config.settings import home_of

    environ = dict(os.environ) | ({"HOCVUSO_CURRICULUM": str(curriculum)} if curriculum else {})
    run_author(
        find_curriculum(environ).resolve(),
        home.expanduser().resolve() if home else home_of(os.environ),
        port=port,
        opens_browser=not no_browser,
        ends_with_input=until_input_ends,
        tell=partial(_tell_address, as_json),
    )


def _tell_address(as_json: bool, address: str) -> None:
    say(_("Open {url} — stop with Ctrl-C.").format(url=address), {"url": address}, as_json)
    sys.stdout.flush()


@app.command()
def release(modules: Modules = None, home: Home = None, as_json: AsJson = False) -> None:
    """Release modules: learners who open them from now on get this version."""
    from hub_config.installation import find_curriculum, release_modules

    with installation(home) as settings:
        done = dict(release_modules(settings, find_curriculum(dict(os.environ)), modules or ()))
    text = "\n".join(
        (_("Released {slug}") if is_new else _("{slug} is unchanged")).format(slug=slug)
        for slug, is_new in done.items()
    )
    say(text, done, as_json)


@app.command()
def bundle(
    modules: Modules = None,
    to: Annotated[Path, typer.Option("--to", help="Folder to write to.")] = Path("bundle"),
    every: Annotated[bool, typer.Option("--all", help="All modules.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write the learner's copies of modules to a folder: no keys, no installation needed."""
    from hub_config.bundle import write_bundle
    from hub_config.installation import find_curriculum

    if not modules and not every:
        raise typer.BadParameter(_("name modules, or say --all"))
    written = write_bundle(find_curriculum(dict(os.environ)), modules or (), to)
    say(_("Wrote {number} modules to {path}").format(number=len(written), path=to), {"modules": written}, as_json)


@app.command()
def submit(
    module: Annotated[str, typer.Argument(help="The module's slug.")],
    learner: Annotated[str, typer.Option(help="The learner's id.")],
    source: Annotated[Path, typer.Option("--from", help="Folder with the lesson and answers/.")],
    home: Home = None,
) -> None:
    """Hand in a folder by the same path as the browser; print the receipt as JSON."""
    from autograder.database.server import connect
    from autograder.grading.archive import pack_folder
    from autograder.learning.attempts import open_attempt
    from autograder.learning.handin import accept_submission
    from autograder.learning.jobs import now_utc
    from hub_config.installation import VARIANT_SECRET
    from hub_config.settings import ensure_secret

    archive = pack_folder(source)
    with installation(home) as settings:
        engine = connect(settings.database_url)
        secret = ensure_secret(settings, VARIANT_SECRET).encode()
        with engine.begin() as conn:
            attempt = open_attempt(conn, learner, module, secret=secret, now=now_utc())
            receipt, is_new = accept_submission(conn, attempt.id, learner, archive, now=now_utc())
        engine.dispose()
    data = {**asdict(receipt), "received_at": receipt.received_at.isoformat(), "is_new": is_new}
    say("", data, as_json=True)


@app.command()
def grade(
    home: Home = None,
    stay: Annotated[bool, typer.Option("--stay", help="Stay and wait for submissions.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Queue what could not be graded once more.")] = False,
    as_json: AsJson = False,
) -> None:
    """Work through the grading queue here and now."""
    from autograder.database.server import connect
    from autograder.grading.code import BoxRunner
    from autograder.learning.jobs import count_queue, requeue_failed, run_worker
    from autograder.learning.results import make_grader

    if stay:
        logging.getLogger("hocvuso").setLevel(logging.INFO)
    with installation(home) as settings:
        engine = connect(settings.database_url, pool_size=4)
        queued = requeue_failed(engine) if again else 0
        boxes = BoxRunner()
        for fault in boxes.probe():  # lessons without code are graded all the same; code waits until this is mended
            err.print(f"{_('Error')} ({fault.code}): {fault}", markup=False)
        run_worker(settings.database_url, make_grader(engine, boxes), wait=stay)
        left = count_queue(engine)
        engine.dispose()
    say(
        _("The queue is worked through; left over: {left}").format(left=left or _("nothing")),
        {"queued_again": queued, "left": left},
        as_json,
    )


@app.command()
def export(
    what: Annotated[str, typer.Argument(help="completions or units.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write.")],
    format: Annotated[str | None, typer.Option("--format", help="csv or json; else by the file's name.")] = None,
    unit: Annotated[str | None, typer.Option(help="A unit with those below it; every unit without it.")] = None,
    as_of: Annotated[str | None, typer.Option(help="Day, 2026-01-31; today without it.")] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Read the gradebook, bring the completion records up to date, write them or the unit table to a file."""
    from autograder.database.server import connect
    from autograder.reports.export import TABLES, export_table
    from autograder.reports.tables import FORMATS

    if what not in TABLES:
        raise typer.BadParameter(_("choose completions or units"))
    if format not in (None, *FORMATS):
        raise typer.BadParameter(_("choose one of: {formats}").format(formats=", ".join(FORMATS)))
    day = _read_day(as_of) if as_of else None
    with installation(home) as settings:
        engine = connect(settings.database_url)
        with engine.begin() as conn:
            number = export_table(conn, what, output, format=format, unit=unit, as_of=day)
        engine.dispose()
    text = _("Wrote {number} rows to {path}").format(number=number, path=output)
    say(text, {"rows": number, "path": str(output)}, as_json)


@app.command()
def bench(
    module: Annotated[str, typer.Option(help="Module to hand in.")] = "an-toan-tai-khoan",
    submissions: Annotated[int, typer.Option(min=1, help="How many submissions.")] = 100,
    questions: Annotated[bool, typer.Option("--questions", help="Scoring cost of every question instead.")] = False,
    rounds: Annotated[int, typer.Option(min=1, help="With --questions: how often each answer is scored.")] = 5,
    as_json: AsJson = False,
) -> None:
    """Measure the wait from handing in to the score on a throw-away installation, or what scoring a question costs."""
    from hub_config.bench import measure_waits
    from hub_config.bench_questions import measure_costs, summarise_costs, write_table
    from hub_config.installation import find_curriculum

    folder = find_curriculum(dict(os.environ))
    if questions:
        summary = summarise_costs(measure_costs(folder, rounds, lambda text: err.print(text, markup=False)))
        say(write_table(summary), summary, as_json)
        return
    waits = measure_waits(folder, module, submissions, lambda text: err.print(text, markup=False))
    data = waits.as_dict()
    say(", ".join(f"{name} {value}" for name, value in data.items()), data, as_json)


@roster_app.command("import")
def roster_import(
    folder: Annotated[Path, typer.Argument(help="Folder with orgs.csv, users.csv, memberships.csv, roles.csv.")],
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Bring people, units and roles to what the files say; all or nothing."""
    from autograder.database.server import connect
    from autograder.records.roster import load_roster

    with installation(home) as settings:
        engine = connect(settings.database_url)
        with engine.begin() as conn:
            counts = load_roster(conn, folder)
        engine.dispose()
    say(_("Read {counts}").format(counts=", ".join(f"{n} {name}" for name, n in counts.items())), counts, as_json)


def _read_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(_("a day is written 2026-01-31, found {text}").format(text=text)) from error


if __name__ == "__main__":
    main()
