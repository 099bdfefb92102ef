# Ausnahmen: was Fakten zusammen sagen und einen Menschen braucht.

exception-title = Ausnahmen
exception-open =
    { $count ->
        [one] { $count } Ausnahme
       *[other] { $count } Ausnahmen
    }
exception-shown =
    { $count ->
        [one] { $count } Ausnahme
       *[other] { $count } Ausnahmen
    }
exception-none = Nichts braucht einen Menschen
exception-standing-open = Offen
exception-standing-settled = Durch spätere Fakten geregelt
exception-standing-resolved = Erledigt

exception-rule-short-pick = Konnte nicht geholt werden
exception-rule-over-sale = Verkauft, obwohl versprochen
exception-rule-cancel-too-late = Zu spät storniert
exception-rule-refund-after-handover = Erstattet und übergeben
exception-rule-double-handover = Zweimal übergeben
exception-rule-cloned-edge = Mehr ausgegeben als da war
exception-rule-transfer-discrepancy = Umlagerung weicht ab
exception-rule-over-redeem = Mehr eingelöst, als darauf war
exception-rule-over-refund = Mehr erstattet als verkauft
exception-rule-coupon-twice = Coupon zweimal verwendet

exception-todo-short-pick = Die Zentrale sucht eine andere Filiale. Das Regal zählen.
exception-todo-over-sale = Ein Laufkunde hat, was versprochen war. Die Zentrale sucht eine andere Filiale; dem Kunden vorher Bescheid geben.
exception-todo-cancel-too-late = Der Kunde hat die Ware und wollte stornieren. Mit ihm klären.
exception-todo-refund-after-handover = Für übergebene Ware ging Geld zurück. Den Kundendienst fragen.
exception-todo-double-handover = Es wurde mehr übergeben als bestellt. Herausfinden, wer was hat.
exception-todo-cloned-edge = Zwei Filialserver arbeiteten als einer. Sofort die Betreuung anrufen.
exception-todo-transfer-discrepancy = Es kam etwas anderes, als gesendet wurde. Noch einmal zählen.
exception-todo-over-redeem = Mit dieser Karte wurde mehr bezahlt, als darauf war: Beide Verkäufe gelten. Den Inhaber fragen oder die Differenz buchen.
exception-todo-over-refund = Zwei Kassen haben dieselbe Ware erstattet, während die eine von der anderen nichts hören konnte: Beide Erstattungen gelten. Beide Belege ansehen, die Kundschaft fragen oder die Differenz buchen.
exception-todo-coupon-twice = Zwei Kassen, die nicht fragen konnten, haben denselben Coupon genommen: Beide Verkäufe gelten. Den Unterschied buchen oder herausfinden, wer ihn kopiert hat.

exception-how = Wie wurde es geregelt?
exception-how-accepted = Es ist, wie es ist
exception-how-customer-told = Dem Kunden wurde es gesagt
exception-how-refunded = Der Kunde bekam Geld zurück
exception-how-recounted = Gefunden oder neu gezählt
exception-how-rerouted = Es geht einen anderen Weg
exception-settle = Erledigen
