# Le coffre.

safe-title = Coffre
safe-open = Coffre
safe-expected = Devrait être dans le coffre
safe-difference = Excédent ou manque
safe-move = Entrée ou sortie du coffre
safe-do = Enregistrer et imprimer le reçu
safe-dropped = Prélevé d'une caisse
safe-float-out = Fonds de caisse sorti
safe-float-back = Fonds de caisse rendu
safe-banked = Sac remis à la banque
safe-counted = Compté
safe-reference = Numéro du sac ou de la caisse
safe-reference-hint = Le numéro du sac, nécessaire pour la banque ; pour un fonds, sa caisse
safe-count = Compter le coffre
safe-count-hint = Compter ce qui est dans le coffre. Tout compte est accepté ; un écart est nommé et comptabilisé.
safe-count-do = Enregistrer le compte
safe-reason = S'il diffère, pourquoi
safe-reason-none = Rien à dire
safe-reason-not-recorded = Des espèces sont entrées ou sorties sans être enregistrées
safe-reason-miscounted = Il avait été mal compté
safe-reason-unexplained = Personne ne sait
safe-pin-hint = Le coffre est celui du responsable : son code est nécessaire
safe-book = Livre du coffre
safe-book-empty = Rien n'est encore passé par le coffre
