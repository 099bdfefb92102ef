# Geschenkkarten und Gutschriften.

stored-title = Geschenkkarten
stored-gift-card = Geschenkkarte
stored-store-credit = Gutschrift
stored-pay = Geschenkkarte oder Gutschrift
stored-pay-title = Mit Geschenkkarte oder Gutschrift zahlen
stored-pay-hint = Ohne Betrag zahlt sie alles, was offen ist; was übrig ist, bleibt darauf.
stored-number = Nummer der Karte
stored-sell-title = Geschenkkarte aufladen
stored-sell-hint = Leer lassen für eine neue Karte: Ihr Papier kommt, wenn bezahlt ist.
stored-sell = Zum Verkauf
stored-amount = Betrag
stored-pin-hint = Nötig über { $amount }
stored-balance-title = Was ist auf einer Karte?
stored-balance-hint = GC oder SC und die 19 Ziffern
stored-balance = Nachsehen
stored-blocked = Gesperrt
stored-current = So sagt es die Zentrale gerade.
stored-as-of = Die Zentrale ist nicht da. Sie sagte es so um { $when }; was diese Filiale seither verkaufte und annahm, ist gezählt.
stored-own-only = Die Zentrale ist nicht da. So viel hat diese Filiale selbst verkauft und angenommen.
stored-as-credit = Gutschrift geben
stored-count-gift-card = Mit Geschenkkarten bezahlt
stored-count-store-credit = Mit Gutschriften bezahlt
