# Mensajes hacia y desde los proveedores de identidad.
message-saml-request = Solicitud SAML
message-saml-response = Respuesta SAML
message-decrypted-assertion = Aserción, descifrada
message-oidc-request = Solicitud de inicio de sesión
message-oidc-callback = Vuelta a nosotros
message-oidc-tokens = Respuesta del punto de conexión de tokens
message-id-token-claims = Datos del token de identidad
message-userinfo = Datos de userinfo
