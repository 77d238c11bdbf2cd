# L’accueil d’une visite.
home-title = Configuration pour { $product }
home-heading = Que souhaitez-vous configurer ?
home-heading-none = Cela ne peut pas encore être configuré ici
home-sso = Authentification unique
home-sso-why = Vos collaborateurs se connectent avec votre fournisseur d’identité
home-domains = Domaine vérifié
home-domains-why = Seules les personnes dont l’adresse e-mail appartient à un domaine vérifié peuvent se connecter. { $product } s’en charge ; adressez-vous-y si le vôtre manque.
home-missing-also = Votre lien mentionne aussi : { $tasks }. Cela ne peut pas encore être configuré dans ce portail ; adressez-vous à { $contact } pour connaître la suite.
home-missing = Votre lien est destiné à : { $tasks }. Cela ne peut pas encore être configuré dans ce portail ; adressez-vous à { $contact } pour connaître la suite.
home-sender = la personne qui vous a envoyé le lien
