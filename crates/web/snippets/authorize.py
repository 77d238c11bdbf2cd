from workos import WorkOSClient

workos = WorkOSClient(api_key="{{api_key}}", client_id="{{client_id}}", base_url="{{base_url}}")

# Send the person's browser there.
url = workos.sso.get_authorization_url(redirect_uri="{{redirect_uri}}", organization="org_…", state="…")
