# Messages to and from identity providers.
message-saml-request = SAML request
message-saml-response = SAML response
message-decrypted-assertion = Assertion, decrypted
message-oidc-request = Sign-in request
message-oidc-callback = Return to us
message-oidc-tokens = Answer of the token endpoint
message-id-token-claims = Claims of the ID token
message-userinfo = Claims of userinfo
