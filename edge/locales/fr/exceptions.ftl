# Exceptions : ce que des faits disent ensemble et qui demande quelqu'un.

exception-title = Exceptions
exception-open =
    { $count ->
        [one] { $count } exception
       *[other] { $count } exceptions
    }
exception-shown =
    { $count ->
        [one] { $count } exception
       *[other] { $count } exceptions
    }
exception-none = Rien ne demande quelqu'un
exception-standing-open = Ouvertes
exception-standing-settled = Réglées par des faits ultérieurs
exception-standing-resolved = Résolues

exception-rule-short-pick = Introuvable
exception-rule-over-sale = Vendu bien que promis
exception-rule-cancel-too-late = Annulé trop tard
exception-rule-refund-after-handover = Remboursé et remis
exception-rule-double-handover = Remis deux fois
exception-rule-cloned-edge = Plus donné qu'il n'y avait
exception-rule-transfer-discrepancy = Transfert différent
exception-rule-over-redeem = Plus payé qu'il n'y avait
exception-rule-over-refund = Plus remboursé que vendu
exception-rule-coupon-twice = Coupon utilisé deux fois

exception-todo-short-pick = Le siège cherche un autre magasin. Comptez le rayon.
exception-todo-over-sale = Un client de passage a ce qui était promis. Le siège cherche un autre magasin ; prévenez le client avant qu'il vienne.
exception-todo-cancel-too-late = Le client a les articles et voulait annuler. Réglez cela avec lui.
exception-todo-refund-after-handover = De l'argent a été rendu pour des articles remis. Demandez au service client.
exception-todo-double-handover = Plus a été remis que commandé. Trouvez qui a quoi.
exception-todo-cloned-edge = Deux serveurs ont travaillé comme un seul. Appelez aussitôt le responsable.
exception-todo-transfer-discrepancy = Ce qui est arrivé n'est pas ce qui a été envoyé. Recomptez.
exception-todo-over-redeem = Cette carte a payé plus qu'elle ne contenait : les deux ventes valent. Demandez au porteur, ou comptabilisez l'écart.
exception-todo-over-refund = Deux caisses ont remboursé les mêmes articles sans pouvoir se l'apprendre : les deux remboursements valent. Regardez les deux tickets, demandez au client, ou comptabilisez l'écart.
exception-todo-coupon-twice = Deux caisses qui ne pouvaient pas demander ont pris le même coupon : les deux ventes restent. Passer la différence en écriture, ou chercher qui l’a copié.

exception-how = Comment est-ce réglé ?
exception-how-accepted = C'est ainsi
exception-how-customer-told = Le client a été prévenu
exception-how-refunded = Le client a été remboursé
exception-how-recounted = Retrouvé ou recompté
exception-how-rerouted = Cela passe par un autre chemin
exception-settle = Régler
