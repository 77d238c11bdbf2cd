# Ce qui entoure chaque page.
frame-portal = Portail d’administration
frame-skip = Aller au contenu
frame-sandbox = Environnement de test
frame-for = pour { $organization }
frame-back = Retour à { $product }
frame-questions = Des questions ? Écrivez à { $contact }.
frame-questions-sender = Des questions ? Adressez-vous à la personne qui vous a envoyé le lien.
frame-language = Langue
