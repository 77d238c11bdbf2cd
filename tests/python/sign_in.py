"""The unmodified Python SDK signs people in, as a vendor's application does. The identity provider
signs everybody in at once; this script is the browser, too.
"""

import html
import os
import re
import urllib.error
import urllib.request
from urllib.parse import parse_qsl, urlencode, urlsplit

from workos import WorkOSClient
from workos._errors import AuthenticationError, BadRequestError
from workos.public_client import create_public_client

from harness import check, raises

E = os.environ
REDIRECT_URI = E["REDIRECT_URI"]

workos = WorkOSClient(
    api_key=E["VESTIBULE_API_KEY"], client_id=E["CLIENT_ID"], base_url=E["VESTIBULE_URL"], max_retries=0
)


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


browser = urllib.request.build_opener(NoRedirect)


def ask(url, fields=None):
    try:
        return browser.open(url, data=urlencode(fields).encode() if fields else None)
    except urllib.error.HTTPError as answer:
        if answer.status in (302, 303):
            return answer
        raise AssertionError(f"{url}: {answer.status} {answer.read().decode()}") from None


def browse(start):
    """Follows redirects and sends the provider's form, up to the app; what was brought there."""
    answer = ask(start)
    for _ in range(10):
        to = answer.headers.get("Location")
        if to and to.startswith(REDIRECT_URI):
            return dict(parse_qsl(urlsplit(to).query))
        if to:
            answer = ask(to)
            continue
        page = answer.read().decode()
        fields = [(n, html.unescape(v)) for n, v in re.findall(r'name="([^"]*)" value="([^"]*)"', page)]
        answer = ask(html.unescape(re.search(r'action="([^"]*)"', page)[1]), fields)
    raise AssertionError("too many steps")


def assert_profile(answer):
    profile = answer.profile
    assert profile.connection_id == E["CONNECTION"], profile
    assert profile.connection_type.value == "GenericSAML", profile
    assert profile.organization_id == E["ORGANIZATION"], profile
    assert profile.idp_id == "id of jane@acme.example", profile
    assert profile.email == "jane@acme.example", profile
    assert profile.role.slug == "member", profile
    assert (profile.first_name, profile.last_name) == ("Jane", "Doe-Żółć"), profile
    assert workos.sso.get_profile(access_token=answer.access_token) == profile


used = []


@check
def a_person_signs_in_by_connection():
    url = workos.sso.get_authorization_url(redirect_uri=REDIRECT_URI, connection=E["CONNECTION"])
    used.append(browse(url)["code"])
    assert_profile(workos.sso.get_profile_and_token(code=used[0]))


@check
def a_person_signs_in_by_organization_with_a_state():
    state = "a b&c='d'\"*!<é🦀>"
    url = workos.sso.get_authorization_url(
        redirect_uri=REDIRECT_URI,
        organization=E["ORGANIZATION"],
        state=state,
        login_hint="jane@acme.example",
        domain_hint="acme.example",
        nonce="a nonce",
        prompt="login",
        provider_scopes=["a", "b"],
        provider_query_params={"c": "d"},
    )
    brought = browse(url)
    assert brought["state"] == state, brought
    assert_profile(workos.sso.get_profile_and_token(code=brought["code"]))


@check
def a_person_signs_in_by_pkce_and_a_secret():
    begun = workos.sso.get_authorization_url_with_pkce(
        redirect_uri=REDIRECT_URI, connection=E["CONNECTION"], provider_scopes=["a", "b"]
    )
    brought = browse(begun["url"])
    assert brought["state"] == begun["state"], brought
    assert_profile(
        workos.sso.get_profile_and_token_pkce(code=brought["code"], code_verifier=begun["code_verifier"])
    )


@check
def a_person_signs_in_by_pkce_without_a_secret():
    app = create_public_client(client_id=E["CLIENT_ID"], base_url=E["VESTIBULE_URL"])
    begun = app.sso.get_authorization_url_with_pkce(redirect_uri=REDIRECT_URI, connection=E["CONNECTION"])
    code = browse(begun["url"])["code"]
    assert_profile(app.sso.get_profile_and_token_pkce(code=code, code_verifier=begun["code_verifier"]))


@check
def a_used_code_is_BadRequestError():
    error = raises(BadRequestError, lambda: workos.sso.get_profile_and_token(code=used[0]))
    assert "invalid_grant" in f"{error} {vars(error)}", vars(error)


@check
def a_wrong_token_is_AuthenticationError():
    raises(AuthenticationError, lambda: workos.sso.get_profile(access_token="wrong"))
