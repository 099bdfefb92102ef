# Coupons : ce que fait celui qui est dans le panier, et comment on en saisit un.

coupon-title = Coupon
coupon-code = Code ou numéro
coupon-code-hint = Comme imprimé, par exemple SUMMER10 ou CU suivi de ses lettres et chiffres ; ou le scanner à tout moment
coupon-lay = Utiliser le coupon
coupon-take-out = Retirer
coupon-take-out-which = Retirer le coupon pour { $name }
coupon-stands-not-begun = Ne déduit rien : l’offre n’a pas encore commencé
coupon-stands-over = Ne déduit rien : l’offre est terminée
coupon-stands-not-now = Ne déduit rien : l’offre vaut d’autres jours ou à d’autres heures
coupon-stands-not-for-customer = Ne déduit rien : l’offre est pour d’autres clients, nommer le client (F3)
coupon-stands-no-goods = Ne déduit rien pour l’instant : rien de concerné dans la vente
coupon-stands-not-reached = Ne déduit rien pour l’instant : il y en a trop peu dans la vente
coupon-stands-outdone = Ne déduit rien : une autre offre déduit davantage, le coupon reste valable
coupon-stands-used = Déjà utilisé : le retirer
