# Abholungen: Online-Bestellungen, die in dieser Filiale warten.

edge-nav-pickups = Abholungen

pickup-bell =
    { $count ->
        [one] { $count } neue Abholung
       *[other] { $count } neue Abholungen
    }

pickup-title = Abholungen
pickup-lists = Listen
pickup-list-to-do = Zu tun
pickup-list-ready = Bereit
pickup-list-done = Erledigt
pickup-find = Code, Bestellnummer oder Name des Kunden
pickup-find-hint = Den Code aus der Nachricht scannen oder Bestellnummer oder Namen eintippen.
pickup-open = Öffnen
pickup-empty-to-do = Nichts zu tun
pickup-empty-ready = Keine Tasche wartet
pickup-empty-done = Noch nichts erledigt
pickup-empty-todo = Neue Bestellungen klingeln hier von selbst.
pickup-shown =
    { $count ->
        [one] { $count } Abholung
       *[other] { $count } Abholungen
    }

pickup-accept = Annehmen
pickup-accept-hint = Die Klingel verstummt, und alle sehen, wer sie hat.
pickup-pick = Holen
pickup-stage = Dort ablegen
pickup-hand-over = Übergeben
pickup-look = Ansehen
pickup-put-away = Zurücklegen
pickup-all = Alle Abholungen
pickup-print = Holliste drucken

pickup-due-soon = Bald fällig
pickup-late = Versprochen { $age }
pickup-at = Platz { $place }
pickup-cancel-asked = Storno gewünscht
pickup-line-cancel = Storno
pickup-line-picked = Geholt
pickup-line-over = Erledigt
pickup-ringing = Klingelt
pickup-unheard = Die Klingel erreichte keinen Bildschirm
pickup-accepted-by = Angenommen von { $who }
pickup-more-lines =
    { $count ->
        [one] und { $count } weitere Zeile
       *[other] und { $count } weitere Zeilen
    }
pickup-to-pay = Zuerst an der Kasse zu zahlen: { $amount }

pickup-stage-allocated = Kommt
pickup-stage-offered = Neu
pickup-stage-accepted = Angenommen
pickup-stage-picking = Wird geholt
pickup-stage-picked = Geholt
pickup-stage-staged = Bereit
pickup-stage-handed-over = Übergeben
pickup-stage-released = Erledigt

pickup-next = Als Nächstes holen
pickup-of = { $found } von { $wanted }
pickup-scan = Artikel scannen
pickup-scan-hint = Oder die Nummer unter den Strichen eintippen.
pickup-scan-enter = Eingabe
pickup-pause = Fürs Erste fertig
pickup-lines = Zeilen dieser Bestellung
pickup-picked = Alles ist geholt
pickup-place = Wo steht die Tasche?
pickup-place-hint = Den Platz scannen oder eintippen, etwa A-3.

pickup-short = Nicht da?
pickup-short-why = Warum
pickup-short-how-many = Wie viele
pickup-short-do = Fehlt
pickup-short-hint = Die Zentrale sucht dafür eine andere Filiale.
pickup-short-not-found = Nicht im Regal
pickup-short-damaged = Beschädigt
pickup-short-sold-meanwhile = Inzwischen verkauft

pickup-check = Wer ist es?
pickup-code = Code oder sechs Ziffern
pickup-code-hint = Den Code aus der Nachricht scannen oder die sechs Ziffern darunter eintippen.
pickup-check-do = Prüfen
pickup-document = Ohne Code
pickup-document-do = Der Name im Ausweis stimmt
pickup-document-hint = Die Bestellung mit einem Ausweis vergleichen, auf dem der Name des Kunden steht.
pickup-manager-pin = PIN der Leitung
pickup-checked = Der Kunde wurde geprüft
pickup-give = Übergeben
pickup-give-all = Alles übergeben
pickup-part = Nur ein Teil
pickup-part-hint = Was der Kunde ablehnt, geht Scan für Scan zurück ins Regal.
pickup-give-these = Diese übergeben
pickup-refuse-these = Der Kunde lehnt diese ab

pickup-back-cancelled = Die Bestellung wurde storniert.
pickup-back-expired = Niemand kam rechtzeitig.
pickup-back-refused = Der Kunde wollte es nicht.
pickup-back-scan = Jeden Artikel am Regal scannen
pickup-back-hint = Nur was gescannt wurde, ist wieder frei für andere.
pickup-back-finish = Mehr ist nicht da
pickup-is-over = Nichts mehr zu tun

pickup-slip-title = HOLLISTE
pickup-slip-customer = Kunde
pickup-slip-promise = Bereit bis
pickup-slip-printed = Gedruckt

pickup-among =
    { $count ->
        [one] { $count } Abholung auf diesen Namen
       *[other] { $count } Abholungen auf diesen Namen
    }
pickup-customer-awaited = Der Name ist noch nicht da
pickup-customer-erased = Der Name wurde gelöscht
pickup-check-name = Ist es { $name }?
pickup-for = Für { $name }
pickup-document-name = Einen Ausweis zeigen lassen, auf dem der Name { $name } steht.
pickup-unseen = Ist die Tüte noch da?
pickup-unseen-hint = Diese Filiale wurde wiederhergestellt, seit die Tüte gepackt wurde. Scannen Sie einen Artikel daraus; ist sie weg, klären Sie, wer sie geholt hat.
pickup-label = Etikett noch einmal drucken
