# Zahlungsmittel neben Bargeld und Karten, und gerundetes Bargeld.

money-in-cash = Bar { $amount } (gerundet um { $by })
money-rounded = Gerundet um { $by }.
money-take = Annehmen
money-voucher = Gutschein
money-voucher-title = Gutschein annehmen
money-voucher-number = Nummer des Gutscheins
money-voucher-hint = Er zahlt, was offen ist; der Rest geht nur zurück, wo die Firma es so will.
money-foreign-title = { $currency } annehmen
money-foreign-rate = { $one } zählt als { $worth } { $currency }. Rückgeld ist in { $currency }.
money-account = Auf Rechnung
money-account-title = Auf Rechnung verkaufen
money-account-which = Konto
money-account-left = { $account }, noch { $left } in diesem Monat
money-account-hint = Betrag leer lassen für alles Offene: { $amount }
money-cashier = An der Kasse
money-take-over = Kasse übernehmen
money-count-title = Das Übrige zählen
money-count-hint = Belege zusammenzählen und die Summe eintippen. Leer lassen, was niemand zählt.
money-count-card = Kartenbelege
money-count-voucher = Gutscheine, nach ihrem Wert
money-count-foreign = Bargeld in { $currency }
money-count-account = Belege auf Rechnung
money-exchanged = Umgetauschte Ware
money-short = { $what }: { $by } zu wenig
money-over = { $what }: { $by } zu viel
money-count-again = Im Zweifel nochmals zählen. Sonst sagen, warum; dann schließt die Kasse.
