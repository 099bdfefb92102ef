# Parked sales.

suspended-title = Parked sales
suspended-back = Back to the sale
suspended-park = Park
suspended-park-title = Park this sale
suspended-recall = Recall
suspended-number = Number
suspended-name = Name
suspended-name-hint = What you will find it by; it gets a number anyway
suspended-items = Items
suspended-total = Total
suspended-by = Parked by · register
suspended-at = When
suspended-none = No sale is parked
suspended-none-hint = Press Park (F4) at a register to put a sale aside for a moment.
suspended-left = Parked sales are still open
suspended-left-hint = Recall each one, then finish it or void it; closing the till does not wait for them.
