//! Everything that looks at the whole: the tidy rules and the journeys across crates. This file
//! only lists them; a journey is a file beside it and builds its world with the harness in `src/`.

mod browser;
mod tidy;
