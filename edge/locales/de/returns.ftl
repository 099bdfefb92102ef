# Rückgaben an der Kasse.

returns-title = Rückgaben
returns-open = Zurücknehmen
returns-receipt = Nummer des Belegs
returns-receipt-hint = Code auf dem Beleg scannen oder die Nummer darunter tippen
returns-find = Suchen
returns-latest = Letzte Rückgaben
returns-none = Noch kam nichts zurück
returns-number = Rückgabe
returns-of = Zum Beleg
returns-at = Wann
returns-total = Erstattet
returns-back = Anderer Beleg
returns-all-back = Alles aus diesem Verkauf kam zurück
returns-line-back = Kam ganz zurück
returns-what = Was
returns-sold = Verkauft
returns-paid = Bezahlt
returns-left = Kann zurückkommen
returns-how-much = Wie viel
returns-why = Warum
returns-to = Wohin damit
returns-pin-hint = Nötig, wenn mehr erstattet wird, als Sie allein dürfen
returns-count = Was wird erstattet?
returns-do = Bar erstatten
returns-goes-back = Wird erstattet
returns-earlier = Kam früher zurück:
returns-give-back = Erstatten
returns-next = Weitere Rückgabe
returns-till = Zurück zur Kasse
returns-reason-size = Passt nicht
returns-reason-changed-mind = Gefällt nicht mehr
returns-reason-defective = Funktioniert nicht
returns-reason-damaged = War beschädigt
returns-reason-wrong-item = Falscher Artikel
returns-reason-wrong-price = Falscher Preis
returns-reason-other = Anderer Grund
returns-to-restock = Zurück ins Regal
returns-to-open-box = Als geöffnet verkaufen
returns-to-quarantine = Zur Prüfung beiseite
returns-to-refurbish = Zur Reparatur
returns-to-return-to-vendor = An den Lieferanten zurück
returns-to-scrap = Entsorgen
returns-to-keep-it = Bleibt bei der Kundschaft
returns-in-cash = Bar erstatten
returns-card-back = Die Karte hat ihr Geld zurück
returns-card-again = Das Terminal noch einmal fragen
returns-card-give-up = Nichts zurücknehmen
returns-card-todo = Das Terminal noch einmal fragen oder bar erstatten; der Beleg sagt es.
returns-card-unknown = Das Terminal wird von selbst gefragt. An der Kasse kann die Leitung es klären.

exchange-begin = Gegen andere Ware umtauschen
exchange-of = Kommt zurück · Beleg { $receipt }
exchange-give-up = Herausnehmen
exchange-goes-out = Geht hinaus
exchange-counts = Kommt zurück
exchange-to-pay = Zu zahlen
exchange-to-give-back = Zu erstatten
exchange-even = Nichts zu zahlen
exchange-to-cards = { $amount } auf die Karte, die bezahlt hat
exchange-give-back = Erstatten
exchange-finish = Umtausch abschließen

rights-title = Beleg einer anderen Filiale
rights-hint = Die andere Filiale gibt zuerst ihr Recht auf Erstattung ab; vorher wird nichts erstattet.
rights-store = Filiale
rights-receipt = Belegnummer
rights-ask = Um das Recht auf Erstattung bitten
rights-asked = Gefragt
rights-state = Stand
rights-waits = { $minutes ->
    [0] Eben gefragt, noch keine Antwort
    [one] Vor einer Minute gefragt, noch keine Antwort
   *[other] Vor { $minutes } Minuten gefragt, noch keine Antwort
}
rights-unknown-store = Die Zentrale kennt diese Filiale nicht
rights-unknown-receipt = Die Zentrale hat diesen Beleg noch nicht: Nummer prüfen oder später noch einmal fragen
rights-held-there = Diese Filiale hat das Recht schon: den Beleg oben suchen

provisional-title = Vorläufig
provisional-mark = Vorläufige Erstattung: verkauft von { $store }
provisional-sold = Verkauft von { $store } am { $day } · { $paid } bezahlt, wie der Code auf dem Beleg beweist
provisional-allowed = Wer das Recht auf Erstattung hat, ist nicht zu erreichen. Bis { $amount } wird nach dem Code erstattet; die andere Filiale erfährt davon.
provisional-do = Vorläufig bar erstatten
provisional-not = Nach diesem Code wird jetzt nichts erstattet
