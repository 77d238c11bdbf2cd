from workos import WorkOSClient

workos = WorkOSClient(api_key="{{api_key}}", client_id="{{client_id}}", base_url="{{base_url}}")

link = workos.admin_portal.generate_link(
    organization="org_…", intent="sso", return_url="{{redirect_uri}}"
).link
