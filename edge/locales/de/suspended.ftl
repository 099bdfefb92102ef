# Geparkte Verkäufe.

suspended-title = Geparkte Verkäufe
suspended-back = Zurück zum Verkauf
suspended-park = Parken
suspended-park-title = Diesen Verkauf parken
suspended-recall = Abrufen
suspended-number = Nummer
suspended-name = Name
suspended-name-hint = Woran Sie ihn erkennen; eine Nummer bekommt er ohnehin
suspended-items = Artikel
suspended-total = Summe
suspended-by = Geparkt von · Kasse
suspended-at = Wann
suspended-none = Kein Verkauf ist geparkt
suspended-none-hint = Drücken Sie an einer Kasse Parken (F4), um einen Verkauf kurz beiseitezulegen.
suspended-left = Geparkte Verkäufe sind noch offen
suspended-left-hint = Rufen Sie jeden ab und schließen oder stornieren Sie ihn; der Kassenabschluss wartet nicht darauf.
