# Moyens de paiement hors espèces et cartes, et arrondi des espèces.

money-in-cash = En espèces { $amount } (arrondi de { $by })
money-rounded = Arrondi de { $by }.
money-take = Accepter
money-voucher = Bon
money-voucher-title = Accepter un bon
money-voucher-number = Numéro du bon
money-voucher-hint = Il paie ce qui est dû ; le reste n'est rendu que si la société le prévoit.
money-foreign-title = Accepter { $currency }
money-foreign-rate = { $one } compte pour { $worth } { $currency }. La monnaie est rendue en { $currency }.
money-account = En compte
money-account-title = Vendre en compte
money-account-which = Compte
money-account-left = { $account }, reste { $left } ce mois
money-account-hint = Laisser le montant vide pour tout ce qui est dû : { $amount }
money-cashier = À la caisse
money-take-over = Reprendre la caisse
money-count-title = Compter le reste
money-count-hint = Additionner les tickets et taper le total. Laisser vide ce que personne ne compte.
money-count-card = Tickets de carte
money-count-voucher = Bons, à leur valeur
money-count-foreign = Espèces en { $currency }
money-count-account = Tickets en compte
money-exchanged = Articles échangés
money-short = { $what } : il manque { $by }
money-over = { $what } : { $by } en trop
money-count-again = Recompter en cas de doute. Sinon dire pourquoi, et la caisse se ferme.
