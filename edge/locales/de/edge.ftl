# Die eigenen Worte des Filialservers: Navigation, Statusleiste, Statusseite.

edge-nav-register = Kasse
edge-nav-shift = Schublade
edge-nav-sales = Verkäufe
edge-nav-stock = Bestand
edge-nav-status = Status
edge-notices = Mitteilungen
edge-catalog-missing = Noch keine Artikel

# The status bar, when a person has to act before the hub goes on with this store
link-hub-refuses = Zentrale lehnt diese Filiale ab: siehe Status
edge-ask-hub = Zentrale jetzt fragen
