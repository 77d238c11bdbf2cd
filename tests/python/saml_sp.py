"""pysaml2 as the service provider: does it believe what the test identity provider answers?

The environment says what an administrator would have registered: IDP_METADATA, ENTITY_ID, ACS_URL;
and what a browser brought: RESPONSE, in answer to REQUEST.

Every check prints one line of JSON: {"check": name} or {"check": name, "error": why}.
"""

import base64
import os

from saml2 import BINDING_HTTP_POST
from saml2.client import Saml2Client
from saml2.config import SPConfig

from harness import check

E = os.environ


def client():
    services = {"assertion_consumer_service": [(E["ACS_URL"], BINDING_HTTP_POST)]}
    sp = {"endpoints": services, "want_assertions_signed": True, "want_response_signed": False}
    config = SPConfig()
    config.load(
        {
            "entityid": E["ENTITY_ID"],
            "metadata": {"inline": [E["IDP_METADATA"]]},
            "service": {"sp": {**sp, "allow_unknown_attributes": True}},
        }
    )
    return Saml2Client(config)


def parsed(response):
    outstanding = {E["REQUEST"]: "/"}
    return client().parse_authn_request_response(response, BINDING_HTTP_POST, outstanding)


@check
def the_response_is_believed():
    identity = parsed(E["RESPONSE"])
    assert identity.name_id.text == "ada@acme.example", identity.name_id
    # As they were sent: pysaml2 has names of its own for some.
    attributes = identity.assertion.attribute_statement[0].attribute
    sent = {attribute.name: [value.text for value in attribute.attribute_value] for attribute in attributes}
    assert sent == {
        "email": ["ada@acme.example"],
        "firstName": ["Ada"],
        "lastName": ["Lovelace"],
        "groups": ["Engineering", "Admins"],
    }, sent


@check
def a_changed_response_is_not():
    xml = base64.b64decode(E["RESPONSE"]).decode()
    changed = base64.b64encode(xml.replace(">Ada<", ">Eve<").encode()).decode()
    assert ">Ada<" in xml
    try:
        parsed(changed)
    except Exception:
        return
    raise AssertionError("pysaml2 believes what was changed")
