"""Sign-in through the hub, against a server that answers as the hub does."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient

from hub_config.portal.app import create_app

PREFIX = "/services/portal"
LEARNER = "999001"
GOOD, FOREIGN, SERVICE = "a-good-token", "token-of-elsewhere", "token-of-a-service"
SCOPE = "access:services!service=portal"


@pytest.fixture
def client(academy: Any, portal_settings: Any, fake_hub: Any) -> Iterator[TestClient]:
    """A browser, without redirects followed, at a portal that asks the fake hub."""
    fake_hub.tokens |= {
        GOOD: {"kind": "user", "name": LEARNER, "scopes": [SCOPE]},
        FOREIGN: {"kind": "user", "name": LEARNER, "scopes": ["self"]},
        SERVICE: {"kind": "service", "name": LEARNER, "scopes": [SCOPE]},
    }
    fake_hub.codes["good-code"] = GOOD
    settings = replace(portal_settings, hub_api_url=fake_hub.url)
    with TestClient(create_app(settings, engine=academy.engine), follow_redirects=False) as browser:
        yield browser


def begin(client: TestClient, path: str = "/") -> dict[str, str]:
    """Visit a page and return what the hub is asked."""
    answer = client.get(f"{PREFIX}{path}")
    assert answer.status_code == 302
    target = urlsplit(answer.headers["location"])
    assert target.path == "/hub/api/oauth2/authorize"
    return {key: values[0] for key, values in parse_qs(target.query).items()}


def test_a_visitor_signs_in_and_comes_back_to_the_page_they_wanted(client: Any, fake_hub: Any) -> None:
    """Hub, code, token, cookie, page: with PKCE where the hub's library has it."""
    asked = begin(client, "/units?as_of=2026-11-30")
    assert asked["client_id"] == "service-portal"
    assert asked["redirect_uri"] == f"{PREFIX}/oauth_callback"
    back = client.get(f"{PREFIX}/oauth_callback", params={"code": "good-code", "state": asked["state"]})
    assert (back.status_code, back.headers["location"]) == (302, f"{PREFIX}/units?as_of=2026-11-30")
    given = next(form for _method, path, form in fake_hub.asked if path.endswith("/oauth2/token"))
    if "code_challenge" in asked:
        digest = hashlib.sha256(given["code_verifier"].encode()).digest()
        assert base64.urlsafe_b64encode(digest).decode().rstrip("=") == asked["code_challenge"]
    assert client.get(f"{PREFIX}/").status_code == 200


def test_cookies_stay_with_the_portal_and_out_of_scripts(client: Any) -> None:
    """The token's cookie is for the portal's path only, HttpOnly and SameSite=Lax; Secure behind HTTPS."""
    state = begin(client)["state"]
    back = client.get(
        f"{PREFIX}/oauth_callback",
        params={"code": "good-code", "state": state},
        headers={"X-Forwarded-Proto": "https,http"},
    )
    cookie = next(c for c in back.headers.get_list("set-cookie") if GOOD in c)
    for part in (f"Path={PREFIX}/", "HttpOnly", "SameSite=lax", "Secure"):
        assert part in cookie


@pytest.mark.parametrize("params", [{}, {"code": "good-code"}, {"code": "good-code", "state": "not-mine"}])
def test_a_callback_that_is_not_of_this_browser_starts_over(client: Any, fake_hub: Any, params: Any) -> None:
    """Nobody is signed in by a link that somebody else made."""
    begin(client)
    back = client.get(f"{PREFIX}/oauth_callback", params=params)
    assert (back.status_code, back.headers["location"]) == (302, f"{PREFIX}/")
    assert "good-code" in fake_hub.codes


def test_a_code_that_the_hub_does_not_know_is_a_page_with_advice(client: Any) -> None:
    """No redirect loop, no traceback."""
    back = client.get(f"{PREFIX}/oauth_callback", params={"code": "old-code", "state": begin(client)["state"]})
    assert back.status_code == 403
    assert "Traceback" not in back.text


def test_a_hub_that_says_no_is_a_page_with_advice(client: Any) -> None:
    """The hub's error parameter is shown as text."""
    back = client.get(f"{PREFIX}/oauth_callback", params={"error": "<b>access_denied"})
    assert back.status_code == 403
    assert "<b>access" not in back.text


@pytest.mark.parametrize("path", ["//evil.example/", "https://evil.example/", "/hub/", "/services/portal\\evil"])
def test_the_way_back_never_leaves_the_portal(client: Any, path: str) -> None:
    """A crafted cookie cannot send a freshly signed-in person elsewhere."""
    import json

    begin(client)
    state = base64.urlsafe_b64encode(json.dumps({"state": "s", "next": path}).encode()).decode().rstrip("=")
    client.cookies.clear()
    back = client.get(
        f"{PREFIX}/oauth_callback",
        params={"code": "good-code", "state": "s"},
        headers={"Cookie": f"service-portal-oauth-state={state}"},
    )
    assert (back.status_code, back.headers["location"]) == (302, f"{PREFIX}/")


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (f"token {GOOD}", 200),
        (f"Bearer {GOOD}", 200),
        (f"bearer  {GOOD}", 200),
        (f"token {FOREIGN}", 401),
        (f"token {SERVICE}", 401),
        ("token unknown-token", 401),
        ("token", 401),
        ("Basic dXNlcjpwYXNz", 401),
        ("token é\x7f", 401),
        ("token " + "x" * 3000, 401),
    ],
)
def test_only_a_users_token_with_the_portals_scope_opens_the_api(client: Any, header: str, status: int) -> None:
    """The scope decides, not the mere existence of a token."""
    answer = client.get(f"{PREFIX}/api/v1/me", headers={"Authorization": header.encode("latin-1")})
    assert answer.status_code == status


def test_a_stale_cookie_leads_to_the_hub_again(client: Any) -> None:
    """A token that the hub forgot is as good as none."""
    answer = client.get(f"{PREFIX}/", headers={"Cookie": "service-portal=a-forgotten-token"})
    assert answer.status_code == 302


def test_signing_out_forgets_the_cookie_and_leads_to_the_hub(client: Any) -> None:
    """Both sign-ins end."""
    client.get(f"{PREFIX}/oauth_callback", params={"code": "good-code", "state": begin(client)["state"]})
    answer = client.get(f"{PREFIX}/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/hub/logout")
    assert client.get(f"{PREFIX}/").status_code == 302
    assert client.get(f"{PREFIX}/sign-out", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_a_hub_that_is_away_is_a_503(academy: Any, portal_settings: Any) -> None:
    """Pages and API say so and ask to come back."""
    with TestClient(create_app(portal_settings, engine=academy.engine)) as browser:
        page = browser.get(f"{PREFIX}/", headers={"Cookie": f"service-portal={GOOD}"})
        call = browser.get(f"{PREFIX}/api/v1/me", headers={"Authorization": f"token {GOOD}"})
    assert (page.status_code, call.status_code) == (503, 503)
    assert call.json()["error"]["code"] == "hub-unreachable"
    assert page.headers["retry-after"]
