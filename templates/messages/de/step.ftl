# Ein Schritt einer Anleitung. Was in fremden Konsolen steht, bleibt in deren Sprache.
step-choose = Wählen:
step-tick = Ankreuzen:
step-switch = Schalter:
step-check = Prüfen und fortfahren
step-known-metadata = Wir haben die Metadaten von { $entity_id } verstanden. Bringen Sie neue Daten, um sie zu ersetzen, oder fahren Sie fort.
step-known-issuer = Wir haben den Anbieter { $issuer } verstanden. Ändern Sie etwas, um ihn zu ersetzen, oder fahren Sie fort.
step-by-address = Metadaten über ihre Adresse
step-by-document = Metadaten als Datei oder Text
step-by-hand = Von Hand: Entitäts-ID, Adresse und Zertifikat
step-metadata-file = Metadatendatei
step-certificate-file = Zertifikatsdatei, statt ihres Textes
step-no-discovery = Mein Anbieter hat kein Discovery-Dokument
