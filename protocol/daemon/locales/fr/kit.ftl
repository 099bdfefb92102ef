# Les mots propres au kit.

kit-skip = Aller au contenu
kit-nav = Écrans
kit-sign-out = Se déconnecter
kit-dismiss = Masquer
kit-close = Fermer
kit-cancel = Annuler
kit-undo = Rétablir
kit-help = Touches
kit-help-title = Touches de cet écran
kit-help-empty = Cet écran n’a pas de touches propres.
kit-noscript = Cet écran a besoin de scripts pour rester à jour. Rechargez la page pour voir les changements.

kit-link-edge = Ligne vers le serveur
kit-link-edge-live = En direct
kit-link-edge-lost = Reconnexion
kit-link-held-one = 1 lecture retenue
kit-link-held-other = { $count } lectures retenues

kit-link-hub = Siège
kit-link-hub-live = Siège connecté
kit-link-hub-away = Siège joint { $time }
kit-link-hub-never = Siège pas encore joint
kit-link-waiting =
    { $count ->
        [0] tout est envoyé
        [one] { $count } en attente
       *[other] { $count } en attente
    }

kit-problem-title = Une action est nécessaire
kit-problem-why = Pourquoi
kit-problem-todo = Que faire
kit-problem-fields = Vérifiez ces champs
kit-start-page = Aller à la page d’accueil
kit-no-answer = Le serveur n’a pas répondu en 3 secondes. Rien n’est perdu : appuyez de nouveau.
kit-no-answer-title = Pas de réponse
kit-refused = Non effectué
kit-unreadable = Le serveur a répondu quelque chose que cette page ne comprend pas. Rechargez la page.
kit-sound-blocked = Les sons commencent à la première touche ou au premier contact.

kit-age-now = à l’instant
kit-age-seconds = il y a { $count } s
kit-age-minutes = il y a { $count } min
kit-age-hours = il y a { $count } h
kit-age-days =
    { $count ->
        [one] il y a { $count } jour
       *[other] il y a { $count } jours
    }
kit-duration-seconds = { $count } s
kit-duration-minutes = { $count } min
kit-duration-hours = { $count } h
kit-duration-days =
    { $count ->
        [one] { $count } jour
       *[other] { $count } jours
    }

kit-pager = Pages
kit-pager-newer = Plus récents
kit-pager-older = Plus anciens
kit-new-rows =
    { $count ->
        [one] Afficher { $count } nouveau
       *[other] Afficher { $count } nouveaux
    }
kit-chart-numbers = Afficher les chiffres
kit-chart-time = Heure
kit-required = obligatoire
kit-optional = facultatif

kit-pad = Pavé numérique
kit-pad-back = Effacer le dernier chiffre
kit-pad-clear = Effacer
kit-pad-enter = Valider
kit-pad-next = Suivant
kit-board = Clavier
kit-board-space = Espace
kit-board-back = Effacer le dernier caractère
kit-pin = Code PIN
kit-pin-digits =
    { $count ->
        [one] { $count } chiffre saisi
       *[other] { $count } chiffres saisis
    }
kit-count-piece = Coupure
kit-count-number = Nombre
kit-count-sum = Montant
kit-count-total = Compté
kit-qr = Code à scanner
kit-paper = Ticket tel qu’imprimé
