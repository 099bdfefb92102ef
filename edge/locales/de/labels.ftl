# Die Seite der Etiketten.
labels-title = Etiketten
labels-hint = Ein Regaletikett drucken und wartende Etiketten auf einem anderen Drucker ausgeben.
labels-sku = SKU
labels-print = Regaletikett drucken
labels-col-which = Etikett
labels-col-where = Kasse
labels-col-do = Was Sie tun können
labels-printer = Drucker an
labels-reroute = Dort drucken
labels-none = Kein Etikett wartet
labels-none-hint = Jedes verlangte Etikett ist gedruckt.
labels-no-printer = Keine Kasse hat einen Etikettendrucker. Wer den Filialserver betreut, trägt ihn in counterpart-edge.toml ein.
labels-open = Etiketten
labels-sent = Versandt
labels-staged = Bereit seit
labels-copy = KOPIE
