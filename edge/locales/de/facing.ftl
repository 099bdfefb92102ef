# Der Bildschirm für die Kundschaft.
facing-title = Kundenbildschirm
facing-ask = Soll dieser Bildschirm den Verkauf von { $register } der Kundschaft zeigen?
facing-ask-hint = Er bleibt, wenn sich Leute an- und abmelden, und kann sonst nichts. Die Seite Geräte lässt ihn wieder los.
facing-show = Verkauf hier zeigen
facing-welcome = Willkommen
facing-thanks = Vielen Dank
facing-saved = Sie sparen
facing-comes-back = Kommt zurück
facing-give-back = Sie bekommen
facing-card = Bitte folgen Sie dem Kartenterminal
facing-lost = Einen Moment, bitte
facing-open = Kundenbildschirm
facing-screens = { $count ->
    [one] Ein Bildschirm zeigt den Verkauf dieser Kasse der Kundschaft.
   *[other] { $count } Bildschirme zeigen den Verkauf dieser Kasse der Kundschaft.
 }
facing-forget = Nichts mehr zeigen lassen
