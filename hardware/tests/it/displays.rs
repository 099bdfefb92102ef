//! A customer display: the newest text stands on it, also after it was away.

use std::path::Path;
use std::time::Duration;

use counterpart_hardware::{
    DeviceState, Display, DisplayConfig, DisplayDialect, DisplayText, VirtualDisplay,
};

use crate::world::within;

async fn display(folder: &Path, dialect: DisplayDialect) -> (VirtualDisplay, Display) {
    let twin = VirtualDisplay::plug_in(folder.join("display"), dialect)
        .await
        .unwrap();
    let mut config = DisplayConfig::new(twin.port_address(), dialect);
    config.idle = DisplayText::new("Corner shop", "Willkommen");
    config.reopen = (Duration::from_millis(20), Duration::from_millis(50));
    (twin, Display::spawn(config))
}

async fn shows(twin: &VirtualDisplay, top: &str, bottom: &str) {
    let mut changes = twin.changes();
    within(async {
        while twin.lines() != [top, bottom] {
            changes.changed().await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_shown_is_what_was_asked_for_last() {
    for dialect in [DisplayDialect::Epson, DisplayDialect::Cd5220] {
        let folder = tempfile::tempdir().unwrap();
        let (twin, driver) = display(folder.path(), dialect).await;
        shows(&twin, "Corner shop", "Willkommen").await;
        driver.show(DisplayText::amount("Crème brûlée", "2 x", "€ 6.40"));
        shows(&twin, "Crème brûlée", "2 x           € 6.40").await;
        for cents in 0..50 {
            driver.show(DisplayText::amount("Total", "", &format!("7.{cents:02}")));
        }
        shows(&twin, "Total", "                7.49").await;
        driver.show_idle();
        shows(&twin, "Corner shop", "Willkommen").await;
        within(driver.shutdown()).await;
    }
}

#[tokio::test]
async fn a_product_s_name_gives_the_display_no_orders() {
    let folder = tempfile::tempdir().unwrap();
    let (twin, driver) = display(folder.path(), DisplayDialect::Epson).await;
    shows(&twin, "Corner shop", "Willkommen").await;
    driver.show(DisplayText::new("\x1b@\x0c\x1f$\x01\x02evil", "x"));
    shows(&twin, "@ $evil", "x").await;
    assert_eq!(twin.starts(), 1);
}

#[tokio::test]
async fn a_display_that_was_away_shows_what_it_should() {
    let folder = tempfile::tempdir().unwrap();
    let (twin, driver) = display(folder.path(), DisplayDialect::Epson).await;
    shows(&twin, "Corner shop", "Willkommen").await;
    within(twin.unplug()).await.unwrap();
    let mut state = driver.state();
    within(state.wait_for(|state| *state == DeviceState::Absent))
        .await
        .unwrap();
    assert_eq!(twin.lines(), ["", ""]);
    // What was shown and replaced meanwhile is not shown.
    driver.show(DisplayText::new("old", "old"));
    driver.show_idle();
    within(twin.plug()).await.unwrap();
    shows(&twin, "Corner shop", "Willkommen").await;
    assert_eq!(twin.starts(), 2);
}
