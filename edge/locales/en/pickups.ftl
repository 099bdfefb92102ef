# Pickups: online orders that wait in this store.

edge-nav-pickups = Pickups

pickup-bell =
    { $count ->
        [one] { $count } new pickup
       *[other] { $count } new pickups
    }

pickup-title = Pickups
pickup-lists = Lists
pickup-list-to-do = To do
pickup-list-ready = Ready
pickup-list-done = Done
pickup-find = Customer's code, order number or name
pickup-find-hint = Scan the code in the customer's message, or type the order's number or the name.
pickup-open = Open
pickup-empty-to-do = Nothing to do
pickup-empty-ready = No bag waits
pickup-empty-done = Nothing is over yet
pickup-empty-todo = New orders ring on this screen by themselves.
pickup-shown =
    { $count ->
        [one] { $count } pickup
       *[other] { $count } pickups
    }

pickup-accept = Accept
pickup-accept-hint = The bell stops, and colleagues see who has it.
pickup-pick = Pick
pickup-stage = Put it there
pickup-hand-over = Hand over
pickup-look = Look
pickup-put-away = Put away
pickup-all = All pickups
pickup-print = Print the pick list

pickup-due-soon = Due soon
pickup-late = Promised { $age }
pickup-at = At { $place }
pickup-cancel-asked = Cancellation asked
pickup-line-cancel = Cancel
pickup-line-picked = Picked
pickup-line-over = Over
pickup-ringing = Ringing
pickup-unheard = The bell reached no screen
pickup-accepted-by = Accepted by { $who }
pickup-more-lines =
    { $count ->
        [one] and { $count } more line
       *[other] and { $count } more lines
    }
pickup-to-pay = To pay at the till first: { $amount }

pickup-stage-allocated = Coming
pickup-stage-offered = New
pickup-stage-accepted = Accepted
pickup-stage-picking = Being picked
pickup-stage-picked = Picked
pickup-stage-staged = Ready
pickup-stage-handed-over = Handed over
pickup-stage-released = Over

pickup-next = Fetch next
pickup-of = { $found } of { $wanted }
pickup-scan = Scan the item
pickup-scan-hint = Or type the number below the bars.
pickup-scan-enter = Enter
pickup-pause = Done for now
pickup-lines = Lines of this order
pickup-picked = Everything is picked
pickup-place = Where does the bag stand?
pickup-place-hint = Scan or type the place, such as A-3.

pickup-short = Not there?
pickup-short-why = Why
pickup-short-how-many = How many
pickup-short-do = Call it short
pickup-short-hint = The hub looks for another store for it.
pickup-short-not-found = Not on the shelf
pickup-short-damaged = Damaged
pickup-short-sold-meanwhile = Sold meanwhile

pickup-check = Who is it?
pickup-code = Code or six digits
pickup-code-hint = Scan the code in the customer's message, or type the six digits below it.
pickup-check-do = Check
pickup-document = Without a code
pickup-document-do = The name on the document is right
pickup-document-hint = Compare the order with a document that shows the customer's name.
pickup-manager-pin = A manager's PIN
pickup-checked = The customer was checked
pickup-give = Hand over
pickup-give-all = Hand over everything
pickup-part = Only a part
pickup-part-hint = What the customer refuses goes back to the shelf, scan by scan.
pickup-give-these = Hand these over
pickup-refuse-these = The customer refuses these

pickup-back-cancelled = The order was cancelled.
pickup-back-expired = Nobody came for it in time.
pickup-back-refused = The customer did not want it.
pickup-back-scan = Scan each item at its shelf
pickup-back-hint = Only what was scanned is free for others again.
pickup-back-finish = That is all that is here
pickup-is-over = Nothing is left to do

pickup-slip-title = PICK LIST
pickup-slip-customer = Customer
pickup-slip-promise = Ready by
pickup-slip-printed = Printed

pickup-among =
    { $count ->
        [one] { $count } pickup by that name
       *[other] { $count } pickups by that name
    }
pickup-customer-awaited = The name is not here yet
pickup-customer-erased = The name was erased
pickup-check-name = Is it { $name }?
pickup-for = For { $name }
pickup-document-name = Ask for a document that shows the name { $name }.
pickup-unseen = Is the bag still here?
pickup-unseen-hint = This store was restored since the bag was packed. Scan one item of it; if it is gone, find out who fetched it.
pickup-label = Print the label again
