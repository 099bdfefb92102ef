# Les mots du serveur de magasin : navigation, barre d'état, page d'état.

edge-nav-register = Caisse
edge-nav-shift = Tiroir
edge-nav-sales = Ventes
edge-nav-stock = Stock
edge-nav-status = État
edge-notices = Avis
edge-catalog-missing = Pas encore d'articles
