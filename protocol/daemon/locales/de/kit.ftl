# Die eigenen Wörter des Baukastens.

kit-skip = Zum Inhalt springen
kit-nav = Ansichten
kit-sign-out = Abmelden
kit-dismiss = Ausblenden
kit-close = Schließen
kit-cancel = Abbrechen
kit-undo = Rückgängig
kit-help = Tasten
kit-help-title = Tasten auf dieser Ansicht
kit-help-empty = Diese Ansicht hat keine eigenen Tasten.
kit-noscript = Diese Ansicht hält sich nur mit Skripten aktuell. Laden Sie die Seite neu, um Änderungen zu sehen.

kit-link-edge = Leitung zum Server
kit-link-edge-live = Verbunden
kit-link-edge-lost = Verbindet neu
kit-link-held-one = 1 Scan gehalten
kit-link-held-other = { $count } Scans gehalten

kit-link-hub = Zentrale
kit-link-hub-live = Zentrale verbunden
kit-link-hub-away = Zentrale zuletzt { $time }
kit-link-hub-never = Zentrale noch nicht erreicht
kit-link-waiting =
    { $count ->
        [0] alles gesendet
        [one] { $count } wartet
       *[other] { $count } warten
    }

kit-problem-title = Hier ist etwas zu tun
kit-problem-why = Warum
kit-problem-todo = Was zu tun ist
kit-problem-fields = Bitte diese Felder prüfen
kit-start-page = Zur Startseite
kit-no-answer = Der Server hat nicht innerhalb von 3 Sekunden geantwortet. Nichts ist verloren: noch einmal drücken.
kit-no-answer-title = Keine Antwort
kit-refused = Nicht ausgeführt
kit-unreadable = Der Server hat etwas geantwortet, das diese Seite nicht versteht. Bitte die Seite neu laden.
kit-sound-blocked = Töne beginnen mit der ersten Taste oder Berührung.

kit-age-now = gerade eben
kit-age-seconds = vor { $count } s
kit-age-minutes = vor { $count } min
kit-age-hours = vor { $count } h
kit-age-days =
    { $count ->
        [one] vor { $count } Tag
       *[other] vor { $count } Tagen
    }
kit-duration-seconds = { $count } s
kit-duration-minutes = { $count } min
kit-duration-hours = { $count } h
kit-duration-days =
    { $count ->
        [one] { $count } Tag
       *[other] { $count } Tage
    }

kit-pager = Seiten
kit-pager-newer = Neuere
kit-pager-older = Ältere
kit-new-rows =
    { $count ->
        [one] { $count } neue zeigen
       *[other] { $count } neue zeigen
    }
kit-chart-numbers = Zahlen zeigen
kit-chart-time = Zeit
kit-required = Pflichtfeld
kit-optional = freiwillig

kit-pad = Ziffernblock
kit-pad-back = Letzte Ziffer löschen
kit-pad-clear = Löschen
kit-pad-enter = Eingabe
kit-pad-next = Weiter
kit-board = Tastatur
kit-board-space = Leerzeichen
kit-board-back = Letztes Zeichen löschen
kit-pin = PIN
kit-pin-digits =
    { $count ->
        [one] { $count } Ziffer eingegeben
       *[other] { $count } Ziffern eingegeben
    }
kit-count-piece = Stückelung
kit-count-number = Anzahl
kit-count-sum = Betrag
kit-count-total = Gezählt
kit-qr = Code zum Scannen
kit-paper = Bon wie gedruckt
