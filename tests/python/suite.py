"""The unmodified Python SDK drives the service, as a vendor's application does."""

import os
import queue
import re
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from workos import WorkOSClient
from workos._errors import (
    AuthenticationError,
    BadRequestError,
    ConflictError,
    NotFoundError,
    RateLimitExceededError,
    UnprocessableEntityError,
)
from workos.organizations.models import OrganizationDomainData
from workos.common.models.organization_domain_data_state import OrganizationDomainDataState
from workos.sso import CreateProtocolOptionsOIDC, CreateProtocolOptionsSAML
from workos.sso import PatchProtocolOptionsOIDC, PatchProtocolOptionsSAML
from workos.sso.models import (
    CreateConnectionOIDCOptions,
    CreateConnectionSAMLOptions,
    PatchConnectionOIDCOptions,
    PatchConnectionSAMLOptions,
)

from harness import check, raises

E = os.environ
UNKNOWN = "org_01ARZ3NDEKTSV4RRFFQ69G5FAV"


def client(key):
    return WorkOSClient(api_key=key, client_id="client_suite", base_url=E["VESTIBULE_URL"], max_retries=0)


workos = client(E["VESTIBULE_API_KEY"])
certificates = [E["CERTIFICATE"], E["OTHER_CERTIFICATE"]]


def equal(got, wanted):
    assert got == wanted, f"{got!r} is not {wanted!r}"


def domain(name, state):
    return OrganizationDomainData(domain=name, state=OrganizationDomainDataState(state))


def state_of(value):
    return getattr(value, "value", value)


made = {}


@check
def an_organization_is_created():
    organization = workos.organizations.create_organization(
        name="Acme",
        domain_data=[domain("acme.example", "verified"), domain("acme.test", "pending")],
        metadata={"plan": "gold", "seats": "40"},
        external_id="customer 1/a?b#c%d",
    )
    made["acme"] = organization
    equal(organization.object, "organization")
    equal(organization.metadata, {"plan": "gold", "seats": "40"})
    equal({d.domain: state_of(d.state) for d in organization.domains}, {"acme.example": "verified", "acme.test": "pending"})


@check
def an_organization_is_read_by_id_and_external_id():
    acme = made["acme"]
    equal(workos.organizations.get_organization(acme.id), acme)
    equal(workos.organizations.get_organization_by_external_id("customer 1/a?b#c%d").id, acme.id)


@check
def absent_keeps_and_null_clears():
    acme = made["acme"]
    updated = workos.organizations.update_organization(acme.id, name="Acme Ltd", stripe_customer_id="cus_1")
    equal((updated.name, updated.external_id, updated.metadata), ("Acme Ltd", acme.external_id, acme.metadata))
    equal(updated.stripe_customer_id, "cus_1")
    updated = workos.organizations.update_organization(acme.id, external_id=None, metadata={"seats": None, "region": "eu"})
    equal((updated.external_id, updated.metadata), (None, {"plan": "gold", "region": "eu"}))


@check
def organizations_are_listed_page_by_page():
    for number in range(12):
        workos.organizations.create_organization(name=f"Page {number}")
    page = workos.organizations.list_organizations(limit=5, order="asc")
    equal(len(page.data), 5)
    equal(page.after, page.data[-1].id)
    ids = [organization.id for organization in page.auto_paging_iter()]
    equal(ids, sorted(set(ids)))
    assert len(ids) >= 13, len(ids)
    whole = workos.organizations.list_organizations(limit=len(ids))
    equal((len(whole.data), whole.after), (len(ids), None))
    found = workos.organizations.list_organizations(domains=["acme.example"])
    equal([organization.id for organization in found.data], [made["acme"].id])
    found = workos.organizations.list_organizations(search="Acme")
    equal([organization.id for organization in found.data], [made["acme"].id])


@check
def an_organization_is_deleted():
    gone = workos.organizations.create_organization(name="Gone")
    workos.organizations.delete_organization(gone.id)
    raises(NotFoundError, lambda: workos.organizations.get_organization(gone.id))


@check
def organization_domains_are_added_read_and_removed():
    added = workos.organization_domains.create_organization_domain(domain="added.example", organization_id=made["acme"].id)
    equal((added.organization_id, added.domain, state_of(added.state)), (made["acme"].id, "added.example", "pending"))
    equal(workos.organization_domains.get_organization_domain(added.id), added)
    workos.organization_domains.delete_organization_domain(added.id)
    raises(NotFoundError, lambda: workos.organization_domains.get_organization_domain(added.id))
    verified = next(d for d in made["acme"].domains if state_of(d.state) == "verified")
    error = raises(BadRequestError, lambda: workos.organization_domains.verify_organization_domain(verified.id))
    equal(error.code, "domain_already_verified")


def link_check(intent):
    def run():
        link = workos.admin_portal.generate_link(
            organization=made["acme"].id,
            intent=intent,
            return_url="https://app.example.com/settings",
            success_url="https://app.example.com/done",
        ).link
        assert re.fullmatch(re.escape(E["VESTIBULE_URL"]) + r"/portal\?token=vpt_[A-Za-z0-9_-]{43}", link), link

    run.__name__ = f"a_portal_link_is_made_for_{intent}"
    check(run)


@check
def a_domain_is_verified_once_its_record_is_there():
    added = workos.organization_domains.create_organization_domain(domain="proven.example", organization_id=made["acme"].id)
    record = f"verification_token={added.verification_token}"
    # The other name that the record may have.
    name = f"{added.verification_prefix}.proven.example"
    urllib.request.urlopen(f"{E['NAME_SERVER_DESK']}/{name}", data=record.encode()).close()
    verified = workos.organization_domains.verify_organization_domain(added.id)
    equal((state_of(verified.state), state_of(verified.verification_strategy)), ("verified", "dns"))
    equal(workos.organization_domains.get_organization_domain(added.id).updated_at, verified.updated_at)
    workos.organization_domains.delete_organization_domain(added.id)


for word in ["sso", "dsync", "domain_verification", "audit_logs", "log_streams", "certificate_renewal"]:
    link_check(word)


@check
def a_portal_link_without_intent_opens_the_home():
    assert workos.admin_portal.generate_link(organization=made["acme"].id).link


@check
def the_links_of_one_user_are_revoked():
    organization = made["acme"].id
    for _ in range(2):
        workos.admin_portal.generate_link(
            organization=organization, intent="sso", external_user_id="user_7", it_contact_emails=["it@acme.example"]
        )
    workos.admin_portal.revoke_link(organization=organization, external_user_id="user_7")
    raises(NotFoundError, lambda: workos.admin_portal.revoke_link(organization=UNKNOWN, external_user_id="user_7"))


@check
def it_contacts_are_added_invited_and_removed():
    organization = workos.organizations.create_organization(name="With contacts").id
    contact = workos.organizations.create_it_contact(organization, email="it@acme.example")
    listed = workos.organizations.list_it_contacts(organization)
    equal([c.id for c in listed.data], [contact.id])
    error = raises(ConflictError, lambda: workos.organizations.create_it_contact(organization, email="IT@acme.example"))
    equal(error.code, "it_contact_already_exists")
    invite = lambda: workos.organizations.invite_it_contact(organization, contact.id, intents=["sso"])
    invite()
    equal(raises(ConflictError, invite).code, "it_contact_invitation_already_active")
    workos.organizations.revoke_it_contact(organization, contact.id)
    workos.organizations.invite_it_contact(organization, contact.id, intents=["sso", "directory_sync"])
    workos.organizations.delete_it_contact(organization, contact.id)
    equal(workos.organizations.list_it_contacts(organization).data, [])


def saml(**more):
    options = {
        "idp_entity_id": "http://www.okta.com/exk1",
        "idp_sso_url": "https://example.okta.com/app/exk1/sso/saml",
        "idp_signing_certs": certificates[:1],
    }
    return CreateProtocolOptionsSAML(saml_options=CreateConnectionSAMLOptions(**(options | more)))


@check
def a_saml_connection_is_created_read_listed_and_found_again():
    organization = made["acme"].id
    create = lambda: workos.sso.create_connection(
        organization_id=organization, name="Okta", external_id="ext-1", connection_type="OktaSAML", protocol_options=saml()
    )
    connection = create()
    made["saml"] = connection
    equal((state_of(connection.state), state_of(connection.connection_type)), ("active", "OktaSAML"))
    equal(create().id, connection.id)
    equal(workos.sso.get_connection(connection.id).id, connection.id)
    listed = workos.sso.list_connections(organization_id=organization)
    equal([c.id for c in listed.data], [connection.id])
    equal({d.domain for d in connection.domains}, {"acme.example", "acme.test"})


@check
def a_second_connection_of_an_organization_is_a_conflict():
    error = raises(
        ConflictError,
        lambda: workos.sso.create_connection(
            organization_id=made["acme"].id, connection_type="GenericSAML", protocol_options=saml()
        ),
    )
    equal(error.code, "organization_already_has_connection")


@check
def a_saml_connection_is_changed():
    options = PatchConnectionSAMLOptions(idp_sso_url="https://example.okta.com/app/exk2/sso/saml")
    updated = workos.sso.update_connection(
        made["saml"].id, name="Okta, renamed", protocol_options=PatchProtocolOptionsSAML(saml_options=options)
    )
    equal((updated.id, updated.name, state_of(updated.state)), (made["saml"].id, "Okta, renamed", "active"))


@check
def metadata_is_fetched_when_a_connection_names_its_address():
    organization = workos.organizations.create_organization(name="By address").id
    options = CreateConnectionSAMLOptions(idp_metadata_url=E["METADATA_URL"])
    connection = workos.sso.create_connection(
        organization_id=organization,
        connection_type="OktaSAML",
        protocol_options=CreateProtocolOptionsSAML(saml_options=options),
    )
    equal(state_of(connection.state), "active")
    certs = workos.sso.list_connection_saml_idp_signing_certs(connection.id)
    equal(len(certs.data), 1)
    missing = CreateConnectionSAMLOptions(idp_metadata_url=E["METADATA_URL"] + "/missing")
    other = workos.organizations.create_organization(name="By wrong address").id
    create = lambda: workos.sso.create_connection(
        organization_id=other, protocol_options=CreateProtocolOptionsSAML(saml_options=missing)
    )
    error = raises((BadRequestError, UnprocessableEntityError), create)
    equal(error.code, "idp_metadata_fetch_failed")


@check
def identity_provider_certificates_are_added_and_removed_but_not_the_last():
    connection = made["saml"].id
    first = workos.sso.list_connection_saml_idp_signing_certs(connection).data
    equal(len(first), 1)
    second = workos.sso.create_connection_saml_idp_signing_cert(connection, value=certificates[1])
    assert second.not_before and second.not_after
    listed = workos.sso.list_connection_saml_idp_signing_certs(connection).data
    equal([c.id for c in listed], [first[0].id, second.id])
    workos.sso.delete_connection_saml_idp_signing_cert(connection, first[0].id)
    error = raises(Exception, lambda: workos.sso.delete_connection_saml_idp_signing_cert(connection, second.id))
    equal(error.code, "cannot_delete_last_certificate")
    error = raises(
        (BadRequestError, UnprocessableEntityError),
        lambda: workos.sso.create_connection_saml_idp_signing_cert(connection, value="not a certificate"),
    )
    equal(error.code, "invalid_certificate")


@check
def our_own_certificates_are_made_and_removed():
    connection = made["saml"].id
    existing = None
    try:
        existing = workos.sso.list_connection_saml_sp_signing_cert(connection)
    except NotFoundError:
        pass
    if existing:
        workos.sso.delete_connection_saml_sp_signing_cert(connection, existing.id)
    signing = workos.sso.create_connection_saml_sp_signing_cert(connection)
    assert "BEGIN CERTIFICATE" in signing.value
    error = raises(ConflictError, lambda: workos.sso.create_connection_saml_sp_signing_cert(connection))
    equal(error.code, "sp_signing_cert_already_exists")
    equal(workos.sso.list_connection_saml_sp_signing_cert(connection).id, signing.id)
    workos.sso.delete_connection_saml_sp_signing_cert(connection, signing.id)
    raises(NotFoundError, lambda: workos.sso.list_connection_saml_sp_signing_cert(connection))
    encryption = workos.sso.create_connection_saml_sp_encryption_cert(connection)
    ids = [c.id for c in workos.sso.list_connection_saml_sp_encryption_certs(connection).data]
    assert encryption.id in ids
    workos.sso.delete_connection_saml_sp_encryption_cert(connection, encryption.id)


@check
def an_oidc_connection_is_created_and_changed():
    organization = workos.organizations.create_organization(name="OpenID").id
    options = CreateConnectionOIDCOptions(
        discovery_endpoint=E["DISCOVERY_URL"],
        client_id="client-1",
        client_secret="secret-1",
        pkce=True,
        token_authentication_method="client_secret_basic",
        id_token_signature_algorithm="RS256",
        fetch_user_info=True,
    )
    connection = workos.sso.create_connection(
        organization_id=organization,
        connection_type="GenericOIDC",
        protocol_options=CreateProtocolOptionsOIDC(oidc_options=options),
    )
    equal((state_of(connection.state), state_of(connection.connection_type)), ("active", "GenericOIDC"))
    updated = workos.sso.update_connection(
        connection.id,
        protocol_options=PatchProtocolOptionsOIDC(oidc_options=PatchConnectionOIDCOptions(client_id="client-2")),
    )
    equal(updated.id, connection.id)
    workos.sso.delete_connection(connection.id)
    raises(NotFoundError, lambda: workos.sso.get_connection(connection.id))


@check
def events_are_listed_and_typed():
    page = workos.events.list_events(
        events=["connection.activated", "organization.created"], organization_id=made["acme"].id
    )
    kinds = [event.event for event in page.data]
    equal(kinds, ["organization.created", "connection.activated"])
    equal(type(page.data[1]).__name__, "ConnectionActivated")
    equal(page.data[1].data.id, made["saml"].id)
    rest = workos.events.list_events(
        events=["connection.activated", "organization.created"],
        organization_id=made["acme"].id,
        after=page.data[0].id,
    )
    equal([event.id for event in rest.data], [page.data[1].id])


deliveries = queue.Queue()


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        deliveries.put((body, self.headers["WorkOS-Signature"]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


@check
def webhook_endpoints_are_managed_and_a_real_webhook_is_verified():
    server = ThreadingHTTPServer(("127.0.0.1", int(E["RECEIVER_PORT"])), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{E['RECEIVER_PORT']}/webhooks"
    endpoint = workos.webhooks.create_webhook_endpoint(endpoint_url=url, events=["organization.created"])
    assert endpoint.secret.startswith("whsec_")
    equal(state_of(endpoint.status), "enabled")
    error = raises(ConflictError, lambda: workos.webhooks.create_webhook_endpoint(endpoint_url=url, events=["organization.created"]))
    equal(error.code, "duplicate_endpoint")
    error = raises(
        UnprocessableEntityError,
        lambda: workos.webhooks.create_webhook_endpoint(endpoint_url="ftp://x", events=["organization.created"]),
    )
    equal(error.code, "invalid_url")
    listed = workos.webhooks.list_webhook_endpoints()
    equal([(e.id, e.secret) for e in listed.data], [(endpoint.id, endpoint.secret)])
    organization = workos.organizations.create_organization(name="Żółć 東京 🦀", metadata={"10": "b", "9": "a"})
    body, signature = deliveries.get(timeout=30)
    event = workos.webhooks.verify_event(event_body=body, event_signature=signature, secret=endpoint.secret)
    equal((event.event, event.data.id, event.data.name), ("organization.created", organization.id, "Żółć 東京 🦀"))
    raises(
        ValueError,
        lambda: workos.webhooks.verify_event(event_body=body + b" ", event_signature=signature, secret=endpoint.secret),
    )
    updated = workos.webhooks.update_webhook_endpoint(endpoint.id, status="disabled", events=["connection.activated"])
    equal((state_of(updated.status), [state_of(e) for e in updated.events]), ("disabled", ["connection.activated"]))
    workos.webhooks.delete_webhook_endpoint(endpoint.id)
    equal(workos.webhooks.list_webhook_endpoints().data, [])
    raises(NotFoundError, lambda: workos.webhooks.delete_webhook_endpoint(endpoint.id))
    server.shutdown()


@check
def a_connection_is_deleted():
    workos.sso.delete_connection(made["saml"].id)
    raises(NotFoundError, lambda: workos.sso.get_connection(made["saml"].id))


@check
def status_400_is_BadRequestError():
    error = raises(
        BadRequestError,
        lambda: workos.admin_portal.generate_link(
            organization=made["acme"].id, intent="sso", success_url="http://app.example.com"
        ),
    )
    assert "success_url" in error.message, error.message
    assert error.request_id


@check
def status_401_is_AuthenticationError():
    error = raises(AuthenticationError, lambda: client("sk_test_wrong").organizations.list_organizations())
    assert error.request_id


@check
def status_404_is_NotFoundError():
    error = raises(NotFoundError, lambda: workos.organizations.get_organization(UNKNOWN))
    equal(error.code, "entity_not_found")


@check
def status_409_is_ConflictError():
    error = raises(
        ConflictError,
        lambda: workos.organization_domains.create_organization_domain(
            domain="acme.example", organization_id=made["acme"].id
        ),
    )
    equal(error.code, "domain_already_exists")


@check
def status_422_is_UnprocessableEntityError():
    error = raises(UnprocessableEntityError, lambda: workos.organizations.create_organization(name=""))
    assert all(entry["code"] for entry in error.errors), error.errors


@check
def status_429_is_RateLimitExceededError():
    """Whoever fails to prove a key too often is told to slow down."""
    guessing = client("sk_test_wrong")

    def ask(_):
        try:
            guessing.organizations.list_organizations()
        except RateLimitExceededError as error:
            return error
        except AuthenticationError:
            return None

    errors = []
    with ThreadPoolExecutor(8) as pool:
        for _ in range(20):
            errors = [error for error in pool.map(ask, range(20)) if error]
            if errors:
                break
    assert errors, "never limited"
    assert errors[0].retry_after >= 1, errors[0].retry_after
