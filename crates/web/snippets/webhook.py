from workos import WorkOSClient

workos = WorkOSClient(api_key="{{api_key}}", client_id="{{client_id}}", base_url="{{base_url}}")


def verified(body: bytes, headers):
    """Raises unless the signature is right."""
    return workos.webhooks.verify_event(
        event_body=body, event_signature=headers["WorkOS-Signature"], secret="whsec_…"
    )
