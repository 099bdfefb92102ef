# The kit's own words. One key per text, no markup; arguments are texts already formatted, except
# $count, which chooses the plural.

kit-skip = Skip to the content
kit-nav = Screens
kit-sign-out = Sign out
kit-dismiss = Dismiss
kit-close = Close
kit-cancel = Cancel
kit-undo = Undo
kit-help = Keys
kit-help-title = Keys on this screen
kit-help-empty = This screen has no keys of its own.
kit-noscript = This screen needs scripts to stay up to date. Reload the page to see what changed.

# Till to edge: what the page says about its own line.
kit-link-edge = Line to the server
kit-link-edge-live = Live
kit-link-edge-lost = Reconnecting
kit-link-held-one = 1 scan held
kit-link-held-other = { $count } scans held

# Edge to hub.
kit-link-hub = Hub
kit-link-hub-live = Hub connected
kit-link-hub-away = Hub last seen { $time }
kit-link-hub-never = Hub not reached yet
kit-link-waiting =
    { $count ->
        [0] all sent
        [one] { $count } waiting
       *[other] { $count } waiting
    }

# Problems.
kit-problem-title = This needs your attention
kit-problem-why = Why
kit-problem-todo = What to do
kit-problem-fields = Check these fields
kit-start-page = Go to the start page
kit-no-answer = The server did not answer within 3 seconds. Nothing is lost: press again.
kit-no-answer-title = No answer
kit-refused = Not done
kit-unreadable = The server answered with something this page does not understand. Reload the page.
kit-sound-blocked = Sounds start with the first key or touch.

# Ages and lengths of time.
kit-age-now = just now
kit-age-seconds = { $count } s ago
kit-age-minutes = { $count } min ago
kit-age-hours = { $count } h ago
kit-age-days =
    { $count ->
        [one] { $count } day ago
       *[other] { $count } days ago
    }
kit-duration-seconds = { $count } s
kit-duration-minutes = { $count } min
kit-duration-hours = { $count } h
kit-duration-days =
    { $count ->
        [one] { $count } day
       *[other] { $count } days
    }

# Tables, pages, charts.
kit-pager = Pages
kit-pager-newer = Newer
kit-pager-older = Older
kit-new-rows =
    { $count ->
        [one] Show { $count } new
       *[other] Show { $count } new
    }
kit-chart-numbers = Show the numbers
kit-chart-time = Time
kit-required = required
kit-optional = optional

# Keypad, count grid, codes.
kit-pad = Number pad
kit-pad-back = Delete the last digit
kit-pad-clear = Clear
kit-pad-enter = Enter
kit-pad-next = Next
kit-board = Keyboard
kit-board-space = Space
kit-board-back = Delete the last character
kit-pin = PIN
kit-pin-digits =
    { $count ->
        [one] { $count } digit typed
       *[other] { $count } digits typed
    }
kit-count-piece = Denomination
kit-count-number = Count
kit-count-sum = Amount
kit-count-total = Counted
kit-qr = Code to scan
kit-paper = Receipt as printed
