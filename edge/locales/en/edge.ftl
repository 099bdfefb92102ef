# The store server's own words: navigation, status bar, status page.

edge-nav-register = Register
edge-nav-shift = Till
edge-nav-sales = Sales
edge-nav-stock = Stock
edge-nav-status = Status
edge-notices = Notices
edge-catalog-missing = No products yet

# The status bar, when a person has to act before the hub goes on with this store
link-hub-refuses = Hub refuses this store: see Status
edge-ask-hub = Ask the hub now
