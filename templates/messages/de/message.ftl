# Nachrichten an und von Identitätsanbietern.
message-saml-request = SAML-Anfrage
message-saml-response = SAML-Antwort
message-decrypted-assertion = Assertion, entschlüsselt
message-oidc-request = Anmeldeanfrage
message-oidc-callback = Rückkehr zu uns
message-oidc-tokens = Antwort des Token-Endpunkts
message-id-token-claims = Angaben des ID-Tokens
message-userinfo = Angaben von Userinfo
