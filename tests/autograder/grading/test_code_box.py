"""Learners' code in its box: it answers with values, and what it cannot do."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from autograder.grading.code import AskValue, BoxLimits, BoxRunner, Claim, RunCell

pytestmark = pytest.mark.slow


def ask(source: str, *calls: str, limits: BoxLimits | None = None) -> list[Claim]:
    """Run one cell and ask for values."""
    steps = [RunCell(source), *(AskValue("c", call, {}) for call in calls)]
    return BoxRunner(limits)(steps, {"data/a.csv": b"a,b\n1,2\n"})


def test_values_come_back_as_plain_json() -> None:
    """Numbers, texts, lists, NumPy and pandas values are claims; anything else is a fault of type."""
    claims = ask(
        "import numpy as np, pandas as pd\nclass Odd: pass",
        "1 + 1",
        "'ế'",
        "np.float64(0.5)",
        "np.arange(3)",
        "pd.Series([1, 2])",
        "Odd()",
        "float('nan')",
        "lambda: 1",
    )
    assert [claim.value for claim in claims[:5]] == [2, "ế", 0.5, [0, 1, 2], [1, 2]]
    assert [claim.fault for claim in claims[5:]] == ["type"] * 3


def test_cells_behave_as_in_ipython() -> None:
    """Magics, a failing cell before a good one, and top-level await."""
    steps = [
        RunCell("%matplotlib inline\nx = 1"),
        RunCell("raise ValueError"),
        RunCell("import asyncio\nawait asyncio.sleep(0)\ny = x + 1"),
        AskValue("c", "y", {}),
        AskValue("c", "y + z", {"z": 5}),
    ]
    assert [claim.value for claim in BoxRunner()(steps, {})] == [2, 7]


def test_the_modules_data_can_be_read_and_not_changed() -> None:
    """The server's own data lie beside the code, read-only."""
    claims = ask("", "open('data/a.csv').read()", "open('data/a.csv', 'w')")
    assert claims[0].value == "a,b\n1,2\n"
    assert claims[1].fault == "error"


def test_a_wrong_expression_is_the_learners_fault() -> None:
    """An error and a missing name are told apart, and the next question is still asked."""
    claims = ask("def f(): raise ValueError", "f()", "g()", "2")
    assert [(claim.value, claim.fault) for claim in claims] == [(None, "error"), (None, "not-defined"), (2, "")]


ENDLESS = {
    "an endless loop": "while True: pass",
    "sleep": "import time; time.sleep(10**6)",
    "input": "input()",
}


@pytest.mark.parametrize("name", ENDLESS)
def test_what_never_ends_is_ended(name: str) -> None:
    """A step has its time; what follows it is a fault, and the batch goes on."""
    begun = time.monotonic()
    claims = ask(ENDLESS[name], "1", "2", limits=BoxLimits(step_s=2, total_s=4))
    assert time.monotonic() - begun < 15
    if name == "input":  # nothing can be typed in, so it is an error and not a wait
        assert [claim.value for claim in claims] == [1, 2]
    else:
        assert [claim.fault for claim in claims] == ["time-limit", "time-limit"]


@pytest.mark.parametrize(
    "source",
    [
        "import os; os._exit(0)",
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "import ctypes; ctypes.string_at(0)",
    ],
)
def test_an_early_end_answers_nothing(source: str) -> None:
    """A process that is gone has no values; the parent says so and is unharmed."""
    assert [claim.fault for claim in ask(source, "1")] == ["ended"]


def test_memory_has_its_limit() -> None:
    """More memory than the limit is an error inside the box, not a full machine."""
    claims = ask("x = bytearray(8 * 2**30)", "len(x)", "1")
    assert claims[0].fault in ("not-defined", "ended")


def test_a_flood_of_processes_stays_inside() -> None:
    """Processes are counted, and none is left when the box is gone."""
    source = (
        "import subprocess\nchildren = []\n"
        "try:\n"
        "    for _ in range(500): children.append(subprocess.Popen(['sleep', '987']))\n"
        "except OSError: pass\n"
    )
    claims = ask(source, "len(children) < 500", limits=BoxLimits(step_s=8))
    assert claims[0].value is True
    time.sleep(0.5)
    commands = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    assert not [command for command in commands if command == b"sleep\x00987\x00"]


def test_a_flood_of_output_costs_nothing() -> None:
    """What is printed goes nowhere; a reply that is too large is a fault."""
    claims = ask("print('x' * 10**8)", "1", "'x' * 3_000_000")
    assert claims[0].value == 1
    assert claims[1].fault


def test_disk_has_its_limit() -> None:
    """The scratch folder is in memory and small."""
    claims = ask(
        "try:\n    open('big', 'wb').write(b'x' * 2**27)\nexcept OSError as error:\n    found = type(error).__name__",
        "found",
    )
    assert claims[0].value == "OSError" or claims[0].fault == "ended"


SECRETS = [
    "/etc/shadow",
    "/root/.ssh",
    "/root/.bashrc",
    str(Path(__file__).resolve().parents[3] / "curriculum"),
    str(Path(__file__).resolve().parents[3] / "tests"),
    str(Path(__file__).resolve().parents[3] / ".git"),
]


def test_nothing_secret_can_be_read(tmp_path: Path) -> None:
    """Sources, keys, tests, other folders and the machine's own secrets are not there."""
    (tmp_path / "gradebook").write_text("secret")
    calls = [f"__import__('os').path.exists({path!r})" for path in [*SECRETS, str(tmp_path / "gradebook")]]
    assert [claim.value for claim in ask("", *calls)] == [False] * len(calls)


def test_no_network_no_other_process_no_root() -> None:
    """Not even 127.0.0.1 leads out; other processes are unseen; nobody is root."""
    source = (
        "import os, socket\n"
        "def reach(address):\n"
        "    try:\n"
        "        socket.create_connection(address, timeout=1).close()\n"
        "        return True\n"
        "    except OSError:\n"
        "        return False\n"
    )
    claims = ask(
        source,
        "reach(('127.0.0.1', 22))",
        "reach(('192.0.2.1', 80))",
        "os.getuid() == 0 or os.geteuid() == 0",
        "len([p for p in os.listdir('/proc') if p.isdigit()]) < 10",
        "any(key.startswith(('JUPYTERHUB', 'DATABASE', 'HOCVUSO')) for key in os.environ)",
        "b'DATABASE' in open('/proc/1/environ', 'rb').read() if os.access('/proc/1/environ', os.R_OK) else False",
    )
    assert [claim.value for claim in claims] == [False, False, False, True, False, False]


def test_a_forged_reply_is_only_a_claim() -> None:
    """Writing to the reply channel cannot make a wrong value right; a wrong tag is noticed."""
    source = (
        "import os, json\n"
        "for number in range(3, 200):\n"
        "    try:\n"
        "        os.write(number, json.dumps({'id': 'guess', 'value': 42}).encode() + b'\\n')\n"
        "    except OSError:\n"
        "        pass\n"
    )
    claims = ask(source, "1", "2")
    assert all(claim.fault or claim.value in (1, 2) for claim in claims)
    assert not any(claim.value == 42 for claim in claims)


def test_a_changed_comparison_changes_nothing() -> None:
    """The verdict is reached outside, so an object that equals everything has no value at all."""
    claims = ask("class Yes:\n    def __eq__(self, other): return True\nbuiltins = __import__('builtins')", "Yes()")
    assert claims[0].fault == "type"


def test_one_box_leaves_nothing_for_the_next() -> None:
    """Files and names of one submission are not there for another."""
    ask("open('/tmp/left', 'w').write('x'); left = 1")
    claims = ask("import os", "os.path.exists('/tmp/left')", "left")
    assert claims[0].value is False
    assert claims[1].fault == "not-defined"


def test_no_folder_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The data folder of a box goes with it, also when the box was killed."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    os.chmod(tmp_path, 0o755)
    ask("while True: pass", "1", limits=BoxLimits(step_s=1, total_s=2))
    assert list(tmp_path.iterdir()) == []
