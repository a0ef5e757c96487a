"""Passwords: how they are kept, checked, changed and locked.

Hashes are Argon2id.  An unknown name costs the same work as a wrong password, and the outcome of both is the same, so
that nobody learns which names exist.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, Engine, Row, select, update

from autograder.database.schema import credential, person
from autograder.model import require_aware

MAX_FAILED = 5
LOCK_TIME = timedelta(minutes=15)
MIN_LENGTH = 12
MAX_LENGTH = 256
# Words that many people's first idea of a password consists of; what is left without them must carry the password.
WEAK_WORDS = (
    "matkhau", "mậtkhẩu", "password", "passwd", "qwertyuiop", "qwerty", "asdfgh", "abcdef", "abc", "admin",
    "hocvuso", "hocvien", "họcviện", "sinhvien", "vietnam", "việtnam", "anhyeuem", "iloveyou", "welcome", "letmein",
)  # fmt: skip
MIN_OWN_CHARACTERS = 5


class SignInOutcome(StrEnum):
    """How an attempt to sign in ended."""

    WELCOME = "welcome"
    MUST_CHANGE = "must_change"
    REFUSED = "refused"


class PasswordFault(StrEnum):
    """Why a new password is not taken."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    SAME_AS_OLD = "same_as_old"
    TOO_COMMON = "too_common"


@dataclass(frozen=True, slots=True)
class SignIn:
    """The outcome of an attempt to sign in; ``person_id`` is the person's own spelling, None when refused."""

    outcome: SignInOutcome
    person_id: str | None = None


@cache
def password_hasher() -> PasswordHasher:
    """Return the hasher with the parameters of new hashes.

    Source: OWASP Password Storage Cheat Sheet, Argon2id with 19 MiB, 2 passes, 1 lane; small enough for a class that
    signs in at once.

    Raises
    ------
    nothing
    """
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@cache
def hash_of_nobody() -> str:
    """Return a hash that no password has, made with the parameters of new hashes.

    Raises
    ------
    nothing
    """
    import secrets

    return password_hasher().hash(secrets.token_hex(32))


def normalise_username(username: str) -> str:
    """Return the spelling under which a name is looked up: NFC, no capitals, no spaces around.

    Raises
    ------
    nothing
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", username).strip().casefold())


def hash_password(password: str) -> str:
    """Return the Argon2id hash of a password, its salt and parameters included.

    The same letters typed on another keyboard, composed or decomposed, are the same password.

    Raises
    ------
    nothing
    """
    return password_hasher().hash(unicodedata.normalize("NFC", password))


def verify_password(password_hash: str, password: str) -> bool:
    """Return whether the password is the one of the hash; a broken hash matches nothing.

    Raises
    ------
    nothing
    """
    try:
        return password_hasher().verify(password_hash, unicodedata.normalize("NFC", password))
    except (VerificationError, InvalidHashError):
        return False


def check_new_password(new: str, old_hash: str, person_id: str) -> PasswordFault | None:
    """Return why a new password is not taken, or None if it is.

    Parameters
    ----------
    new : str
        As typed.
    old_hash : str
        The hash in force.
    person_id : str
        The person's own name must not carry the password.

    Raises
    ------
    nothing
    """
    new = unicodedata.normalize("NFC", new)
    if len(new) < MIN_LENGTH:
        return PasswordFault.TOO_SHORT
    if len(new) > MAX_LENGTH:
        return PasswordFault.TOO_LONG
    if len(own_characters(new, person_id)) < MIN_OWN_CHARACTERS:
        return PasswordFault.TOO_COMMON
    if verify_password(old_hash, new):
        return PasswordFault.SAME_AS_OLD
    return None


def own_characters(password: str, person_id: str) -> set[str]:
    """Return the different letters of a password that remain without weak words, the person's name and digits.

    Raises
    ------
    nothing
    """
    letters = re.sub(r"\s+", "", password.casefold())
    for word in (normalise_username(person_id), *WEAK_WORDS):
        letters = letters.replace(word, "")
    if letters.isdecimal():  # a row of digits alone is a date or a telephone number
        return set()
    return set(letters)


def authenticate_person(engine: Engine, username: str, password: str, now: datetime) -> SignIn:
    """Check a name and a password, count failures, and lock the account after `MAX_FAILED` of them.

    The row of the person stays locked meanwhile, so that guesses at the same time are counted one by one. A right
    password during the lock is refused too and does not shorten it.

    Parameters
    ----------
    engine : Engine
        The installation's database.
    username, password : str
        As typed.
    now : datetime
        Aware.

    Returns
    -------
    SignIn

    Raises
    ------
    ValueError
        ``now`` is naive.
    """
    require_aware(now)
    with engine.begin() as conn:
        row = find_credential(conn, normalise_username(username))
        is_locked = row is not None and row.locked_until is not None and row.locked_until > now
        password_hash = hash_of_nobody() if row is None or is_locked else row.password_hash
        matches = verify_password(password_hash, password[: MAX_LENGTH * 4])
        if row is None or is_locked:
            return SignIn(SignInOutcome.REFUSED)
        if not matches:
            count_failure(conn, row, now)
            return SignIn(SignInOutcome.REFUSED)
        count_success(conn, row, password)
        outcome = SignInOutcome.MUST_CHANGE if row.must_change else SignInOutcome.WELCOME
        return SignIn(outcome, row.person_id)


def find_credential(conn: Connection, person_id: str) -> Row[tuple[object, ...]] | None:
    """Return the credential of an active person, locked for this transaction, or None.

    Raises
    ------
    nothing
    """
    query = select(credential).join(person).where(person.c.id == person_id, person.c.active)
    return conn.execute(query.with_for_update(of=credential)).one_or_none()


def count_failure(conn: Connection, row: Row[tuple[object, ...]], now: datetime) -> None:
    """Count a wrong password; the last one allowed locks the account and starts the count anew.

    Raises
    ------
    nothing
    """
    failed = row.failed + 1
    values = {"failed": failed, "locked_until": None}
    if failed >= MAX_FAILED:
        values = {"failed": 0, "locked_until": now + LOCK_TIME}
    conn.execute(update(credential).where(credential.c.person_id == row.person_id).values(values))


def count_success(conn: Connection, row: Row[tuple[object, ...]], password: str) -> None:
    """Forget earlier failures and renew a hash whose parameters are no longer those of new hashes.

    Raises
    ------
    nothing
    """
    values: dict[str, object] = {"failed": 0, "locked_until": None}
    if password_hasher().check_needs_rehash(row.password_hash):
        values["password_hash"] = hash_password(password)
    conn.execute(update(credential).where(credential.c.person_id == row.person_id).values(values))


def set_password(conn: Connection, person_id: str, password: str, *, must_change: bool) -> None:
    """Give a person a password, in place of any earlier one, and lift a lock.

    Raises
    ------
    nothing
    """
    from sqlalchemy.dialects.postgresql import insert as upsert

    values = {
        "password_hash": hash_password(password),
        "must_change": must_change,
        "failed": 0,
        "locked_until": None,
    }
    statement = upsert(credential).values(person_id=person_id, **values)
    conn.execute(statement.on_conflict_do_update(index_elements=["person_id"], set_=values))


def change_password(engine: Engine, person_id: str, new: str) -> PasswordFault | None:
    """Replace a person's own password by one of their choice, or return why it is not taken.

    Whoever calls this has just checked the old password with `authenticate_person`.

    Raises
    ------
    LookupError
        There is no such active person with a password.
    """
    with engine.begin() as conn:
        row = find_credential(conn, normalise_username(person_id))
        if row is None:
            raise LookupError(person_id)
        fault = check_new_password(new, row.password_hash, person_id)
        if fault is None:
            set_password(conn, row.person_id, new, must_change=False)
        return fault


def is_active(engine: Engine, person_id: str) -> bool:
    """Return whether a person may still be signed in.

    Raises
    ------
    nothing
    """
    with engine.connect() as conn:
        return bool(conn.scalar(select(person.c.active).where(person.c.id == normalise_username(person_id))))
