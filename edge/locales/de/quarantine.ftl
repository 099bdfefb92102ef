# Beiseitegelegte Aufzeichnungen.

quarantine-title = Beiseitegelegt
quarantine-lead = Was die Zentrale schickte und diese Filiale nicht glauben konnte. Jedes Byte ist aufgehoben, und nichts davon zählt, bis die Leitung es zulässt.
quarantine-hint = Nach einem Update, oder wenn ein Fehler behoben ist, wird eine Aufzeichnung noch einmal geprüft. Stimmt sie, dann zählt sie, und alle Ansichten werden neu gemacht: So lange warten die Kassen; am besten also, wenn niemand bedient wird. Stimmt sie nicht, bleibt sie hier.
quarantine-none = Nichts liegt beiseite
quarantine-more = Ältere liegen auch beiseite; die neuesten werden gezeigt.
quarantine-uncounted = zählt nicht
quarantine-why = Warum sie beiseiteliegt
quarantine-by = Wer es sagte, und wann
quarantine-hub = die Zentrale
quarantine-says = Was sie sagen würde
quarantine-unreadable = Sie ist nicht lesbar
quarantine-day = Tag
quarantine-document = Dokument
quarantine-record = Lauf und Nummer
quarantine-sent = Wie gesendet
quarantine-intact = jedes Byte
quarantine-damaged = unterwegs beschädigt
quarantine-pin-hint = Nur die Leitung lässt eine Aufzeichnung zu: ihre PIN ist nötig
quarantine-do = Noch einmal prüfen und zulassen
