# Fiskalsignatur: Statuszeile und Seite eines Verkaufs.

signing-title = Fiskalsignatur
signing-failed = Sicherheitseinrichtung ausgefallen
signing-waiting = wartet auf das Gerät
signing-outage = noch nicht signiert: das Gerät ist ausgefallen
signing-signed = signiert
signing-afterwards = nachträglich signiert, fehlt auf dem Beleg
signing-number = Signatur { $number }, { $at }
