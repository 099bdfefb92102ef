# L’écran tourné vers la clientèle.
facing-title = Écran client
facing-ask = Cet écran doit-il montrer la vente de { $register } à la clientèle ?
facing-ask-hint = Il reste quand on se connecte et se déconnecte, et ne permet rien d’autre. La page Appareils l’arrête.
facing-show = Montrer la vente ici
facing-welcome = Bienvenue
facing-thanks = Merci
facing-saved = Vous économisez
facing-comes-back = Retour
facing-give-back = On vous rend
facing-card = Veuillez suivre le terminal de paiement
facing-lost = Un instant, s’il vous plaît
facing-open = Écran client
facing-screens = { $count ->
    [one] Un écran montre la vente de cette caisse à la clientèle.
   *[other] { $count } écrans montrent la vente de cette caisse à la clientèle.
 }
facing-forget = Ne plus rien montrer
