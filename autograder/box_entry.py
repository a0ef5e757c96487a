"""The first program inside every box: gives up all rights, sets the limits, then becomes the boxed command.

It runs by its path with ``python -I -S`` and imports nothing of the project, so that a box needs no more than an
interpreter: ``box_entry.py PLAN COMMAND…``, PLAN being JSON with the keys ``uid, gid, cwd,
limits, filter, network, keep``.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import resource
import signal
import struct
import sys
from collections.abc import Iterable
from typing import Any

PR_SET_SECCOMP = 22
PR_CAPBSET_DROP = 24
PR_SET_NO_NEW_PRIVS = 38
SECCOMP_MODE_FILTER = 2

# Offsets in struct seccomp_data; arguments are 64 bits wide, their low word comes first on both machines below.
NUMBER, ARCHITECTURE, FIRST_ARGUMENT, SECOND_ARGUMENT = 0, 4, 16, 24
LOAD, AND, EQUAL, GREATER_EQUAL, RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
ALLOW, REFUSE = 0x7FFF0000, 0x00050000

CLONE_NAMESPACES = 0x7E020000  # every CLONE_NEW* flag that clone(2) knows
TIOCSTI, TIOCLINUX = 0x5412, 0x541C
AF_UNIX, AF_INET, AF_INET6, AF_NETLINK = 1, 2, 10, 16
X32_BIT = 0x40000000

# AUDIT_ARCH value, then system call numbers
# (Linux: arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h).
MACHINES: dict[str, tuple[int, dict[str, int]]] = {
    "x86_64": (
        0xC000003E,
        {
            "ioctl": 16, "socket": 41, "clone": 56, "ptrace": 101, "personality": 135, "pivot_root": 155,
            "chroot": 161, "acct": 163, "mount": 165, "umount2": 166, "swapon": 167, "swapoff": 168, "reboot": 169,
            "init_module": 175, "delete_module": 176, "quotactl": 179, "kexec_load": 246, "add_key": 248,
            "request_key": 249, "keyctl": 250, "unshare": 272, "perf_event_open": 298, "fanotify_init": 300,
            "name_to_handle_at": 303, "open_by_handle_at": 304, "setns": 308, "process_vm_readv": 310,
            "process_vm_writev": 311, "kcmp": 312, "finit_module": 313, "kexec_file_load": 320, "bpf": 321,
            "userfaultfd": 323, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427,
            "open_tree": 428, "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433,
            "clone3": 435, "pidfd_getfd": 438, "mount_setattr": 442,
        },
    ),
    "aarch64": (
        0xC00000B7,
        {
            "ioctl": 29, "umount2": 39, "mount": 40, "pivot_root": 41, "chroot": 51, "quotactl": 60, "acct": 89,
            "personality": 92, "unshare": 97, "kexec_load": 104, "init_module": 105, "delete_module": 106,
            "ptrace": 117, "reboot": 142, "socket": 198, "add_key": 217, "request_key": 218, "keyctl": 219,
            "clone": 220, "swapon": 224, "swapoff": 225, "perf_event_open": 241, "fanotify_init": 262,
            "name_to_handle_at": 264, "open_by_handle_at": 265, "setns": 268, "process_vm_readv": 270,
            "process_vm_writev": 271, "kcmp": 272, "finit_module": 273, "bpf": 280, "userfaultfd": 282,
            "kexec_file_load": 294, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427,
            "open_tree": 428, "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433,
            "clone3": 435, "pidfd_getfd": 438, "mount_setattr": 442,
        },
    ),
}  # fmt: skip
LOOKED_INTO = ("ioctl", "socket", "clone", "clone3")


def assemble_filter(machine: str, network: bool) -> bytes | None:
    """Return the seccomp program for a machine, or None where its system calls are not known here.

    Refused are the calls that lead out of a box or deeper into the kernel than a lesson needs: new namespaces,
    mounts, tracing, keys, kernel modules, BPF, io_uring, typing into a terminal, unusual socket families.

    Parameters
    ----------
    machine : str
        As ``uname -m`` says it.
    network : bool
        Whether IP addresses may be looked up (netlink); IP and UNIX sockets themselves are always allowed.

    Returns
    -------
    bytes or None
        An array of ``struct sock_filter``.

    Raises
    ------
    nothing
    """
    if machine not in MACHINES:
        return None
    architecture, numbers = MACHINES[machine]
    families = [AF_UNIX, AF_INET, AF_INET6, *([AF_NETLINK] if network else [])]
    program = [
        (LOAD, 0, 0, ARCHITECTURE),
        (EQUAL, 1, 0, architecture),
        (RETURN, 0, 0, REFUSE | errno.ENOSYS),
        (LOAD, 0, 0, NUMBER),
        (GREATER_EQUAL, 0, 1, X32_BIT),
        (RETURN, 0, 0, REFUSE | errno.ENOSYS),
        # glibc falls back from clone3, whose flags a filter cannot see, to clone, whose flags it can.
        (EQUAL, 0, 1, numbers["clone3"]),
        (RETURN, 0, 0, REFUSE | errno.ENOSYS),
    ]
    for name, number in numbers.items():
        if name not in LOOKED_INTO:
            program += [(EQUAL, 0, 1, number), (RETURN, 0, 0, REFUSE | errno.EPERM)]
    program += [
        (EQUAL, 0, 4, numbers["clone"]),
        (LOAD, 0, 0, FIRST_ARGUMENT),
        (AND, 0, 0, CLONE_NAMESPACES),
        (EQUAL, 1, 0, 0),
        (RETURN, 0, 0, REFUSE | errno.EPERM),
        (LOAD, 0, 0, NUMBER),
        (EQUAL, 0, 4, numbers["ioctl"]),
        (LOAD, 0, 0, SECOND_ARGUMENT),
        (EQUAL, 1, 0, TIOCSTI),
        (EQUAL, 0, 1, TIOCLINUX),
        (RETURN, 0, 0, REFUSE | errno.EPERM),
        (LOAD, 0, 0, NUMBER),
        (EQUAL, 0, len(families) + 2, numbers["socket"]),
        (LOAD, 0, 0, FIRST_ARGUMENT),
        *[(EQUAL, len(families) - place, 0, family) for place, family in enumerate(families)],
        (RETURN, 0, 0, REFUSE | errno.EAFNOSUPPORT),
        (RETURN, 0, 0, ALLOW),
    ]
    return b"".join(struct.pack("HBBI", *instruction) for instruction in program)


def install_filter(program: bytes) -> None:
    """Put this process and all that it starts under a seccomp program, for good.

    Raises
    ------
    OSError
        The kernel refused the program.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    instructions = ctypes.create_string_buffer(program, len(program))
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(instructions)))
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, header, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "seccomp")


def drop_rights(uid: int, gid: int) -> None:
    """Become an ordinary user for good: no groups, no capabilities, nothing regained by running a setuid program.

    Raises
    ------
    OSError
        A right could not be given up.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "no_new_privs")
    if os.getuid() == uid:
        return
    for capability in range(64):
        if libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            break
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)


def set_limits(limits: dict[str, int]) -> None:
    """Set soft and hard resource limits by their ``resource`` names without ``RLIMIT_``.

    Raises
    ------
    OSError, ValueError
        A limit is higher than the one already in force.
    """
    for name, value in {"CORE": 0, **limits}.items():
        number = getattr(resource, f"RLIMIT_{name}")
        hard = resource.getrlimit(number)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(number, (value, value))


def close_inherited(keep: Iterable[int]) -> None:
    """Close every open descriptor but standard input, output, error and those in ``keep``.

    Raises
    ------
    nothing
    """
    kept = {0, 1, 2, *keep}
    for number in [int(name) for name in os.listdir("/proc/self/fd")]:
        if number not in kept:
            try:
                os.close(number)
            except OSError:
                continue


def enter_box(plan: dict[str, Any], command: list[str]) -> None:
    """Give up all rights, then become ``command``.

    Raises
    ------
    OSError
        A right could not be given up, or the command cannot be run.
    """
    os.umask(0o077)
    for ignored in (signal.SIGPIPE, signal.SIGXFSZ):  # the interpreter ignores them, its successor must not
        signal.signal(ignored, signal.SIG_DFL)
    close_inherited(plan["keep"])
    drop_rights(plan["uid"], plan["gid"])
    os.chdir(plan["cwd"])  # only now: a private folder opens to its owner alone, not to root without its rights
    program = assemble_filter(os.uname().machine, plan["network"]) if plan["filter"] else None
    set_limits(plan["limits"])
    if program is not None:
        install_filter(program)
    os.execvp(command[0], command)


if __name__ == "__main__":
    try:
        enter_box(json.loads(sys.argv[1]), sys.argv[2:])
    except OSError as error:
        print(f"box_entry: {error}", file=sys.stderr)
        raise SystemExit(126) from None
