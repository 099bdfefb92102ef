//! What a person does on the street: cut a line, switch trade on.

use counterpart_daemon::http::Problem;
use serde::Deserialize;

use super::trade::Pace;
use super::{House, Street};

/// A button of the map's page.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Pressed {
    pub(super) store: String,
    pub(super) does: String,
    pub(super) pace: String,
}

/// Cuts or mends a store's line to the hub.
pub(super) fn wire(street: &Street, pressed: &Pressed) -> Result<(), Problem> {
    let house = house(street, &pressed.store)?;
    match pressed.does.as_str() {
        "cut" => house.line.cut(),
        "mend" => house.line.mend(),
        other => {
            return Err(Problem::unreadable(format!(
                "{other:?} is nothing a line can do: cut or mend it"
            )));
        }
    }
    Ok(())
}

/// Switches trade to another pace.
pub(super) fn trade(street: &Street, pressed: &Pressed) -> Result<(), Problem> {
    let pace = Pace::from_word(&pressed.pace).ok_or_else(|| {
        let pace = &pressed.pace;
        Problem::unreadable(format!("{pace:?} is no pace of trade: off, quiet or busy"))
    })?;
    street.trade.set(pace);
    Ok(())
}

/// Holds a customer's code under a store's scanner.
pub(super) async fn show_code(street: &Street, store: &str, code: &str) -> Result<(), Problem> {
    let house = house(street, store)?;
    let scanned = house.counter.scanner().scan(code.as_bytes()).await;
    scanned.map_err(|_| {
        Problem::refused(
            "scanner_away",
            "The store's scanner did not read it: plug it in on the devices page, then show the \
             code again.",
        )
    })
}

/// Returns the store with this slug.
pub(super) fn house<'a>(street: &'a Street, slug: &str) -> Result<&'a House, Problem> {
    let mut houses = street.parts.houses.iter();
    houses
        .find(|house| house.site.slug == slug)
        .ok_or_else(|| Problem::not_found(format!("there is no store {slug} on this street")))
}
