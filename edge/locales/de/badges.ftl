# Ausweise des Personals.
badge-shown = { $name }: drücke, wofür der Ausweis ist
badge-sign-in = Oder scanne deinen Ausweis; wenn nichts geschieht, drücke Anmelden.
