# Zertifikate: was sie sind und was mit ihnen nicht stimmt.
certificate-heading = Signaturzertifikate
certificate-valid = Gültigkeit
certificate-from-until = { $from } bis { $until }
certificate-key = Schlüssel
certificate-fingerprint = SHA-256-Fingerabdruck
certificate-rsa = RSA, { $bits } Bit
certificate-ec = EC, { $curve }
certificate-other-key = Von einer Art, mit der sich Signaturen hier nicht prüfen lassen
certificate-not-yet = Dieses Zertifikat gilt erst ab { $from }. Prüfen Sie, ob der Anbieter schon mit einem anderen signiert.
certificate-expires-soon = Dieses Zertifikat läuft am { $until } ab, in weniger als { $days } Tagen. Erneuern Sie es bei Ihrem Anbieter und bringen Sie dann die neuen Metadaten.
certificate-expired = Dieses Zertifikat ist am { $until } abgelaufen. Erneuern Sie es bei Ihrem Anbieter und bringen Sie die neuen Metadaten, bevor sich jemand anmeldet.
certificate-weak = Sein Schlüssel hat nur { $bits } Bit; verwenden Sie einen mit mindestens { $bits_min }.
certificate-weak-kind = Seine Schlüsselart kann hier nicht für Signaturen verwendet werden.
