# Exceptions: what facts say together that needs a person.

exception-title = Exceptions
exception-open =
    { $count ->
        [one] { $count } exception
       *[other] { $count } exceptions
    }
exception-shown =
    { $count ->
        [one] { $count } exception
       *[other] { $count } exceptions
    }
exception-none = Nothing needs a person
exception-standing-open = Open
exception-standing-settled = Settled by later facts
exception-standing-resolved = Resolved

exception-rule-short-pick = Could not be picked
exception-rule-over-sale = Sold although promised
exception-rule-cancel-too-late = Cancelled too late
exception-rule-refund-after-handover = Refunded and handed over
exception-rule-double-handover = Handed over twice
exception-rule-cloned-edge = More given out than there was
exception-rule-transfer-discrepancy = Transfer differs
exception-rule-over-redeem = More redeemed than was on it
exception-rule-over-refund = More refunded than was sold
exception-rule-coupon-twice = Coupon used twice

exception-todo-short-pick = The hub looks for another store. Count the shelf.
exception-todo-over-sale = A walk-in customer has what was promised. The hub looks for another store; tell the customer before they come.
exception-todo-cancel-too-late = The customer has the goods and had asked to cancel. Settle it with them.
exception-todo-refund-after-handover = Money went back for goods the customer has. Ask customer service.
exception-todo-double-handover = More was handed over than was ordered. Find out who has what.
exception-todo-cloned-edge = Two store servers worked as one. Call whoever looks after them, at once.
exception-todo-transfer-discrepancy = What came is not what was sent. Count again.
exception-todo-over-redeem = More was paid with this card than was on it: both sales stand. Ask whoever holds it, or book the difference.
exception-todo-over-refund = Two tills refunded the same goods while one could not hear of the other: both refunds stand. Look at both papers, ask the customer, or book the difference.
exception-todo-coupon-twice = Two tills that could not ask used the same coupon: both sales stand. Book the difference, or find out who copied it.

exception-how = How was it settled?
exception-how-accepted = It is as it is
exception-how-customer-told = The customer was told
exception-how-refunded = The customer got money back
exception-how-recounted = Found or counted again
exception-how-rerouted = It goes another way
exception-settle = Settle
