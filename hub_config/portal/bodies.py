"""Request bodies, read with a limit and parsed strictly."""

from __future__ import annotations

import json
from typing import Any, NoReturn, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from autograder.errors import SubmissionError
from autograder.locale import _

MAX_JSON_BYTES = 2**20
MAX_JSON_DEPTH = 40

Model = TypeVar("Model", bound=BaseModel)


async def read_bytes(request: Request, limit_bytes: int, code: str) -> bytes:
    """Return the body of a request, giving up as soon as it is over the limit.

    Raises
    ------
    SubmissionError
        413 with ``code``.
    """
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and len(declared) < 20 and int(declared) > limit_bytes:
        raise too_large(request, code, int(declared), limit_bytes)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit_bytes:
            raise too_large(request, code, len(body), limit_bytes)
    return bytes(body)


def require_content_type(request: Request, expected: str) -> None:
    """Refuse a body that is announced as something else.

    Raises
    ------
    SubmissionError
        415 ``content-type-wrong``.
    """
    found = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if found != expected:
        raise SubmissionError(
            "content-type-wrong",
            _("the request carries another kind of content"),
            where="Content-Type",
            found=found or _("nothing"),
            expected=expected,
            hint=_("send the content as it is, with this header"),
            status=415,
        )


def parse_json(body: bytes) -> Any:
    """Return the JSON value of a body: UTF-8, no NaN or Infinity, no lone surrogates, bounded depth.

    Raises
    ------
    SubmissionError
        422 ``json-invalid``.
    """
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise _not_json(str(error)[:200]) from error
    if _measure_depth(value) > MAX_JSON_DEPTH:
        raise _not_json(_("more than {limit} levels").format(limit=MAX_JSON_DEPTH))
    return value


def parse_model(model: type[Model], body: bytes) -> Model:
    """Return a typed model from the JSON of a body.

    Raises
    ------
    SubmissionError
        422 ``json-invalid`` or ``request-invalid``.
    """
    value = parse_json(body)
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise invalid_request(error.errors(include_url=False)) from error


def invalid_request(errors: Any) -> SubmissionError:
    """Return the error for parameters or fields that break the API's description.

    Parameters
    ----------
    errors : sequence of dict
        Pydantic's: ``loc``, ``msg``, ``input``.

    Raises
    ------
    nothing
    """
    first = errors[0]
    place = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "path"))
    more = len(errors) - 1
    return SubmissionError(
        "request-invalid",
        _("the request is not as the API describes it"),
        where=place,
        found=repr(first.get("input"))[:120],
        expected=first["msg"] + (f" (+{more})" if more else ""),
        hint=_("see the API description at openapi.json"),
        status=422,
    )


def too_large(request: Request, code: str, found: int, limit: int) -> SubmissionError:
    """Return the error for a body over its limit.

    Raises
    ------
    nothing
    """
    return SubmissionError(
        code,
        _("what was sent is too large"),
        where=request.url.path,
        found=_("{number} bytes").format(number=found),
        expected=_("at most {number} bytes").format(number=limit),
        hint=_("remove large files that are not part of the module, then try again"),
        status=413,
    )


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")


def _measure_depth(value: Any) -> int:
    depth, level = 0, [value]
    while level:
        depth += 1
        level = [
            child
            for parent in level
            if isinstance(parent, dict | list)
            for child in (parent.values() if isinstance(parent, dict) else parent)
        ]
    return depth


def _not_json(found: str) -> SubmissionError:
    return SubmissionError(
        "json-invalid",
        _("the request is not valid JSON"),
        where=_("the body of the request"),
        found=found,
        expected=_("one JSON value in UTF-8, without NaN or Infinity, at most {limit} levels deep").format(
            limit=MAX_JSON_DEPTH
        ),
        hint=_("check the program that sent it"),
        status=422,
    )
