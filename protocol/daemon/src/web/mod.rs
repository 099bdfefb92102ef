//! Live pages and the design system of both daemons: shell, parts, streams, texts and assets.
//!
//! Pages are made on the server with `maud` and kept fresh by [`live`]; the browser runs our own
//! small modules (`assets/js`) and holds nothing but unacknowledged scans, so a reload is always
//! harmless. Nothing here knows a slice: each slice's `pages.rs` holds view structs and pure
//! `fn(&View) -> Markup`, and puts the parts below together. [`gallery`] shows all of them in use;
//! it is the place to copy markup from.
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
//! Forms:
//! - `form[data-live]` posts in the background: busy at once, a visible failure within 3 s. Header
//!   `Idempotency-Key` and field `command_id` carry one id a command, the same in a retry. With
//!   `method=get` it asks for regions (a search) and changes nothing.
//! - `data-live-input` on such a search form asks again 150 ms after typing stops.
//! - `data-repeat` on a form: presses while one is being sent wait their turn instead of being
//!   dropped (`+`, tiles). Never on Pay.
//! - `data-reset`: fields go back to their defaults once the command was done.
//! - `data-quiet`: problems are told in the message only, not beside the form.
//! - `data-wait-ms`: patience other than 3 s, for uploads (`enctype="multipart/form-data"`).
//! - `data-goes-on` on a field: Enter goes to the next field instead of submitting.
//!
//! Keys and dialogs:
//! - `data-key="F9"`: the key presses the control (puts the cursor into it, if it is a field);
//!   inside `data-line` only on the selected line. Written on the control and listed under `?`.
//! - `data-line` on a list item with a radio: ↑ and ↓ select it.
//! - `data-opens="id"` and `data-closes` on buttons open and close a `<dialog>`; it closes by
//!   itself once a live form in it was done.
//! - `data-server-open` on a dialog: open while the server shows it so; `data-cancels="form-id"`:
//!   closing it by hand submits that form.
//!
//! Number pads:
//! - `data-pad` on a key, `data-pad-for="field-id"` on its pad: types into that field, or into the
//!   focused field for numbers.
//! - `data-pad-default` on a field: digits typed with no field focused go there; a scan empties it.
//!
//! Regions:
//! - `data-cue`, `data-cue-id` ([`live::Region::with_cue`]): sound and edge, once for each id.
//! - `data-kept` on an element with an id: patches leave it and its content alone.
//! - A field a person has typed into keeps its text and cursor through every patch.
//! - Regions go around whole tables and lists and lay out as if they were not there
//!   (`display: contents`): a child selector never matches across one. Give rows ids, so that a
//!   patch moves them instead of rewriting.
//!
//! # Classes
//!
//! Parts bring their own. These are for the pages that put them together.
//!
//! Till:
//! - `register`: the till screen, `sale` beside `bench`; `data-hand` on `html` swaps them.
//! - `sale`: `sale-head` (`h1`, customer), `unsettled` if any, `sale-lines` or `empty`,
//!   `sale-foot`.
//! - `sale-lines`: `ol` of `li.sale-line[data-line]` (`data-newest`, `data-voided`), each of
//!   `label.line-pick` (radio, `line-name`, `line-note`), `form.line-qty`, `output.line-amount`.
//! - `sale-foot`: `sums` (`dl` of `div`s), `sale-total` (`span` count, `output.total`), then Pay.
//! - `unsettled`: scans nobody has settled, a list of code and buttons; bars Pay meanwhile.
//! - `bench`: `find`, `found` (results), `tiles` (`ul` of `button.tile`: `tile-name`,
//!   `tile-price`), `keys` (`functions` beside a form with `pad-display` and the pad).
//! - `tender`: a `stack` of `tender-due`, `tender-quick` (buttons), `tenders` (what was given),
//!   beside the form with the pad. `paid`: a `stack` with `change`, beside the paper.
//! - `sign-in`: `people` (radios as tiles) beside the PIN pad. `shift`: prose beside the count
//!   grid.
//!
//! Console:
//! - `console`: the page; `page-head` (`h1`, `actions`), then sections.
//! - `stats`: grid of stat tiles. `cards`: grid of `article.card[data-tone]` (`card-head`,
//!   `details`, `card-foot`). `columns`: panels beside each other where there is room.
//! - `panel`: framed section with its `h2` in `header`. `details`: `dl` of names and values.
//! - `timeline`: `ol` of facts, newest first: `time`, then a block. `filters`: fields above a
//!   table.
//!
//! Anywhere: `stack`, `row`, `grow` (below, beside, taking the rest), `unseen` (read aloud only),
//! `quiet-text`, `strong-text`, `number` (tabular), `code` (monospaced).

pub mod assets;
pub mod gallery;
pub mod live;
pub mod parts;
pub mod problem_page;
pub mod reference;
pub mod security;
pub mod shell;
pub mod text;
