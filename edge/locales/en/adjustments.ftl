# Stock that is put right.

adjust-open = Put right
adjust-title = Put right: { $name }
adjust-back = Back to the product
adjust-on-hand = On hand
adjust-sku = SKU
adjust-hint = What is broken or gone is taken off here, what turned up again is added. If it was promised to somebody, their order is named.
adjust-what = What happened
adjust-how-many = How many
adjust-do = Put right
adjust-choice-damaged = Broken, soiled or spoilt
adjust-choice-expired = Past its date
adjust-choice-missing = Gone without a trace
adjust-choice-own-use = Used in the store
adjust-choice-found = Turned up again
adjust-choice-other-less = Fewer, for another reason
adjust-choice-other-more = More, for another reason
adjust-because-counted = counted
adjust-because-damaged = broken or spoilt
adjust-because-expired = past its date
adjust-because-missing = missing
adjust-because-found = found
adjust-because-own-use = used in the store
adjust-because-other = another reason
