# Fiscal signing: the status bar and a sale's page.

signing-title = Fiscal signature
signing-failed = Signing device failed
signing-waiting = waiting for the device
signing-outage = not signed yet: the device failed
signing-signed = signed
signing-afterwards = signed afterwards, the receipt lacks it
signing-number = Signature { $number }, { $at }
