"""Passwords: kept as Argon2id, locked after wrong tries, changed by rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine, insert, select, update

from autograder.database.schema import credential, person
from autograder.records.credentials import (
    LOCK_TIME,
    MAX_FAILED,
    PasswordFault,
    SignInOutcome,
    authenticate_person,
    change_password,
    check_new_password,
    hash_password,
    is_active,
    normalise_username,
    set_password,
    verify_password,
)

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
RIGHT = "bốn từ không liên quan"


@pytest.fixture
def people(engine: Engine) -> Engine:
    """A database with one person who has chosen a password and one who must."""
    with engine.begin() as conn:
        for name, must_change in (("hv01", False), ("hv02", True)):
            conn.execute(insert(person).values(id=name, name="Người Học Thử"))
            set_password(conn, name, RIGHT, must_change=must_change)
    return engine


def outcome(engine: Engine, name: str, password: str, now: datetime = NOW) -> SignInOutcome:
    """Return how an attempt to sign in ends."""
    return authenticate_person(engine, name, password, now).outcome


def test_hash_is_argon2id_and_salted() -> None:
    """Two hashes of one password differ, and both match it alone."""
    first, second = hash_password(RIGHT), hash_password(RIGHT)
    assert first != second
    assert first.startswith("$argon2id$")
    assert verify_password(first, RIGHT)
    assert not verify_password(first, RIGHT + "x")


def test_composed_and_decomposed_letters_are_one_password() -> None:
    """The same letters typed on another keyboard still open the account."""
    assert verify_password(hash_password("m\u1ead"), "ma\u0323\u0302")


@pytest.mark.parametrize("broken", ["", "plain", "$argon2id$v=19$m=1,t=1,p=1$x"])
def test_broken_hash_matches_nothing(broken: str) -> None:
    """A damaged row lets nobody in and raises nothing."""
    assert not verify_password(broken, broken)


@pytest.mark.parametrize(("typed", "name"), [(" HV01 ", "hv01"), ("Nguyễn", "nguyễn"), ("e\u0302", "ê")])
def test_username_is_found_however_it_is_typed(typed: str, name: str) -> None:
    """Capitals, spaces around and decomposed letters do not matter."""
    assert normalise_username(typed) == name


@pytest.mark.parametrize(
    ("new", "fault"),
    [
        ("ngắn", PasswordFault.TOO_SHORT),
        ("x" * 300, PasswordFault.TOO_LONG),
        ("matkhau12345", PasswordFault.TOO_COMMON),
        ("Password 2026", PasswordFault.TOO_COMMON),
        ("123456789012", PasswordFault.TOO_COMMON),
        ("aaaaaaaaaaaa", PasswordFault.TOO_COMMON),
        ("hv01hv01hv01", PasswordFault.TOO_COMMON),
        ("nguyen.thi.thu", PasswordFault.TOO_COMMON),
        (RIGHT, PasswordFault.SAME_AS_OLD),
        ("đèn sông áo mực", None),
        ("T7#kq9!vLm2z", None),
    ],
)
def test_new_password_rules(new: str, fault: PasswordFault | None) -> None:
    """Short, long, common and old passwords are refused; a passphrase or a random one is taken."""
    person_id = "nguyen.thi.thu" if new == "nguyen.thi.thu" else "hv01"
    assert check_new_password(new, hash_password(RIGHT), person_id) is fault


def test_right_password_is_welcome(people: Engine) -> None:
    """The person's own spelling of the name comes back."""
    done = authenticate_person(people, " HV01", RIGHT, NOW)
    assert (done.outcome, done.person_id) == (SignInOutcome.WELCOME, "hv01")


def test_given_password_must_be_changed_first(people: Engine) -> None:
    """A password that somebody else has given opens only the page on which it is changed."""
    assert outcome(people, "hv02", RIGHT) is SignInOutcome.MUST_CHANGE
    assert change_password(people, "hv02", "đèn sông áo mực") is None
    assert outcome(people, "hv02", RIGHT) is SignInOutcome.REFUSED
    assert outcome(people, "hv02", "đèn sông áo mực") is SignInOutcome.WELCOME


def test_refused_change_changes_nothing(people: Engine) -> None:
    """A new password that breaks a rule leaves the old one in force."""
    assert change_password(people, "hv02", RIGHT) is PasswordFault.SAME_AS_OLD
    assert outcome(people, "hv02", RIGHT) is SignInOutcome.MUST_CHANGE


@pytest.mark.parametrize(("name", "password"), [("hv01", "sai"), ("khong-co", RIGHT), ("", ""), ("hv01", "x" * 10_000)])
def test_wrong_and_unknown_end_alike(people: Engine, name: str, password: str) -> None:
    """Nobody learns from the outcome whether a name exists."""
    done = authenticate_person(people, name, password, NOW)
    assert (done.outcome, done.person_id) == (SignInOutcome.REFUSED, None)


def test_person_who_left_is_refused(people: Engine) -> None:
    """An inactive person's right password is refused, and their session ends."""
    with people.begin() as conn:
        conn.execute(update(person).where(person.c.id == "hv01").values(active=False))
    assert outcome(people, "hv01", RIGHT) is SignInOutcome.REFUSED
    assert not is_active(people, "hv01")


def test_fifth_wrong_try_locks_for_a_quarter_of_an_hour(people: Engine) -> None:
    """The lock lies in the database, refuses the right password, and ends by itself."""
    for _try in range(MAX_FAILED - 1):
        outcome(people, "hv01", "sai")
    assert outcome(people, "hv01", RIGHT) is SignInOutcome.WELCOME, "four tries do not lock, and success forgets them"
    for _try in range(MAX_FAILED):
        outcome(people, "hv01", "sai")
    assert outcome(people, "hv01", RIGHT) is SignInOutcome.REFUSED
    people.dispose()  # a restart forgets nothing
    assert outcome(people, "hv01", RIGHT, NOW + LOCK_TIME - timedelta(seconds=1)) is SignInOutcome.REFUSED
    assert outcome(people, "hv01", RIGHT, NOW + LOCK_TIME + timedelta(seconds=1)) is SignInOutcome.WELCOME


def test_lock_of_one_person_is_nobody_elses(people: Engine) -> None:
    """Wrong tries at one name do not touch another."""
    for _try in range(MAX_FAILED):
        outcome(people, "hv01", "sai")
    assert outcome(people, "hv02", RIGHT) is SignInOutcome.MUST_CHANGE


def test_hash_with_old_parameters_is_renewed_at_sign_in(people: Engine) -> None:
    """Stronger parameters reach old accounts without anybody noticing."""
    old = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(RIGHT)
    with people.begin() as conn:
        conn.execute(update(credential).where(credential.c.person_id == "hv01").values(password_hash=old))
    assert outcome(people, "hv01", RIGHT) is SignInOutcome.WELCOME
    with people.connect() as conn:
        kept = conn.scalar(select(credential.c.password_hash).where(credential.c.person_id == "hv01"))
    assert kept != old
    assert verify_password(str(kept), RIGHT)


def test_naive_time_is_refused(people: Engine) -> None:
    """A time without a zone could shorten a lock by hours."""
    with pytest.raises(ValueError, match="zone"):
        authenticate_person(people, "hv01", RIGHT, datetime(2026, 11, 23))


def test_change_for_nobody_is_an_error(people: Engine) -> None:
    """Changing the password of a person who is not there is a fault of the caller's."""
    with pytest.raises(LookupError):
        change_password(people, "khong-co", "đèn sông áo mực")
