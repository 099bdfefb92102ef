//! Live pages and the design system of both daemons: shell, parts, streams, texts and assets.
//!
//! Pages are made on the server with `maud` and kept fresh by [`live`]; the browser runs a few
//! hundred lines of our own modules (`assets/js`) and holds nothing but unacknowledged scans, so a
//! reload is always harmless. Nothing here knows a slice: each slice's `pages.rs` holds view structs
//! and pure `fn(&View) -> Markup`, and puts the parts below together.
//!
//! # How a slice makes a live page
//!
//! 1. `fn regions(view: &View, version: Version) -> Vec<Region>` renders what changes;
//! 2. `GET /sale` takes `live.version()`, **then** loads the view, and answers
//!    [`shell::page`] with the regions in its body;
//! 3. `GET /sale/stream` answers [`live::stream`] with the same loading and `regions`;
//! 4. `POST /sale/lines` does the command, `live.publish("register/1")`, and answers
//!    [`live::respond`]`(&headers, "/sale", regions)`; a refusal is a problem (RFC 9457), which the
//!    page shows beside the form, in a message that stays, and with the low note.
//!
//! # What the script does for markup (no slice writes any)
//!
//! | Attribute | Where | Effect |
//! |---|---|---|
//! | `data-live` | `form` | posts in the background; busy at once; fails visibly within 3 s; `Idempotency-Key` and field `command_id` are one id a command, kept for a retry |
//! | `data-reset` | `form` | fields go back to their defaults once it was done |
//! | `data-live-input` | `form` (GET, search) | submits 150 ms after typing stops |
//! | `data-key="F9"` | control | the key presses it (focuses it, if it is a field); inside `data-line` only on the selected line |
//! | `data-line` | list item with a radio | ↑ and ↓ select it |
//! | `data-opens="id"`, `data-closes` | button | opens, closes a `<dialog>` |
//! | `data-server-open`, `data-cancels="form-id"` | `dialog` | open while shown; closing it by hand submits the form |
//! | `data-cue`, `data-cue-id` | any ([`live::Region::with_cue`]) | sound and edge, once for each id |
//! | `data-pad`, `data-pad-for` | keypad | types digits into the field; digits typed with no field focused go to the one marked `data-pad-default` |
//! | `data-kept` | any element with an id | patches leave it and its content alone |
//! | `data-goes-on` | field | Enter goes to the next field instead of submitting |
//!
//! A field a person has typed into keeps its text and its cursor through every patch. Regions go
//! around whole tables and lists; give rows ids, so that a patch moves them instead of rewriting.
//!
//! # Classes
//!
//! Parts bring their own. These are for the pages that put them together:
//!
//! | Class | Is |
//! |---|---|
//! | `register` | the till screen: `sale` beside `bench`; `data-hand` on `html` swaps them |
//! | `sale` | `sale-head` (`h1`, customer), `sale-lines` or `empty`, `sale-foot` |
//! | `sale-lines` | `ol` of `li.sale-line[data-line]` (`data-newest`, `data-voided`): radio, `line-name`, `line-note`, `line-qty`, `line-amount` |
//! | `sale-foot` | `sums` (`dl`), `sale-total` (`span` count, `output.total`), then Pay |
//! | `unsettled` | scans nobody has settled: `ul` of rows with buttons; bars Pay |
//! | `bench` | `find`, `found` (results), `tiles` of `button.tile` (`tile-name`, `tile-price`), `keys` (`functions` beside a form with `pad-display` and `pad`) |
//! | `tender` | `tender-due`, `tender-quick` (buttons), `tenders` (what was given), `change` |
//! | `paid` | after the sale: `change`, receipt beside it, next sale |
//! | `sign-in` | PIN page: `people` (radios as tiles), `pin` |
//! | `shift` | opening and closing: prose beside `count-grid` |
//! | `console` | page of tables: `page-head` (`h1`, `actions`), then sections |
//! | `stats` | grid of `stat` tiles |
//! | `cards` | grid of `article.card` (`card-head`, `details`, `card-foot`) |
//! | `panel` | framed section with its `h2` in `header` |
//! | `columns` | two panels side by side where there is room |
//! | `details` | `dl` of names and values |
//! | `timeline` | `ol` of facts, newest first: `time`, what, who |
//! | `filters` | a row of fields above a table |
//! | `stack`, `row`, `grow` | things below each other, beside each other, taking the rest |
//! | `unseen` | read aloud, not shown |
//! | `quiet-text`, `strong-text`, `number`, `code` | text: less, more, tabular, monospaced |
//!
//! [`gallery`] shows all of them together; it is the first place to look.

pub mod assets;
pub mod gallery;

pub mod live;
pub mod parts;
pub mod security;
pub mod shell;
pub mod text;
