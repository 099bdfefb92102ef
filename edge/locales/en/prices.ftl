# Prices changed by hand at the till.

prices-discount = Discount
prices-title = Change the price of { $name }
prices-what = What changes
prices-what-line-percent = Percent off this line
prices-what-line-amount = Amount off this line
prices-what-price = New price of one
prices-what-sale-percent = Percent off the whole sale
prices-what-sale-amount = Amount off the whole sale
prices-value = How much
prices-value-hint = 10 for 10 %, or an amount such as 2.50
prices-reason = Why
prices-reason-damaged = Damaged
prices-reason-best-before = Best before soon
prices-reason-shelf-label = Shelf label says otherwise
prices-reason-price-match = Cheaper elsewhere
prices-reason-staff = Staff purchase
prices-reason-goodwill = Goodwill
prices-reason-other = Another reason
prices-of-sale = { $reason }, on the whole sale
prices-pin-hint = Beyond { $line } of a line, { $sale } of the sale or { $price } of a price
prices-do = Change the price
prices-clear-line = Take it back
prices-clear-sale = Nothing off the sale
prices-saved = Taken off

tax-before = Before tax
tax-added = Tax
tax-within = VAT
