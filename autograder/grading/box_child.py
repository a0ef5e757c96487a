"""The process in the box: runs a learner's cells and answers with values, one at a time, when it is asked.

It knows no expected value, no key and no points, and decides nothing: whatever it says is a claim about a value
(design.md §5). Started as ``box_child REQUESTS REPLIES`` with two descriptor numbers, it speaks JSON lines:

    {"run": source}                         → {"done": true}
    {"id": nonce, "call": …, "with": {…}}   → {"id": nonce, "value": …} | {"id": nonce, "fault": code}
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from autograder.questions.plain_values import to_plain_value


def main(requests_fd: int, replies_fd: int) -> None:
    """Serve requests until there are no more.

    Raises
    ------
    nothing
    """
    from IPython.core.interactiveshell import InteractiveShell

    class BoxShell(InteractiveShell):
        """IPython without any screen: `%matplotlib inline` and its like are taken and do nothing."""

        def enable_gui(self, gui: Any = None) -> None:
            """Take the request and do nothing."""

    shell = BoxShell.instance(colors="nocolor")
    if shell.history_manager is not None:
        shell.history_manager.enabled = False
    with os.fdopen(requests_fd, encoding="utf-8") as requests, os.fdopen(replies_fd, "w", encoding="utf-8") as replies:
        for line in requests:
            reply = answer_request(json.loads(line), shell)
            replies.write(json.dumps(reply, ensure_ascii=False, allow_nan=False) + "\n")
            replies.flush()
    # The box goes with its first process; nothing of the learner's may delay that.
    os._exit(0)


def answer_request(request: dict[str, Any], shell: Any) -> dict[str, Any]:
    """Return the reply to one request.

    Raises
    ------
    nothing
    """
    if "run" in request:
        # A cell that fails does not end the rest, as in nbgrader's autograde.
        shell.run_cell(request["run"], store_history=False)
        return {"done": True}
    try:
        value = eval(request["call"], {**shell.user_ns, **request["with"]})
    except BaseException as error:  # sys.exit() in an answer is an error like any other
        return {"id": request["id"], "fault": "not-defined" if isinstance(error, NameError) else "error"}
    try:
        plain = to_plain_value(value)
        json.dumps(plain, allow_nan=False)
    except BaseException:  # a learner's value may do anything when it is looked at
        return {"id": request["id"], "fault": "type"}
    return {"id": request["id"], "value": plain}


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
