# Was neben dem Korb geschieht: Abteilung, Notizen, Geschenkbons.

department-title = Über die Abteilung verkaufen
department-open = Abteilung
department-choose = Abteilung wählen
department-which = Abteilung und Steuer
department-code = Code auf der Ware
department-code-hint = Was unter den Strichen steht; darf fehlen
department-price = Preis eines Stücks
department-pin-hint = PIN der Leitung, für mehr als { $amount }
department-do = Verkaufen
department-todo = Die Zentrale sieht den Code und nimmt die Ware in den Katalog auf.
remark-title = Notiz und Verkäufer
remark-open = Notiz, Verkäufer
remark-note = Notiz
remark-note-hint = Steht unter der Zeile; leer nimmt sie zurück
remark-seller = Verkauft von
remark-same = Wer kassiert
remark-do = Behalten
remark-gone = Diese Zeile ist nicht mehr im Verkauf
gift-print = Geschenkbon
gift-title = Geschenkbons
age-title = Ist die Kundin oder der Kunde mindestens { $years }?
age-asked = { $name } gibt es ab { $years } Jahren. Im Zweifel einen Ausweis ansehen.
age-yes = Alt genug
age-no = Herausnehmen

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
