# La page des étiquettes.
labels-title = Étiquettes
labels-hint = Imprimer une étiquette de rayon, et envoyer celles qui attendent à une autre imprimante.
labels-sku = SKU
labels-print = Imprimer une étiquette de rayon
labels-col-which = Étiquette
labels-col-where = Caisse
labels-col-do = Ce que vous pouvez faire
labels-printer = Imprimante de
labels-reroute = Imprimer là-bas
labels-none = Aucune étiquette n’attend
labels-none-hint = Toutes les étiquettes demandées sont imprimées.
labels-no-printer = Aucune caisse n’a d’imprimante d’étiquettes. La personne qui gère le serveur du magasin l’inscrit dans counterpart-edge.toml.
labels-open = Étiquettes
labels-sent = Envoyé
labels-staged = Prêt depuis
labels-copy = COPIE
