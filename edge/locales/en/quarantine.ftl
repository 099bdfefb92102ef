# Records that were set aside.

quarantine-title = Records set aside
quarantine-lead = What the hub sent and this store could not believe. Every byte is kept, and none of it counts until a manager lets it in.
quarantine-hint = After an upgrade, or once a fault is mended, a record is checked again. If it holds, it counts and every view is made anew: tills wait for as long as that takes, so do it when nobody is served. If it does not, it stays here.
quarantine-none = Nothing was set aside
quarantine-more = Older ones stand aside too; the newest are shown.
quarantine-uncounted = does not count
quarantine-why = Why it was set aside
quarantine-by = Who said it, and when
quarantine-hub = the hub
quarantine-says = What it would say
quarantine-unreadable = It cannot be read
quarantine-day = Day
quarantine-document = Document
quarantine-record = Run and number
quarantine-sent = As it was sent
quarantine-intact = every byte
quarantine-damaged = damaged on the way
quarantine-pin-hint = Only a manager lets a record count: their PIN is needed
quarantine-do = Check again and let it count
