# Ventes mises en attente.

suspended-title = Ventes en attente
suspended-back = Retour à la vente
suspended-park = Mettre en attente
suspended-park-title = Mettre cette vente en attente
suspended-recall = Reprendre
suspended-number = Numéro
suspended-name = Nom
suspended-name-hint = Ce qui vous la fera retrouver ; elle reçoit un numéro de toute façon
suspended-items = Articles
suspended-total = Total
suspended-by = Mise en attente par · caisse
suspended-at = Quand
suspended-none = Aucune vente en attente
suspended-none-hint = Appuyez sur Mettre en attente (F4) en caisse pour laisser une vente de côté un moment.
suspended-left = Des ventes en attente sont encore ouvertes
suspended-left-hint = Reprenez chacune, puis terminez-la ou annulez-la ; la clôture ne les attend pas.
