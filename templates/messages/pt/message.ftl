# Mensagens de e para provedores de identidade.
message-saml-request = Solicitação SAML
message-saml-response = Resposta SAML
message-decrypted-assertion = Asserção, descriptografada
message-oidc-request = Solicitação de login
message-oidc-callback = Retorno até nós
message-oidc-tokens = Resposta do endpoint de tokens
message-id-token-claims = Dados do token de identidade
message-userinfo = Dados de userinfo
