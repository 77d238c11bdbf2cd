# Le message annonçant qu’une connexion est active.
live-subject-admin = L’authentification unique pour { $organization } est activée
live-subject-team = { $organization } a configuré l’authentification unique
live-admin = L’authentification unique avec { $connection } est activée pour { $organization } dans { $product }.
live-team = { $organization } a terminé la configuration de l’authentification unique avec { $connection } pour { $product }.
live-by = Configuré par { $admin } : { $at }.
live-at = Configuré : { $at }.
live-open = Les personnes auxquelles l’application y est attribuée peuvent se connecter dès maintenant.
live-domain-admin = Personne ne peut encore se connecter : votre organisation n’a pas de domaine vérifié. { $product } vérifie le domaine des adresses e-mail de vos collaborateurs ; il n’y a plus rien à faire dans le portail.
live-domain-team = Personne ne peut encore se connecter : l’organisation n’a pas de domaine vérifié. Veuillez vérifier le domaine des adresses e-mail de ses collaborateurs.
live-questions = Des questions ? Répondez à ce message, ou écrivez à { $contact }.
live-unexpected = Personne chez { $organization } n’en est à l’origine ? Prévenez alors immédiatement { $product }.
live-why-team = Vous recevez ce message car cette adresse est celle de l’assistance de { $product }.
live-why-member = Vous recevez ce message car vous l’avez demandé dans votre compte du tableau de bord Vestibule de { $product }.
