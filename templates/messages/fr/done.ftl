# Après l’enregistrement.
done-active = L’authentification unique est configurée
done-validating = Enregistré, en attente d’un domaine
done-saved = Enregistré
done-connection = Connexion à { $provider } :
done-return = Retour à { $product }
done-close = Vous pouvez fermer cette page.
done-look = Voir la connexion
