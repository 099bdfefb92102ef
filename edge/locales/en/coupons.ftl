# Coupons: what one in the basket does, and how one is typed.

coupon-title = Coupon
coupon-code = Code or number
coupon-code-hint = As it is printed, such as SUMMER10 or CU and its letters and digits; or scan it at any time
coupon-lay = Use the coupon
coupon-take-out = Take out
coupon-take-out-which = Take out the coupon for { $name }
coupon-stands-not-begun = Takes nothing off: it has not begun yet
coupon-stands-over = Takes nothing off: it is over
coupon-stands-not-now = Takes nothing off: it holds on other days or at other hours
coupon-stands-not-for-customer = Takes nothing off: it is for other customers, name the customer (F3)
coupon-stands-no-goods = Takes nothing off yet: nothing it is for is in the sale
coupon-stands-not-reached = Takes nothing off yet: too little of it is in the sale
coupon-stands-outdone = Takes nothing off: another offer takes more off, and the coupon stays good
coupon-stands-used = Was used already: take it out
