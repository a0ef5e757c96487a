"""Learners' folders: names that lead nowhere else, and owners that stay."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autograder.box import FIRST_PRIVATE_UID
from hub_config.learner_homes import ensure_home, folder_name, give_to


@pytest.mark.parametrize("name", ["../x", "..", ".", "a/b", "A", "", "ă", "a" * 80, "-x", ".x", "a\0b"])
def test_odd_names_become_digests(name: str) -> None:
    """A name that is not plain gives a folder name that leads nowhere else."""
    made = folder_name(name)
    assert made.startswith("u_")
    assert "/" not in made
    assert len(made) == 42


def test_plain_names_stay_and_no_two_meet() -> None:
    """Plain names are their own folder names, and no digest looks like one of them."""
    assert folder_name("hv01.a-b_c") == "hv01.a-b_c"
    assert folder_name(folder_name("Ă")) == folder_name("Ă")
    assert folder_name("ă") != folder_name("Ă")


def test_home_is_private(tmp_path: Path) -> None:
    """A learner's folder opens to its owner only, also when asked for twice."""
    home = ensure_home(tmp_path / "learners", "hv01")
    assert home == ensure_home(tmp_path / "learners", "hv01")
    assert home.stat().st_mode & 0o077 == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_each_learner_has_a_user_of_their_own(tmp_path: Path) -> None:
    """For root every learner's files belong to another private user, the same one for ever."""
    first, second = (ensure_home(tmp_path / "learners", name).stat().st_uid for name in ("hv01", "hv02"))
    assert (first, second) == (FIRST_PRIVATE_UID, FIRST_PRIVATE_UID + 1)
    assert ensure_home(tmp_path / "learners", "hv01").stat().st_uid == first


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_restored_files_get_their_owner_and_links_are_not_followed(tmp_path: Path) -> None:
    """Files restored as root are given to the learner; what a link points to stays whose it is."""
    outside = tmp_path / "outside"
    outside.write_text("x")
    home = tmp_path / "learners" / "hv01"
    (home / "bai").mkdir(parents=True)
    (home / "bai" / "a").write_text("x")
    (home / "bai" / "link").symlink_to(outside)
    give_to(home, 123456)
    assert (home / "bai" / "a").stat().st_uid == 123456
    assert outside.stat().st_uid == 0
