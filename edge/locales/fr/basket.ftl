# Ce qui se fait à côté du panier : rayon, notes, tickets cadeaux.

department-title = Vendre par rayon
department-open = Par rayon
department-choose = Choisir un rayon
department-which = Rayon et taxe
department-code = Code sur l’article
department-code-hint = Ce qui est sous les barres ; peut manquer
department-price = Prix d’une pièce
department-pin-hint = Code PIN d’un responsable, au-delà de { $amount }
department-do = Vendre
department-todo = Le siège voit le code et met l’article au catalogue.
remark-title = Note et vendeur
remark-open = Note, vendeur
remark-note = Note
remark-note-hint = Imprimée sous la ligne ; vide, elle est retirée
remark-seller = Vendu par
remark-same = Qui encaisse
remark-do = Garder
remark-gone = Cette ligne n’est plus dans la vente
gift-print = Ticket cadeau
gift-title = Tickets cadeaux
age-title = Le client a-t-il { $years } ans ou plus ?
age-asked = { $name } se vend à partir de { $years } ans. En cas de doute, demander une pièce.
age-yes = Assez âgé
age-no = Retirer

# Cartes cadeaux et avoirs.

stored-title = Cartes cadeaux
stored-gift-card = Carte cadeau
stored-store-credit = Avoir
stored-pay = Carte cadeau ou avoir
stored-pay-title = Payer avec une carte cadeau ou un avoir
stored-pay-hint = Sans montant, elle paie tout ce qui est dû ; le reste demeure sur la carte.
stored-number = Numéro de la carte
stored-sell-title = Charger une carte cadeau
stored-sell-hint = Laisser vide pour une nouvelle carte : son papier sort au paiement.
stored-sell = Ajouter à la vente
stored-amount = Montant
stored-pin-hint = Nécessaire au-delà de { $amount }
stored-balance-title = Qu'y a-t-il sur une carte ?
stored-balance-hint = GC ou SC et ses 19 chiffres
stored-balance = Voir
stored-blocked = Bloquée
stored-current = Le siège le dit à l'instant.
stored-as-of = Le siège est injoignable. Il l'a dit à { $when } ; ce que ce magasin a vendu et pris depuis est compté.
stored-own-only = Le siège est injoignable. Voici ce que ce magasin a vendu et pris lui-même.
stored-as-credit = Donner un avoir
stored-count-gift-card = Payé par cartes cadeaux
stored-count-store-credit = Payé par avoirs
