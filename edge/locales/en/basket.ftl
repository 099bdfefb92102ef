# What is done beside the basket: selling by department, notes, gift receipts.

department-title = Sell by department
department-open = Department
department-choose = Choose a department
department-which = Department and tax
department-code = Code on the goods
department-code-hint = What stands below the bars; may be left out
department-price = Price of one piece
department-pin-hint = A manager’s PIN, for more than { $amount }
department-do = Sell
department-todo = Head office sees the code and puts the goods into the catalogue.
remark-title = Note and seller
remark-open = Note, seller
remark-note = Note
remark-note-hint = Printed below the line; leave it empty to take it back
remark-seller = Sold by
remark-same = Whoever takes the money
remark-do = Keep it
remark-gone = This line is not in the sale any more
gift-print = Gift receipt
gift-title = Gift receipts
age-title = Is the customer { $years } or older?
age-asked = { $name } is sold from { $years } years on. Look at a document if in doubt.
age-yes = Old enough
age-no = Take it out

# Gift cards and store credit.

stored-title = Gift cards
stored-gift-card = Gift card
stored-store-credit = Store credit
stored-pay = Gift card or credit
stored-pay-title = Pay with a gift card or credit
stored-pay-hint = Leave the amount empty for all that is due; what is not used stays on the card.
stored-number = Number of the card
stored-sell-title = Put money on a gift card
stored-sell-hint = Leave it empty for a new card: its paper is printed when the sale is paid.
stored-sell = Add to the sale
stored-amount = Amount
stored-pin-hint = Needed above { $amount }
stored-balance-title = What is on a card?
stored-balance-hint = GC or SC and its 19 digits
stored-balance = Look
stored-blocked = Blocked
stored-current = As the hub says just now.
stored-as-of = The hub is away. It said so at { $when }; what this store sold and took since is counted.
stored-own-only = The hub is away. This is what this store sold and took by itself.
stored-as-credit = Give store credit
stored-count-gift-card = Paid with gift cards
stored-count-store-credit = Paid with store credit
