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
