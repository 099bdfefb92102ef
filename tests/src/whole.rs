//! Is what a daemon holds whole: asked at the end of every journey, whatever it was about.

use counterpart_daemon::replica::{Question, Told};
use counterpart_edge::EdgeConfig;
use counterpart_hub::HubConfig;

use crate::process::Ended;

/// Looks at a store's data: chains, hashes, digests, and every view against its facts. A store that
/// never was, or keeps its data elsewhere, has none.
///
/// # Panics
///
/// When something is broken, with the place.
pub async fn edge(config: &EdgeConfig) {
    if !config.database().exists() {
        return;
    }
    let told = counterpart_edge::examine(config, Question::Verify { json: false }).await;
    expect_whole(&told.unwrap_or_else(|error| panic!("the store cannot be looked at: {error}")));
}

/// Looks at a hub's data, as [`edge`] does.
///
/// # Panics
///
/// When something is broken, with the place.
pub async fn hub(config: &HubConfig) {
    let told = counterpart_hub::app::examine(config, Question::Verify { json: false }).await;
    expect_whole(&told.unwrap_or_else(|error| panic!("the hub cannot be looked at: {error:#}")));
}

fn expect_whole(told: &Told) {
    assert!(told.is_well, "{}", told.text);
}

/// Expects that a program said `verify` found nothing broken.
///
/// # Panics
///
/// When it did not.
pub fn said(ended: &Ended) {
    let Ended {
        status,
        output,
        complaints,
    } = ended;
    assert!(status.success(), "{output}{complaints}");
}
