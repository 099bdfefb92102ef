# Retraits : les commandes en ligne qui attendent dans ce magasin.

edge-nav-pickups = Retraits

pickup-bell =
    { $count ->
        [one] { $count } nouveau retrait
       *[other] { $count } nouveaux retraits
    }

pickup-title = Retraits
pickup-lists = Listes
pickup-list-to-do = À faire
pickup-list-ready = Prêts
pickup-list-done = Terminés
pickup-find = Code, numéro de commande ou nom du client
pickup-find-hint = Scannez le code du message du client, ou tapez le numéro de commande ou le nom.
pickup-open = Ouvrir
pickup-empty-to-do = Rien à faire
pickup-empty-ready = Aucun sac n'attend
pickup-empty-done = Rien n'est encore terminé
pickup-empty-todo = Les nouvelles commandes sonnent ici d'elles-mêmes.
pickup-shown =
    { $count ->
        [one] { $count } retrait
       *[other] { $count } retraits
    }

pickup-accept = Accepter
pickup-accept-hint = La sonnerie s'arrête, et chacun voit qui s'en charge.
pickup-pick = Préparer
pickup-stage = Le ranger là
pickup-hand-over = Remettre
pickup-look = Voir
pickup-put-away = Remettre en rayon
pickup-all = Tous les retraits
pickup-print = Imprimer la liste

pickup-due-soon = Bientôt dû
pickup-late = Promis { $age }
pickup-at = Place { $place }
pickup-cancel-asked = Annulation demandée
pickup-line-cancel = Annuler
pickup-line-picked = Préparé
pickup-line-over = Terminé
pickup-ringing = Sonne
pickup-unheard = La sonnerie n'a atteint aucun écran
pickup-accepted-by = Accepté par { $who }
pickup-more-lines =
    { $count ->
        [one] et { $count } ligne de plus
       *[other] et { $count } lignes de plus
    }
pickup-to-pay = À payer d'abord en caisse : { $amount }

pickup-stage-allocated = En route
pickup-stage-offered = Nouveau
pickup-stage-accepted = Accepté
pickup-stage-picking = En préparation
pickup-stage-picked = Préparé
pickup-stage-staged = Prêt
pickup-stage-handed-over = Remis
pickup-stage-released = Terminé

pickup-next = À chercher
pickup-of = { $found } sur { $wanted }
pickup-scan = Scannez l'article
pickup-scan-hint = Ou tapez le numéro sous les barres.
pickup-scan-enter = Entrée
pickup-pause = Fini pour l'instant
pickup-lines = Lignes de cette commande
pickup-picked = Tout est préparé
pickup-place = Où est le sac ?
pickup-place-hint = Scannez ou tapez la place, par exemple A-3.

pickup-short = Introuvable ?
pickup-short-why = Pourquoi
pickup-short-how-many = Combien
pickup-short-do = Déclarer manquant
pickup-short-hint = Le siège cherche un autre magasin.
pickup-short-not-found = Pas en rayon
pickup-short-damaged = Abîmé
pickup-short-sold-meanwhile = Vendu entre-temps

pickup-check = Qui est-ce ?
pickup-code = Code ou six chiffres
pickup-code-hint = Scannez le code du message du client, ou tapez les six chiffres au-dessous.
pickup-check-do = Vérifier
pickup-document = Sans code
pickup-document-do = Le nom sur la pièce est le bon
pickup-document-hint = Comparez la commande avec une pièce qui porte le nom du client.
pickup-manager-pin = Code PIN d'un responsable
pickup-checked = Le client a été vérifié
pickup-give = Remettre
pickup-give-all = Tout remettre
pickup-part = Une partie seulement
pickup-part-hint = Ce que le client refuse retourne en rayon, scan par scan.
pickup-give-these = Remettre ceux-ci
pickup-refuse-these = Le client refuse ceux-ci

pickup-back-cancelled = La commande a été annulée.
pickup-back-expired = Personne n'est venu à temps.
pickup-back-refused = Le client n'en a pas voulu.
pickup-back-scan = Scannez chaque article à son rayon
pickup-back-hint = Seul ce qui a été scanné est libre pour d'autres.
pickup-back-finish = C'est tout ce qu'il y a
pickup-is-over = Il ne reste rien à faire

pickup-slip-title = LISTE DE PRÉPARATION
pickup-slip-customer = Client
pickup-slip-promise = Prêt pour
pickup-slip-printed = Imprimé

pickup-among =
    { $count ->
        [one] { $count } retrait à ce nom
       *[other] { $count } retraits à ce nom
    }
pickup-customer-awaited = Le nom n'est pas encore là
pickup-customer-erased = Le nom a été effacé
pickup-check-name = Est-ce { $name } ?
pickup-for = Pour { $name }
pickup-document-name = Demandez une pièce qui porte le nom { $name }.
pickup-unseen = Le sac est-il encore là ?
pickup-unseen-hint = Ce magasin a été restauré depuis que le sac a été préparé. Scannez un article du sac ; s’il n’est plus là, cherchez qui l’a retiré.
pickup-label = Réimprimer l’étiquette
