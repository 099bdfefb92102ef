# Prix modifiés à la main en caisse.

prices-discount = Remise
prices-title = Changer le prix : { $name }
prices-what = Ce qui change
prices-what-line-percent = Pourcentage sur cette ligne
prices-what-line-amount = Montant sur cette ligne
prices-what-price = Nouveau prix unitaire
prices-what-sale-percent = Pourcentage sur toute la vente
prices-what-sale-amount = Montant sur toute la vente
prices-value = Combien
prices-value-hint = 10 pour 10 %, ou un montant comme 2,50
prices-reason = Pourquoi
prices-reason-damaged = Abîmé
prices-reason-best-before = Bientôt périmé
prices-reason-shelf-label = Autre prix en rayon
prices-reason-price-match = Moins cher ailleurs
prices-reason-staff = Achat du personnel
prices-reason-goodwill = Geste commercial
prices-reason-other = Autre raison
prices-of-sale = { $reason }, sur toute la vente
prices-pin-hint = Au-delà de { $line } d’une ligne, { $sale } de la vente ou { $price } d’un prix
prices-do = Changer le prix
prices-clear-line = Annuler le changement
prices-clear-sale = Aucune remise sur la vente
prices-saved = Remises

tax-before = Hors taxes
tax-added = Taxe
tax-within = TVA
