# Les certificats : ce qu’ils sont et ce qui ne va pas.
certificate-heading = Certificats de signature
certificate-valid = Validité
certificate-from-until = du { $from } au { $until }
certificate-key = Clé
certificate-fingerprint = Empreinte SHA-256
certificate-rsa = RSA, { $bits } bits
certificate-ec = EC, { $curve }
certificate-other-key = D’un type qui ne permet pas de vérifier les signatures ici
certificate-not-yet = Ce certificat n’est valable qu’à partir du { $from }. Vérifiez que le fournisseur signe déjà avec un autre.
certificate-expires-soon = Ce certificat expire le { $until }, dans moins de { $days } jours. Renouvelez-le chez votre fournisseur, puis apportez les nouvelles métadonnées.
certificate-expired = Ce certificat a expiré le { $until }. Renouvelez-le chez votre fournisseur et apportez les nouvelles métadonnées avant que quiconque se connecte.
certificate-weak = Sa clé n’a que { $bits } bits ; utilisez-en une d’au moins { $bits_min }.
certificate-weak-kind = Son type de clé ne peut pas être utilisé ici pour les signatures.
