# Stock que l'on corrige.

adjust-open = Corriger
adjust-title = Corriger : { $name }
adjust-back = Retour à l'article
adjust-on-hand = En stock
adjust-sku = Référence
adjust-hint = Ce qui est cassé ou perdu est retiré ici, ce qui réapparaît est ajouté. Si c'était promis à quelqu'un, sa commande est signalée.
adjust-what = Ce qui s'est passé
adjust-how-many = Combien
adjust-do = Corriger
adjust-choice-damaged = Cassé, sali ou gâté
adjust-choice-expired = Date dépassée
adjust-choice-missing = Disparu sans trace
adjust-choice-own-use = Utilisé au magasin
adjust-choice-found = Retrouvé
adjust-choice-other-less = Moins, pour une autre raison
adjust-choice-other-more = Plus, pour une autre raison
adjust-because-counted = compté
adjust-because-damaged = cassé ou gâté
adjust-because-expired = date dépassée
adjust-because-missing = manquant
adjust-because-found = retrouvé
adjust-because-own-use = utilisé au magasin
adjust-because-other = autre raison
