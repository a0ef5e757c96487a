"""The box: what its command line says, and what a command inside can really see and do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.box import (
    Box,
    Limits,
    box_arguments,
    build_box_command,
    hidden_arguments,
    probe_box,
    start_box,
)
from autograder.box_entry import MACHINES, assemble_filter
from autograder.errors import OperatorError


def run_inside(source: str, **fields: object) -> subprocess.CompletedProcess[str]:
    """Run Python source in a box and return what it said."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": "/tmp"}
    box = Box(command=(sys.executable, "-c", source), **{"environment": environment, **fields})  # type: ignore[arg-type]
    process = start_box(box, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = process.communicate(timeout=60)
    return subprocess.CompletedProcess(process.args, process.returncode, out.decode(), err.decode())


def test_box_without_network_has_its_own() -> None:
    """A box is cut off from the network unless it is told otherwise."""
    box = Box(command=("true",))
    assert "--unshare-net" in box_arguments(box, as_root=False)
    assert "--unshare-net" not in box_arguments(Box(command=("true",), network=True), as_root=False)


def test_ordinary_user_gets_a_user_namespace() -> None:
    """An ordinary user needs a user namespace; root must not have one, or files would stay root's."""
    box = Box(command=("true",))
    assert "--unshare-user" in box_arguments(box, as_root=False)
    as_root = box_arguments(box, as_root=True)
    assert "--unshare-user" not in as_root
    assert as_root[as_root.index("--cap-drop") + 1] == "ALL"


def test_box_as_root_is_refused() -> None:
    """No box is built whose command would run as user 0."""
    with pytest.raises(OperatorError) as caught:
        box_arguments(Box(command=("true",), uid=0), as_root=True)
    assert caught.value.code == "box-as-root"


def test_project_folder_itself_is_not_bound() -> None:
    """Of a working copy only the two packages are shown, never the folder with curriculum and tests."""
    arguments = box_arguments(Box(command=("true",)), as_root=False)
    bound = {arguments[at + 1] for at, word in enumerate(arguments) if word.startswith(("--ro-bind", "--bind"))}
    project = Path(__file__).resolve().parents[2]
    assert str(project / "autograder") in bound
    assert str(project) not in bound
    assert not any(path.startswith(str(project / "curriculum")) for path in bound)


def test_hidden_folder_below_a_shown_one_is_covered(tmp_path: Path) -> None:
    """What must stay unseen is covered where a read-only folder would show it, and only there."""
    inner = tmp_path / "shown" / "secret"
    inner.mkdir(parents=True)
    shown = ["--ro-bind", str(tmp_path / "shown"), str(tmp_path / "shown")]
    assert str(inner) in hidden_arguments([inner], shown)
    assert hidden_arguments([tmp_path], shown) == []


def test_environment_and_limits_reach_the_command_line() -> None:
    """Environment, limits and command stand in the built command."""
    box = Box(command=("echo", "x"), environment={"A": "1"}, limits=Limits(cpu_s=3, processes=7), uid=1234, gid=1234)
    command = build_box_command(box)
    place = command.index("--setenv")
    assert command[place + 1 : place + 3] == ["A", "1"]
    plan = json.loads(command[command.index("--") + 5])
    assert plan["limits"] == {"CPU": 3, "NPROC": 7}
    assert plan["uid"] == 1234
    assert command[-2:] == ["echo", "x"]


@pytest.mark.parametrize("machine", sorted(MACHINES))
def test_filter_is_whole_instructions_for_each_machine(machine: str) -> None:
    """A seccomp program is a row of 8-byte instructions, one longer where netlink is allowed."""
    without, with_network = assemble_filter(machine, network=False), assemble_filter(machine, network=True)
    assert without is not None
    assert with_network is not None
    assert len(without) % 8 == 0
    assert len(with_network) == len(without) + 8


def test_unknown_machine_has_no_filter() -> None:
    """Where the system calls are not known, no wrong filter is guessed."""
    assert assemble_filter("pdp11", network=False) is None


@pytest.mark.slow
def test_box_sees_its_own_processes_only() -> None:
    """Nothing of the machine's processes, environment or arguments is visible."""
    source = "import os; print([n for n in os.listdir('/proc') if n.isdigit()], sorted(os.environ))"
    done = run_inside(source)
    assert done.returncode == 0, done.stderr
    assert "['1', '2']" in done.stdout
    assert "USER" not in done.stdout


@pytest.mark.slow
def test_box_command_has_no_rights() -> None:
    """The command is not root, has no capability and no group, and can gain none."""
    source = "print(open('/proc/self/status').read()); import os; print('ids', os.getresuid(), os.getgroups())"
    done = run_inside(source, uid=123456, gid=123456)
    lines = dict(line.split(":\t", 1) for line in done.stdout.splitlines() if ":\t" in line)
    assert lines["Uid"].split() == ["123456"] * 4
    assert {lines[name] for name in ("CapPrm", "CapEff", "CapAmb")} == {"0" * 16}
    assert lines["NoNewPrivs"] == "1"
    assert lines["Seccomp"] == "2"


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to lose on the machine itself")
def test_box_of_root_writes_files_of_the_private_user(tmp_path: Path) -> None:
    """What a box of root writes belongs to the private user outside too."""
    folder = tmp_path / "home"
    folder.mkdir()
    os.chown(folder, 123456, 123456)
    done = run_inside("open('/home/x', 'w')", uid=123456, gid=123456, writable=((folder, "/home"),))
    assert done.returncode == 0, done.stderr
    assert (folder / "x").stat().st_uid == 123456


@pytest.mark.slow
@pytest.mark.parametrize(
    "path", ["/x", "/etc/x", "/usr/x", "/run/x", "/dev/x", "/proc/sys/kernel/core_pattern", "/var/x", "/home/x"]
)
def test_box_cannot_write_outside_its_folders(path: str) -> None:
    """Only scratch and writable folders take files."""
    done = run_inside(f"open({path!r}, 'w')")
    assert done.returncode == 1
    assert "Error" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("call", ["unshare(0x10000000)", "ptrace(0, 0, 0, 0)", "mount(b'x', b'/tmp', b'tmpfs', 0, 0)"])
def test_kernel_calls_that_lead_out_are_refused(call: str) -> None:
    """New namespaces, tracing and mounts end with EPERM."""
    source = f"import ctypes; l = ctypes.CDLL(None, use_errno=True); print(l.{call}, ctypes.get_errno())"
    assert run_inside(source).stdout.split() == ["-1", "1"]


@pytest.mark.slow
def test_box_without_network_reaches_nothing() -> None:
    """Not even this machine's own address answers; the box is alone."""
    source = "import socket; print(len(socket.if_nameindex())); socket.create_connection(('192.0.2.1', 80), 2)"
    done = run_inside(source)
    assert done.returncode == 1
    assert "unreachable" in done.stderr or "not supported" in done.stderr


@pytest.mark.slow
def test_limits_hold_inside() -> None:
    """Memory, file size and core dumps are limited for the command."""
    limits = Limits(memory=200 * 2**20, file_size=4096, open_files=50, processes=20)
    assert "MemoryError" in run_inside("x = bytearray(300 * 2**20)", limits=limits).stderr
    too_long = run_inside("f = open('/tmp/x', 'ab', 0); f.write(bytes(4096)); f.write(b'x')", limits=limits)
    assert "File too large" in too_long.stderr
    many = "import subprocess\nx=[subprocess.Popen(['/bin/sleep','9']) for _ in range(30)]"
    assert "BlockingIOError" in run_inside(many, limits=limits).stderr


@pytest.mark.slow
def test_scratch_is_limited_and_gone() -> None:
    """Scratch folders take no more than their size, and nothing of them is left on the machine."""
    source = "open('/tmp/x', 'wb').write(bytes(3 * 2**20))"
    done = run_inside(source, scratch=(("/tmp", 2**20),))
    assert "No space left" in done.stderr
    assert not Path("/tmp/x").exists()


@pytest.mark.slow
def test_inherited_descriptors_are_closed(tmp_path: Path) -> None:
    """A file that the caller holds open, even inheritably, is not open inside."""
    secret = tmp_path / "secret"
    secret.write_text("x")
    with secret.open() as held:
        os.set_inheritable(held.fileno(), True)
        done = run_inside("import os; print(os.listdir('/proc/self/fd'))")
    assert "['0', '1', '2', '3']" in done.stdout  # 3 is the listing itself


@pytest.mark.slow
def test_killing_bubblewrap_ends_the_box() -> None:
    """A box that dies with its parent leaves no process behind when bubblewrap is killed."""
    marker = f"/tmp/box-{os.getpid()}"
    box = Box(command=("/bin/sh", "-c", f"echo up; sleep 300 # {marker}"), environment={"PATH": "/usr/bin:/bin"})
    process = start_box(box, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"up\n"
    process.kill()
    process.wait(timeout=10)
    assert process.stdout.read() == b""  # the other end is closed: whoever held it is gone
    process.stdout.close()


@pytest.mark.slow
def test_probe_finds_nothing_wrong_with_real_boxes() -> None:
    """On a machine that can build boxes, none of the probe's attacks gets out."""
    assert probe_box() == []


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2; exit 1\n", "box-not-built"),
        ('#!/bin/sh\necho \'["network", "files"]\'\n', "box-leaks"),
    ],
)
def test_probe_says_what_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, code: str) -> None:
    """A machine that builds no boxes, or leaky ones, is named with what to do."""
    fake = tmp_path / "bwrap"
    fake.write_text(script)
    fake.chmod(0o755)
    monkeypatch.setattr("autograder.box.find_bwrap", lambda: str(fake))
    found = probe_box()
    assert {error.code for error in found} == {code}
    assert all(error.hint for error in found)
