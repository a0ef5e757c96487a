"""`hocvuso doctor`: one result for each thing, and a remedy beside each bad one."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from autograder.errors import OperatorError
from autograder.grading.code import AskValue, BoxError, BoxRunner
from hub_config.doctor import examine_machine


def test_a_port_in_use_is_named_with_a_remedy(tmp_path: Path) -> None:
    """The operator reads which port it is and what to do."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        results = list(examine_machine(tmp_path, {"HOCVUSO_PORT": str(port)}))
    bad = next(result for result in results if str(port) in result.subject)
    assert not bad.is_good
    assert bad.hint


def test_wrong_settings_end_the_examination_with_their_error(tmp_path: Path) -> None:
    """A misspelt setting is reported with file, value and remedy."""
    (tmp_path / "settings.toml").write_text("prot = 8000\n")
    last = list(examine_machine(tmp_path, {}))[-1]
    assert not last.is_good
    assert "prot" in last.finding
    assert "settings.toml" in last.finding


def test_a_home_that_cannot_be_written_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder is named and another one asked for."""
    monkeypatch.setattr("os.access", lambda *_arguments: False)
    results = list(examine_machine(tmp_path / "new", {}))
    assert any(not result.is_good and str(tmp_path) in result.finding for result in results)


@pytest.mark.slow
def test_boxes_of_this_machine_are_tight(tmp_path: Path) -> None:
    """The canned attacks get nowhere here."""
    assert list(examine_machine(tmp_path, {}))[-1].is_good


def test_no_code_is_graded_where_an_attack_gets_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """The grader refuses, which leaves the submission to be graded later."""
    leak = OperatorError("box-leaks", "an attack gets through", hint="mend it")
    monkeypatch.setattr("autograder.grading.code.probe_box", lambda: [leak])
    with pytest.raises(BoxError) as refused:
        BoxRunner()([AskValue("c", "1", {})], {})
    assert "an attack gets through" in str(refused.value)
