# Les mots du serveur de magasin : navigation, barre d'état, page d'état.

edge-nav-register = Caisse
edge-nav-shift = Tiroir
edge-nav-sales = Ventes
edge-nav-stock = Stock
edge-nav-status = État
edge-notices = Avis
edge-catalog-missing = Pas encore d'articles

# The status bar, when a person has to act before the hub goes on with this store
link-hub-refuses = Le siège refuse ce magasin : voir Statut
edge-ask-hub = Interroger le siège maintenant
