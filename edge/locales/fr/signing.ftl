# Signature fiscale : barre d’état et page d’une vente.

signing-title = Signature fiscale
signing-failed = Dispositif de signature en panne
signing-waiting = attend le dispositif
signing-outage = pas encore signé : le dispositif est en panne
signing-signed = signé
signing-afterwards = signé après coup, absent du ticket
signing-number = Signature { $number }, { $at }
