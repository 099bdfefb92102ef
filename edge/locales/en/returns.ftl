# Returns at the till.

returns-title = Returns
returns-open = Take back
returns-receipt = Number of the receipt
returns-receipt-hint = Scan the code on the receipt, or type the number below it
returns-find = Find
returns-latest = Latest returns
returns-none = Nothing came back yet
returns-number = Return
returns-of = Of receipt
returns-at = When
returns-total = Given back
returns-back = Another receipt
returns-all-back = All of this sale came back
returns-line-back = All of it came back
returns-what = What
returns-sold = Sold
returns-paid = Paid
returns-left = Can come back
returns-how-much = How much
returns-why = Why
returns-to = Where it goes
returns-pin-hint = Needed when more goes back than you may give alone
returns-count = What goes back?
returns-do = Give back in cash
returns-goes-back = Goes back
returns-earlier = Came back earlier:
returns-give-back = Give back
returns-next = Another return
returns-till = Back to the register
returns-reason-size = Does not fit
returns-reason-changed-mind = Changed mind
returns-reason-defective = Does not work
returns-reason-damaged = Was damaged
returns-reason-wrong-item = Wrong item
returns-reason-wrong-price = Wrong price
returns-reason-other = Another reason
returns-to-restock = Back on the shelf
returns-to-open-box = Sold as opened
returns-to-quarantine = Set aside to look at
returns-to-refurbish = To be repaired
returns-to-return-to-vendor = Back to the supplier
returns-to-scrap = Thrown away
returns-to-keep-it = The customer keeps it
returns-in-cash = Give back in cash
returns-card-back = The card has its money back
returns-card-again = Ask the terminal again
returns-card-give-up = Take nothing back
returns-card-todo = Ask the terminal again, or give the money back in cash; the receipt says so.
returns-card-unknown = The terminal is asked by itself. At the register a manager can settle it.

exchange-begin = Exchange for other goods
exchange-of = Comes back · receipt { $receipt }
exchange-give-up = Take out
exchange-goes-out = Goes out
exchange-counts = Comes back
exchange-to-pay = To pay
exchange-to-give-back = To give back
exchange-even = Nothing is due
exchange-to-cards = { $amount } to the card that paid
exchange-give-back = Give back
exchange-finish = Finish the exchange

rights-title = Receipt of another store
rights-hint = The other store passes its right to refund on first; nothing goes back before it has.
rights-store = Store
rights-receipt = Number of the receipt
rights-ask = Ask for the right to refund
rights-asked = Asked
rights-state = State
rights-waits = { $minutes ->
    [0] Asked just now, not answered yet
    [one] Asked a minute ago, not answered yet
   *[other] Asked { $minutes } minutes ago, not answered yet
}
rights-unknown-store = The hub knows no such store
rights-unknown-receipt = The hub has no such receipt of that store yet: look at the number, or ask again later
rights-held-there = This store has the right already: find the receipt above

provisional-title = Provisional
provisional-mark = Provisional refund: sold by { $store }
provisional-sold = Sold by { $store } on { $day } · { $paid } paid, as the code on the receipt proves
provisional-allowed = Nobody who has the right to refund this can be asked. Up to { $amount } goes back from what the code proves; the other store hears of it.
provisional-do = Refund provisionally in cash
provisional-not = Nothing goes back from this code now
