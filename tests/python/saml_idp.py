"""A SAML identity provider out of pysaml2, on a free port of the loopback interface.

Prints one line of JSON when it listens: its address, entity id and certificate. Ends with its
standard input. It knows service providers by their metadata, as an administrator would register
them:

    GET  /metadata    its own metadata; with the query `post`, as if requests came by form only
    POST /sp          the body is the metadata of a service provider
    GET  /sso         a request by redirect; POST by form
    GET  /start       a sign-in that begins here: `sp` is the entity id

Everybody is signed in at once. What the answer is like is asked for in the query, beside the
message:

    sign     assertion, response, both (the default) or none
    encrypt  an algorithm of XML Encryption for the assertion, such as aes256-gcm
    email    who signs in; empty: the attribute does not come
    group    a group of that person, may be repeated
    fault    denied: an error instead of an assertion; audience: meant for somebody else;
             key: signed by a key that nobody knows; encryption: for another's key
    clock    by how many seconds the provider's clock is ahead
"""

import base64
import contextlib
import datetime
import html
import json
import os
import re
import sys
import tempfile
import threading
import time
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from unittest import mock
from urllib.parse import parse_qs, urlsplit

import saml2.entity
import saml2.time_util
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.authn_context import PASSWORDPROTECTEDTRANSPORT
from saml2.config import IdPConfig
from saml2.metadata import entity_descriptor
from saml2.saml import NAMEID_FORMAT_PERSISTENT, NAME_FORMAT_URI, NameID
from saml2.samlp import STATUS_REQUEST_DENIED
from saml2.server import Server
from saml2.sigver import pre_encryption_part
from saml2.xmldsig import DIGEST_SHA256, SIG_RSA_SHA256

XMLENC = "http://www.w3.org/2001/04/xmlenc#"
ENCRYPTION = {
    "aes128-cbc": (XMLENC + "aes128-cbc", "aes-128"),
    "aes256-cbc": (XMLENC + "aes256-cbc", "aes-256"),
    "aes128-gcm": ("http://www.w3.org/2009/xmlenc11#aes128-gcm", "aes-128"),
    "aes256-gcm": ("http://www.w3.org/2009/xmlenc11#aes256-gcm", "aes-256"),
}

SOMEBODY_ELSE = "https://another.example/sp"
OTHER_METADATA = f"""<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{SOMEBODY_ELSE}">
<SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><AssertionConsumerService
Binding="{BINDING_HTTP_POST}" Location="{SOMEBODY_ELSE}/acs" index="0"/></SPSSODescriptor></EntityDescriptor>"""


def key_pair(folder, name):
    """Makes a key with its certificate; the paths of both."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - datetime.timedelta(days=1))
    certificate = builder.not_valid_after(now + datetime.timedelta(days=30)).sign(key, hashes.SHA256())
    encoding = serialization.Encoding.PEM
    kind, clear = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    contents = [("key", key.private_bytes(encoding, kind, clear)), ("crt", certificate.public_bytes(encoding))]
    paths = []
    for suffix, content in contents:
        paths.append(os.path.join(folder, f"{name}.{suffix}"))
        with open(paths[-1], "wb") as file:
            file.write(content)
    return paths


@contextlib.contextmanager
def clock_ahead(seconds):
    """pysaml2 with another time of day."""

    class Shifted(datetime.datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.datetime.now(tz) + datetime.timedelta(seconds=seconds)

    shifted = {name: getattr(time, name) for name in ("strftime", "strptime", "mktime")}
    shifted["gmtime"] = lambda at=None: time.gmtime(time.time() + seconds if at is None else at)
    with (
        mock.patch.object(saml2.time_util, "time", SimpleNamespace(**shifted)),
        mock.patch.object(saml2.time_util, "datetime", Shifted),
    ):
        yield


@contextlib.contextmanager
def encryption_by(server, name):
    """pysaml2 with another algorithm than triple DES, which it writes unless told otherwise."""
    algorithm, session_key = ENCRYPTION[name]
    template = partial(pre_encryption_part, msg_enc=algorithm)

    def encrypt(response, certificate, part, node_xpath=None):
        return server.sec.crypto.encrypt_assertion(response, certificate, part, session_key, node_xpath)

    with (
        mock.patch.object(saml2.entity, "pre_encryption_part", template),
        mock.patch.object(server.sec, "encrypt_assertion", encrypt),
    ):
        yield


class Provider:
    def __init__(self, base, folder):
        self.base, self.entity_id = base, f"{base}/metadata"
        self.own = key_pair(folder, "own")
        self.foreign = key_pair(folder, "foreign")
        self.known = [OTHER_METADATA]
        self.servers = {}

    def config(self, pair):
        key, certificate = pair
        service = {
            "name": "A provider for tests",
            "endpoints": {
                "single_sign_on_service": [
                    (f"{self.base}/sso", BINDING_HTTP_REDIRECT),
                    (f"{self.base}/sso", BINDING_HTTP_POST),
                ],
            },
            "policy": {"default": {"lifetime": {"minutes": 5}, "name_form": NAME_FORMAT_URI}},
            # Whoever says that they sign is held to it.
            "want_authn_requests_signed": any('AuthnRequestsSigned="true"' in known for known in self.known),
        }
        known = {
            "entityid": self.entity_id,
            "key_file": key,
            "cert_file": certificate,
            "service": {"idp": service},
            "metadata": {"inline": self.known},
        }
        return IdPConfig().load(known)

    def metadata(self, by_form_only):
        descriptor = entity_descriptor(self.config(self.own))
        if by_form_only:
            ways = descriptor.idpsso_descriptor.single_sign_on_service
            descriptor.idpsso_descriptor.single_sign_on_service = [w for w in ways if w.binding == BINDING_HTTP_POST]
        return str(descriptor).encode()

    def know(self, metadata):
        name = re.search(r'entityID="[^"]*"', metadata)[0]
        self.known = [known for known in self.known if name not in known] + [metadata]
        self.servers = {"own": Server(config=self.config(self.own)), "foreign": Server(config=self.config(self.foreign))}

    def read(self, message, binding, raw, relay_state):
        """Reads a request, with its signature where there is one."""
        signed = {}
        if "SigAlg" in raw:
            signed = {"relay_state": relay_state, "sigalg": raw["SigAlg"], "signature": raw["Signature"]}
        request = self.servers["own"].parse_authn_request(message, binding, **signed)
        request.verify()
        return self.servers["own"].response_args(request.message, [BINDING_HTTP_POST])

    def answer(self, args, wish):
        """The response to a request, or one that nobody asked for."""
        one = lambda name, otherwise=None: wish.get(name, [otherwise])[0]
        fault, sign = one("fault"), one("sign", "both")
        server = self.servers["foreign" if fault == "key" else "own"]
        algorithms = {"sign_alg": SIG_RSA_SHA256, "digest_alg": DIGEST_SHA256}
        with clock_ahead(int(one("clock", "0"))):
            if fault == "denied":
                info = (STATUS_REQUEST_DENIED, "The person may not use this application.")
                to = {"in_response_to": args["in_response_to"], "destination": args["destination"]}
                return server.create_error_response(info=info, sign=True, **to, **algorithms)
            email = one("email", "jane@acme.example")
            identity = {"givenName": ["Jane"], "sn": ["Doe-Żółć"], "groups": wish.get("group", [])}
            identity["mail"] = [email] if email else []
            encrypt, other_key = one("encrypt"), None
            if fault == "encryption":
                with open(self.foreign[1]) as file:
                    other_key = file.read()
            with encryption_by(server, encrypt) if encrypt else contextlib.nullcontext():
                return server.create_authn_response(
                    {name: values for name, values in identity.items() if values},
                    in_response_to=args["in_response_to"],
                    destination=args["destination"],
                    sp_entity_id=SOMEBODY_ELSE if fault == "audience" else args["sp_entity_id"],
                    name_id=NameID(format=NAMEID_FORMAT_PERSISTENT, text=f"id of {email or 'nobody'}"),
                    authn={"class_ref": PASSWORDPROTECTEDTRANSPORT, "authn_auth": self.base},
                    sign_assertion=sign in ("assertion", "both"),
                    sign_response=sign in ("response", "both"),
                    encrypt_assertion=bool(encrypt),
                    encrypt_cert_assertion=other_key,
                    **algorithms,
                )

    def form(self, args, wish, relay_state):
        response = self.answer(args, wish)
        encoded = base64.b64encode(str(response).encode()).decode()
        fields = [("SAMLResponse", encoded)] + ([("RelayState", relay_state)] if relay_state else [])
        inputs = "".join(f'<input type="hidden" name="{n}" value="{html.escape(v)}">' for n, v in fields)
        action = html.escape(args["destination"])
        return f'<form method="post" action="{action}">{inputs}<button data-testid="go">Go</button></form>'.encode()

    def unsolicited(self, sp):
        metadata = self.servers["own"].metadata
        consumer = metadata.assertion_consumer_service(sp, BINDING_HTTP_POST)[0]
        return {"sp_entity_id": sp, "in_response_to": None, "destination": consumer["location"]}


class Handler(BaseHTTPRequestHandler):
    provider = None

    def reply(self, status, kind, body):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.handle_with(b"")

    def do_POST(self):
        self.handle_with(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def handle_with(self, body):
        try:
            self.route(urlsplit(self.path), body)
        except Exception as error:
            self.reply(500, "text/plain", f"{error!r}, {error.__cause__!r}".encode())

    def route(self, target, body):
        provider, wish = self.provider, parse_qs(target.query, keep_blank_values=True)
        if target.path == "/metadata":
            self.reply(200, "application/samlmetadata+xml", provider.metadata("post" in wish))
        elif target.path == "/sp":
            provider.know(body.decode())
            self.reply(200, "text/plain", b"")
        elif target.path == "/start":
            relay_state = wish.get("RelayState", [""])[0]
            self.reply(200, "text/html", provider.form(provider.unsolicited(wish["sp"][0]), wish, relay_state))
        elif target.path == "/sso":
            binding = BINDING_HTTP_POST if body else BINDING_HTTP_REDIRECT
            raw = parse_qs(body.decode() if body else target.query, keep_blank_values=True)
            raw = {name: values[0] for name, values in raw.items()}
            relay_state = raw.get("RelayState")
            args = provider.read(raw["SAMLRequest"], binding, raw, relay_state)
            self.reply(200, "text/html", provider.form(args, wish, relay_state))
        else:
            self.reply(404, "text/plain", b"")

    def log_message(self, *_):
        pass


def main():
    # One request at a time: the clock of a request is everybody's.
    server = HTTPServer(("127.0.0.1", 0), Handler)
    with tempfile.TemporaryDirectory() as folder:
        base = f"http://127.0.0.1:{server.server_port}"
        Handler.provider = provider = Provider(base, folder)
        with open(provider.own[1]) as file:
            certificate = file.read()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(json.dumps({"base": base, "entity_id": provider.entity_id, "certificate": certificate}), flush=True)
        sys.stdin.read()


main()
