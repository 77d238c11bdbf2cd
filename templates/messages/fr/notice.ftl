# Ce qui vient de se passer.
notice-already-connected = Il existe déjà une connexion, rien n’a donc été modifié. Une organisation a au plus une connexion.
notice-stale = Ces données ont changé depuis que vous les avez vues, peut-être dans un autre onglet. Veuillez les vérifier à nouveau.
notice-still-needed = Cela est encore nécessaire avant de pouvoir vérifier et enregistrer.
notice-understood = Vos données ont été comprises. Veuillez terminer les étapes restantes.
notice-unconfirmed = Rien n’a été réinitialisé : il faut d’abord cocher la case.
notice-reset = La connexion a été réinitialisée. Vous pouvez maintenant en configurer une nouvelle.
notice-attributes-saved = Les noms d’attributs sont enregistrés.
notice-sheet-sent = Les étapes sont en route vers votre collègue.
notice-options-saved = Enregistré. Cela s’applique dès la prochaine connexion.
notice-distrusted = Le certificat n’est plus accepté.
notice-signing-key-switched = Désormais, les requêtes sont signées avec le prochain certificat.
