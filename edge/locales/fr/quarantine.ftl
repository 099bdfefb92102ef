# Enregistrements mis de côté.

quarantine-title = Mis de côté
quarantine-lead = Ce que le siège a envoyé et que ce magasin n'a pas pu croire. Chaque octet est gardé, et rien n'en compte tant qu'un responsable ne l'admet pas.
quarantine-hint = Après une mise à jour, ou une fois un défaut réparé, un enregistrement est vérifié de nouveau. S'il tient, il compte et toutes les vues sont refaites : les caisses attendent pendant ce temps, donc faites-le quand personne n'est servi. Sinon, il reste ici.
quarantine-none = Rien n'a été mis de côté
quarantine-more = De plus anciens sont aussi de côté ; les plus récents sont montrés.
quarantine-uncounted = ne compte pas
quarantine-why = Pourquoi il est de côté
quarantine-by = Qui l'a dit, et quand
quarantine-hub = le siège
quarantine-says = Ce qu'il dirait
quarantine-unreadable = Il est illisible
quarantine-day = Jour
quarantine-document = Document
quarantine-record = Suite et numéro
quarantine-sent = Tel qu'envoyé
quarantine-intact = chaque octet
quarantine-damaged = abîmé en chemin
quarantine-pin-hint = Seul un responsable admet un enregistrement : son code PIN est nécessaire
quarantine-do = Vérifier de nouveau et l'admettre
