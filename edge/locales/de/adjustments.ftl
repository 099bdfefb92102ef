# Bestand, der berichtigt wird.

adjust-open = Berichtigen
adjust-title = Berichtigen: { $name }
adjust-back = Zurück zum Artikel
adjust-on-hand = Bestand
adjust-sku = Artikelnummer
adjust-hint = Was zerbrochen oder weg ist, wird hier abgezogen; was wieder auftaucht, kommt dazu. War es jemandem versprochen, wird dessen Auftrag genannt.
adjust-what = Was ist geschehen
adjust-how-many = Wie viele
adjust-do = Berichtigen
adjust-choice-damaged = Zerbrochen, verschmutzt oder verdorben
adjust-choice-expired = Abgelaufen
adjust-choice-missing = Spurlos verschwunden
adjust-choice-own-use = Im Laden verbraucht
adjust-choice-found = Wieder aufgetaucht
adjust-choice-other-less = Weniger, aus anderem Grund
adjust-choice-other-more = Mehr, aus anderem Grund
adjust-because-counted = gezählt
adjust-because-damaged = zerbrochen oder verdorben
adjust-because-expired = abgelaufen
adjust-because-missing = fehlt
adjust-because-found = gefunden
adjust-because-own-use = im Laden verbraucht
adjust-because-other = anderer Grund
