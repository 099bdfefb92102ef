//! The pages in a real browser, as the people of a shop use them.
//!
//! What the server does underneath is the other journeys' business. A machine without the browser
//! fails these; `tests/run` installs it.

mod kit;
