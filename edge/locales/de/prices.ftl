# Von Hand geänderte Preise an der Kasse.

prices-discount = Nachlass
prices-title = Preis ändern: { $name }
prices-what = Was sich ändert
prices-what-line-percent = Prozent auf diese Zeile
prices-what-line-amount = Betrag auf diese Zeile
prices-what-price = Neuer Stückpreis
prices-what-sale-percent = Prozent auf den ganzen Verkauf
prices-what-sale-amount = Betrag auf den ganzen Verkauf
prices-value = Wie viel
prices-value-hint = 10 für 10 %, oder ein Betrag wie 2,50
prices-reason = Warum
prices-reason-damaged = Beschädigt
prices-reason-best-before = Bald abgelaufen
prices-reason-shelf-label = Am Regal steht ein anderer Preis
prices-reason-price-match = Anderswo günstiger
prices-reason-staff = Personalkauf
prices-reason-goodwill = Kulanz
prices-reason-other = Anderer Grund
prices-of-sale = { $reason }, auf den ganzen Verkauf
prices-pin-hint = Über { $line } einer Zeile, { $sale } des Verkaufs oder { $price } eines Preises
prices-do = Preis ändern
prices-clear-line = Zurücknehmen
prices-clear-sale = Kein Nachlass auf den Verkauf
prices-saved = Nachlässe

tax-before = Vor Steuern
tax-added = Steuer
tax-within = MwSt.
