# Messages échangés avec les fournisseurs d’identité.
message-saml-request = Requête SAML
message-saml-response = Réponse SAML
message-decrypted-assertion = Assertion, déchiffrée
message-oidc-request = Demande de connexion
message-oidc-callback = Retour vers nous
message-oidc-tokens = Réponse du point de terminaison des jetons
message-id-token-claims = Informations du jeton d’identité
message-userinfo = Informations de userinfo
