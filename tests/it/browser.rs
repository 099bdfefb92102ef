//! The pages in a real browser, as the people of a shop use them.
//!
//! What the server does underneath is the other journeys' business. A machine without the browser
//! fails these; `tests/run` installs it.

mod counter;
mod day;
mod inbox;
mod kit;
mod looks;
mod promised;
mod selling;

use counterpart_tests::browser::Window;
use counterpart_tests::console::{ADMIN, PASSWORD};
use counterpart_tests::world::{PIN, World};

/// Signs the person who sells in and opens the till with a float of 100, by keyboard.
async fn begin_to_sell(world: &World, window: &Window) {
    window
        .open(&format!("{}/register/1", world.edge().url()))
        .await;
    window.shows("Who is at the till?").await;
    window.click_on("Robin").await;
    window.focus("[name=pin]").await;
    window.type_calmly(PIN).await;
    window.press("Enter").await;
    window.shows("Open the till").await;
    window.is_live().await;
    window.type_calmly("100").await;
    window.press("Enter").await;
    window.shows("Scan an item to start a sale").await;
}

/// Signs the first operator in at the hub's console.
async fn open_console(world: &World, window: &Window) {
    window.open(&world.hub().console_url()).await;
    window.fill("[name=name]", ADMIN).await;
    window.fill("[name=password]", PASSWORD).await;
    window.press("Enter").await;
    window.shows("Today").await;
}

/// Fails when the page logged an error: a script that failed, a content policy that was broken.
async fn no_complaints(window: &Window) {
    let complaints = window.complaints().await;
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
