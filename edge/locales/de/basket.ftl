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
