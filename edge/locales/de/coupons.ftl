# Gutscheine für Aktionen: was einer im Korb bewirkt, und wie man einen eintippt.

coupon-title = Coupon
coupon-code = Code oder Nummer
coupon-code-hint = Wie gedruckt, etwa SUMMER10 oder CU mit seinen Buchstaben und Ziffern; oder jederzeit scannen
coupon-lay = Coupon verwenden
coupon-take-out = Herausnehmen
coupon-take-out-which = Den Coupon für { $name } herausnehmen
coupon-stands-not-begun = Zieht nichts ab: Die Aktion hat noch nicht begonnen
coupon-stands-over = Zieht nichts ab: Die Aktion ist vorbei
coupon-stands-not-now = Zieht nichts ab: Die Aktion gilt an anderen Tagen oder zu anderen Stunden
coupon-stands-not-for-customer = Zieht nichts ab: Die Aktion ist für andere Kunden, den Kunden nennen (F3)
coupon-stands-no-goods = Zieht noch nichts ab: Nichts davon ist im Verkauf
coupon-stands-not-reached = Zieht noch nichts ab: Es ist zu wenig davon im Verkauf
coupon-stands-outdone = Zieht nichts ab: Ein anderes Angebot zieht mehr ab, der Coupon bleibt gültig
coupon-stands-used = Wurde schon verwendet: herausnehmen
