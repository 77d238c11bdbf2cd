"""The unmodified Python SDK exchanges the code of a sign-in with a public provider."""

import os

from workos import WorkOSClient

from harness import check

E = os.environ
workos = WorkOSClient(
    api_key=E["VESTIBULE_API_KEY"], client_id=E["CLIENT_ID"], base_url=E["VESTIBULE_URL"], max_retries=0
)


@check
def a_code_of_google_is_a_profile_without_organization_and_tokens():
    answer = workos.sso.get_profile_and_token(code=E["CODES"].split()[1])
    profile, tokens = answer.profile, answer.oauth_tokens
    assert profile.connection_type.value == "GoogleOAuth", profile
    assert profile.organization_id is None, profile
    assert profile.email == "jane@acme.example", profile
    assert tokens.provider == "GoogleOAuth", tokens
    assert tokens.access_token and tokens.expires_at > 0, tokens
