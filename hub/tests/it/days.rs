//! What the hub states for a store counts on the store's business day, not on its wall's date.

use std::time::Duration;

use counterpart_protocol::time::BusinessDate;
use jiff::civil::Time;
use jiff::{Timestamp, ToSpan, Zoned};
use serde_json::json;

use crate::editing::whole;
use crate::peer::Peer;
use crate::shop::{pickup, with_rights};
use crate::world::{STORE, World};

/// Lets the clocks of hub and store go on to the next day at a time on the store's wall, and
/// returns the date it shows then.
async fn tomorrow_at(world: &mut World, store: &Peer, wall: Time) -> jiff::civil::Date {
    let now = Timestamp::from_millisecond(world.clock_ms()).unwrap();
    let here = now.in_tz("Europe/Brussels").unwrap();
    let date = here.date().tomorrow().unwrap();
    let then: Zoned = date
        .to_datetime(wall)
        .to_zoned(here.time_zone().clone())
        .unwrap();
    let wait = Duration::try_from(then.timestamp().duration_since(now)).unwrap();
    world.advance(wait);
    store.clock.advance(wait);
    world.sign_in_again().await;
    date
}

/// Posts a notice, captures an order for the store, and returns the dates of all the store hears.
async fn dates_of_what_is_said(world: &World, store: &mut Peer) -> Vec<BusinessDate> {
    store.sync().await;
    let before = store.dates_heard().len();
    let notice = json!({ "text": "Inventory tonight", "store_id": STORE });
    world.post("/v1/notices", &notice).await;
    let reference = format!("W-{before}");
    world.capture(&pickup(&reference, STORE, 1)).await;
    store.sync().await;
    let heard = store.dates_heard().split_off(before);
    // The notice, and the order as it was placed, allocated and given into custody.
    assert_eq!(heard.len(), 4, "{heard:?}");
    heard
}

#[tokio::test]
async fn what_the_hub_says_before_the_end_of_a_stores_day_counts_for_the_evening_before() {
    let (mut world, mut ghent) = with_rights(10, 6).await;
    let mut late = whole();
    late["day_end"] = json!("04:00");
    for hours in ["hours_monday", "hours_sunday"] {
        late.as_object_mut().unwrap().remove(hours);
    }
    let (status, changed) = world.change(STORE, &late).await;
    assert_eq!(status, 200, "{changed}");

    let wall = tomorrow_at(&mut world, &ghent, Time::constant(1, 30, 0, 0)).await;
    let evening = BusinessDate::from_civil(wall - 1.day()).unwrap();
    let said = dates_of_what_is_said(&world, &mut ghent).await;
    assert_eq!(said, [evening; 4]);

    let wall = tomorrow_at(&mut world, &ghent, Time::constant(4, 0, 0, 0)).await;
    let morning = BusinessDate::from_civil(wall).unwrap();
    let said = dates_of_what_is_said(&world, &mut ghent).await;
    assert_eq!(said, [morning; 4]);
}
