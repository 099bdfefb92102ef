# The manager's safe.

safe-title = Safe
safe-open = Safe
safe-expected = Should be in the safe
safe-difference = Over or short
safe-move = In or out of the safe
safe-do = Record it and print its slip
safe-dropped = Dropped by a till
safe-float-out = Float taken out
safe-float-back = Float given back
safe-banked = Bag to the bank
safe-counted = Counted
safe-reference = Bag or till number
safe-reference-hint = The number on the bag, which a bag to the bank needs; for a float, its till
safe-count = Count the safe
safe-count-hint = Count what is in the safe now. Any count is accepted; a difference is named and posted.
safe-count-do = Record the count
safe-reason = If it differs, why
safe-reason-none = Nothing to say
safe-reason-not-recorded = Cash went in or out and was not recorded
safe-reason-miscounted = It was counted wrongly before
safe-reason-unexplained = Nobody knows
safe-pin-hint = The safe is a manager's: their PIN is needed
safe-book = Book of the safe
safe-book-empty = Nothing went through the safe yet
