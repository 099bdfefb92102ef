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
