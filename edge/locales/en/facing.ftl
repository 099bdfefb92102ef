# The screen that faces the customer.
facing-title = Screen for customers
facing-ask = Shall this screen show the sale of { $register } to customers?
facing-ask-hint = It stays when people sign in and out, and can do nothing else. The page Devices lets it go again.
facing-show = Show the sale here
facing-welcome = Welcome
facing-thanks = Thank you
facing-saved = You save
facing-comes-back = Comes back
facing-give-back = You get back
facing-card = Please follow the card terminal
facing-lost = One moment, please
facing-open = Screen for customers
facing-screens = { $count ->
    [one] One screen shows this register’s sale to customers.
   *[other] { $count } screens show this register’s sale to customers.
 }
facing-forget = Let it show nothing any more
