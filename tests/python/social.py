"""The unmodified Python SDK exchanges the code of a sign-in with a public provider."""

import json
import os
import traceback

from workos import WorkOSClient

E = os.environ
workos = WorkOSClient(
    api_key=E["VESTIBULE_API_KEY"], client_id=E["CLIENT_ID"], base_url=E["VESTIBULE_URL"], max_retries=0
)

line = {"check": "a code of google is a profile without organization, and tokens"}
try:
    answer = workos.sso.get_profile_and_token(code=E["CODES"].split()[1])
    profile, tokens = answer.profile, answer.oauth_tokens
    assert profile.connection_type.value == "GoogleOAuth", profile
    assert profile.organization_id is None, profile
    assert profile.email == "jane@acme.example", profile
    assert tokens.provider == "GoogleOAuth", tokens
    assert tokens.access_token and tokens.expires_at > 0, tokens
except BaseException:
    line["error"] = traceback.format_exc()
print(json.dumps(line), flush=True)
