# The labels page.
labels-title = Labels
labels-hint = Print a shelf label, and send labels that wait for a printer to another one.
labels-sku = SKU
labels-print = Print a shelf label
labels-col-which = Label
labels-col-where = Register
labels-col-do = What you can do
labels-printer = Printer at
labels-reroute = Print there
labels-none = No label waits
labels-none-hint = Every label that was asked for is printed.
labels-no-printer = No register has a label printer. Whoever looks after the store server writes it into counterpart-edge.toml.
labels-open = Labels
labels-sent = Sent
labels-staged = Ready since
labels-copy = COPY
