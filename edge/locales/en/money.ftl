# Tenders beside cash and cards, and cash that is rounded.

money-in-cash = In cash { $amount } (rounded by { $by })
money-rounded = Rounded by { $by }.
money-take = Take
money-voucher = Voucher
money-voucher-title = Take a voucher
money-voucher-number = Number of the voucher
money-voucher-hint = It pays what is due; the rest of it goes back only where the company says so.
money-foreign-title = Take { $currency }
money-foreign-rate = { $one } counts for { $worth } { $currency }. Change is in { $currency }.
money-account = On account
money-account-title = Sell on account
money-account-which = Account
money-account-left = { $account }, { $left } left this month
money-account-hint = Leave the amount empty for all that is due: { $amount }
money-cashier = At the drawer
money-take-over = Take over the drawer
money-count-title = Count the rest
money-count-hint = Add the slips up, and type what they come to. Leave empty what nobody counts.
money-count-card = Card slips
money-count-voucher = Vouchers, what they say they are worth
money-count-foreign = Cash in { $currency }
money-count-account = Slips of accounts
money-exchanged = Exchanged goods
money-short = { $what }: short by { $by }
money-over = { $what }: over by { $by }
money-count-again = Count again if you are not sure. Else say why, and the till closes.
