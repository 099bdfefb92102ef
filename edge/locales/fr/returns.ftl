# Retours en caisse.

returns-title = Retours
returns-open = Reprendre
returns-receipt = Numéro du ticket
returns-receipt-hint = Scannez le code du ticket, ou tapez le numéro dessous
returns-find = Chercher
returns-latest = Derniers retours
returns-none = Rien n’est encore revenu
returns-number = Retour
returns-of = Du ticket
returns-at = Quand
returns-total = Rendu
returns-back = Autre ticket
returns-all-back = Tout est revenu de cette vente
returns-line-back = Tout est revenu
returns-what = Quoi
returns-sold = Vendu
returns-paid = Payé
returns-left = Peut revenir
returns-how-much = Combien
returns-why = Pourquoi
returns-to = Destination
returns-pin-hint = Nécessaire au-delà de ce que vous pouvez rendre seul
returns-count = Combien rendre ?
returns-do = Rendre en espèces
returns-goes-back = À rendre
returns-earlier = Revenu plus tôt :
returns-give-back = À rendre
returns-next = Autre retour
returns-till = Retour à la caisse
returns-reason-size = Taille
returns-reason-changed-mind = Changement d’avis
returns-reason-defective = Ne fonctionne pas
returns-reason-damaged = Était abîmé
returns-reason-wrong-item = Mauvais article
returns-reason-wrong-price = Mauvais prix
returns-reason-other = Autre raison
returns-to-restock = Remis en rayon
returns-to-open-box = Vendu comme ouvert
returns-to-quarantine = Mis de côté pour examen
returns-to-refurbish = À réparer
returns-to-return-to-vendor = Rendu au fournisseur
returns-to-scrap = Jeté
returns-to-keep-it = Le client le garde
returns-in-cash = Rendre en espèces
returns-card-back = La carte a été remboursée
returns-card-again = Interroger à nouveau le terminal
returns-card-give-up = Ne rien reprendre
returns-card-todo = Interrogez à nouveau le terminal, ou rendez l'argent en espèces ; le ticket le dit.
returns-card-unknown = Le terminal est interrogé de lui-même. À la caisse, un responsable peut le régler.

exchange-begin = Échanger contre d'autres articles
exchange-of = Revient · ticket { $receipt }
exchange-give-up = Retirer
exchange-goes-out = Sort
exchange-counts = Revient
exchange-to-pay = À payer
exchange-to-give-back = À rendre
exchange-even = Rien à payer
exchange-to-cards = { $amount } sur la carte qui a payé
exchange-give-back = Rembourser
exchange-finish = Terminer l'échange

rights-title = Ticket d'un autre magasin
rights-hint = L'autre magasin cède d'abord son droit de rembourser ; rien n'est rendu avant.
rights-store = Magasin
rights-receipt = Numéro du ticket
rights-ask = Demander le droit de rembourser
rights-asked = Demandé
rights-state = État
rights-waits = { $minutes ->
    [0] Demandé à l'instant, pas encore de réponse
    [one] Demandé il y a une minute, pas encore de réponse
   *[other] Demandé il y a { $minutes } minutes, pas encore de réponse
}
rights-unknown-store = Le siège ne connaît pas ce magasin
rights-unknown-receipt = Le siège n'a pas encore ce ticket : vérifiez le numéro ou redemandez plus tard
rights-held-there = Ce magasin a déjà ce droit : cherchez le ticket ci-dessus

provisional-title = Provisoire
provisional-mark = Remboursement provisoire : vendu par { $store }
provisional-sold = Vendu par { $store } le { $day } · { $paid } payés, comme le prouve le code du ticket
provisional-allowed = Personne qui ait le droit de rembourser ne peut être joint. Jusqu'à { $amount } est remboursé d'après le code ; l'autre magasin l'apprendra.
provisional-do = Rembourser provisoirement en espèces
provisional-not = Rien n'est remboursé d'après ce code pour l'instant
