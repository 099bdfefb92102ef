# Der Tresor.

safe-title = Tresor
safe-open = Tresor
safe-expected = Soll im Tresor
safe-difference = Zu viel oder zu wenig
safe-move = In den oder aus dem Tresor
safe-do = Festhalten und Beleg drucken
safe-dropped = Abschöpfung einer Kasse
safe-float-out = Wechselgeld entnommen
safe-float-back = Wechselgeld zurückgelegt
safe-banked = Beutel zur Bank
safe-counted = Gezählt
safe-reference = Nummer von Beutel oder Kasse
safe-reference-hint = Die Nummer auf dem Beutel, für die Bank nötig; bei Wechselgeld die Kasse
safe-count = Tresor zählen
safe-count-hint = Zählen, was jetzt im Tresor ist. Jede Zählung gilt; ein Unterschied wird benannt und gebucht.
safe-count-do = Zählung festhalten
safe-reason = Falls sie abweicht, warum
safe-reason-none = Nichts zu sagen
safe-reason-not-recorded = Bargeld ging hinein oder hinaus und wurde nicht festgehalten
safe-reason-miscounted = Es wurde zuvor falsch gezählt
safe-reason-unexplained = Niemand weiß es
safe-pin-hint = Der Tresor gehört der Leitung: ihre PIN ist nötig
safe-book = Buch des Tresors
safe-book-empty = Noch nichts ging durch den Tresor
