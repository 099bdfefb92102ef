# Badges du personnel.
badge-shown = { $name } : appuyez sur ce que le badge autorise
badge-sign-in = Ou scannez votre badge ; si rien ne se passe, appuyez sur le bouton.
