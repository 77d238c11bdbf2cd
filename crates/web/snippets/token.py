from workos import WorkOSClient

workos = WorkOSClient(api_key="{{api_key}}", client_id="{{client_id}}", base_url="{{base_url}}")

# The code is in the query of your redirect URI.
profile = workos.sso.get_profile_and_token(code="CODE").profile
