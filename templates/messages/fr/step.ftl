# Une étape d’un guide. Ce qui figure dans les consoles tierces reste dans leur langue.
step-choose = Choisir
step-tick = Cocher :
step-switch = Interrupteur :
step-check = Vérifier et continuer
step-known-metadata = Nous avons compris les métadonnées de { $entity_id }. Apportez de nouvelles données pour les remplacer, ou continuez.
step-known-issuer = Nous avons compris le fournisseur { $issuer }. Modifiez une valeur pour le remplacer, ou continuez.
step-by-address = Métadonnées par leur adresse
step-by-document = Métadonnées sous forme de fichier ou de texte
step-by-hand = À la main : ID d’entité, adresse et certificat
step-metadata-file = Fichier de métadonnées
step-certificate-file = Fichier du certificat, au lieu de son texte
step-no-discovery = Mon fournisseur n’a pas de document de découverte
