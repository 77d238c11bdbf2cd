# Unsere Werte, wie sie in die Konsole übertragen werden.
ours-app-name = App-Name
ours-acs-url = ACS-URL
ours-sp-entity-id = SP-Entitäts-ID
ours-sp-metadata-url = URL der SP-Metadaten
ours-sp-metadata = SP-Metadaten
ours-sign-in-url = Anmelde-URL
ours-acs-url-regex = ACS-URL als regulärer Ausdruck
ours-signing-certificate = Signaturzertifikat
ours-client-certificate = Öffentliches Zertifikat
ours-redirect-uri = Umleitungs-URI
ours-login-initiation-uri = URI zum Starten der Anmeldung
