//! The first start: stores with their people, a catalogue and stock, by the daemons' own services
//! and doors.
//!
//! It runs once for a folder; the ledger says whether it was finished.

use std::fmt::Display;
use std::time::Duration;

use counterpart_edge::EdgeConfig;
use counterpart_hub::RunningHub;
use counterpart_hub::imports::import_now;
use counterpart_hub::stores::{
    EntityDraft, EntityWords, MemberDraft, StoreChange, StoreDraft, add, add_entity, add_member,
    change, make_code,
};
use counterpart_protocol::enrolment::StoreIdentity;

use super::DemoFailed;
use crate::catalog::{DemoProduct, to_csv};
use crate::hub::Hub;
use crate::ledger::{DemoStore, Ledger};
use crate::options::DemoOptions;
use crate::plan::{Site, time_zone};
use crate::store::Store;

/// How long the catalogue may take to a store: seconds on any machine.
const CATALOG_LIMIT: Duration = Duration::from_secs(60);
/// How often the store is asked whether it has come.
const CATALOG_INTERVAL: Duration = Duration::from_millis(50);
/// When the stores are open: whoever tries the demo at night wants to see an order promised too.
const OPEN: &str = "00:00-24:00";
/// What the stores' neighbourhood is called: they tell each other what they have.
const NEIGHBOURS: &str = "randstad";
/// The short name of the company that runs them.
const COMPANY: &str = "randstad-retail";

fn store_draft(site: &Site) -> StoreDraft {
    StoreDraft {
        store_id: site.slug.to_owned(),
        name: site.name.to_owned(),
        address: site.address.to_owned(),
        currency: "EUR".to_owned(),
        time_zone: time_zone().to_owned(),
        tax_number: String::new(),
        locale: "en".to_owned(),
        receipt_footer: "Thank you. Goods may come back within 30 days.".to_owned(),
        entity: COMPANY.to_owned(),
    }
}

/// Adds the company that runs every store of the demo.
pub(super) async fn found_company(hub: &RunningHub) -> Result<(), DemoFailed> {
    let company = EntityDraft {
        entity_id: COMPANY.to_owned(),
        words: EntityWords {
            name: "Randstad Retail B.V.".to_owned(),
            address: "Damrak 1\n1012 LG Amsterdam".to_owned(),
            registration_number: "KvK 00000000".to_owned(),
            tax_numbers: "NL vat NL000000000B00".to_owned(),
            number_prefix: String::new(),
        },
    };
    add_entity(hub.context(), company)
        .await
        .map_err(|said| not_done("add the company", &said))?;
    Ok(())
}

/// Says where a store stands and when it is open, so that the hub routes as the map shows it.
fn whereabouts(site: &Site, store: &StoreIdentity) -> StoreChange {
    let degrees = |micro: i32| format!("{}.{:06}", micro / 1_000_000, micro % 1_000_000);
    let daily = || OPEN.to_owned();
    StoreChange {
        point: format!(
            "{}, {}",
            degrees(site.latitude_micro),
            degrees(site.longitude_micro)
        ),
        hours_monday: daily(),
        hours_tuesday: daily(),
        hours_wednesday: daily(),
        hours_thursday: daily(),
        hours_friday: daily(),
        hours_saturday: daily(),
        hours_sunday: daily(),
        neighbour_group: NEIGHBOURS.to_owned(),
        number_prefix: prefix(site),
        ..StoreChange::of(store)
    }
}

/// What the numbers of a store's invoices begin with: three letters of its name.
fn prefix(site: &Site) -> String {
    site.slug.chars().take(3).collect::<String>().to_uppercase()
}

/// Publishes what all stores sell.
pub(super) async fn publish(
    hub: &RunningHub,
    ledger: &Ledger,
    products: &[DemoProduct],
    say: &impl Fn(&str),
) -> Result<(), DemoFailed> {
    say(&format!("publishing {} products", products.len()));
    let bytes = to_csv(products).into_bytes();
    import_now(hub.context(), "demo-products.csv", bytes, &ledger.operator)
        .await
        .map_err(|said| not_done("publish the products", &said))?;
    Ok(())
}

/// Makes the web shop's key at the hub.
pub(super) async fn open_shop(
    hub: &RunningHub,
    ledger: &Ledger,
    options: &DemoOptions,
) -> Result<String, DemoFailed> {
    let operator = (ledger.operator.as_str(), ledger.password.as_str());
    let chance = (options.clock.clone(), options.entropy.clone());
    Ok(Hub::make_key(hub.console_url(), operator, chance).await?)
}

/// Opens a group of members at the hub, with two customers whose cards any till knows.
pub(super) async fn know_customers(
    hub: &RunningHub,
    ledger: &Ledger,
    options: &DemoOptions,
) -> Result<(), DemoFailed> {
    let operator = (ledger.operator.as_str(), ledger.password.as_str());
    let chance = (options.clock.clone(), options.entropy.clone());
    Ok(Hub::add_members(hub.console_url(), operator, chance).await?)
}

/// Makes a store at the hub and enrols this machine as its edge.
pub(crate) async fn found_store(
    hub: &RunningHub,
    ledger: &Ledger,
    at: usize,
    config: &EdgeConfig,
    say: &impl Fn(&str),
) -> Result<(), DemoFailed> {
    let context = hub.context();
    let people = &ledger.stores[at];
    let site = Site::of(&people.slug).expect("a whole ledger names stores of the plan");
    say("adding the store and its people");
    let store = add(context, store_draft(site))
        .await
        .map_err(|said| not_done("add the store", &said))?;
    change(context, &store.store_id, whereabouts(site, &store))
        .await
        .map_err(|said| not_done("say where the store is", &said))?;
    for member in &people.members {
        let draft = MemberDraft {
            name: member.name.clone(),
            role: member.role,
            pin: member.pin.clone(),
        };
        add_member(context, &store.store_id, draft)
            .await
            .map_err(|said| not_done("add the store's people", &said))?;
    }
    say("enrolling the store by a one-time code");
    let code = make_code(context, &store.store_id, &ledger.operator)
        .await
        .map_err(|said| not_done("make an enrolment code", &said))?;
    counterpart_edge::enrol(config, &hub.console_url(), &code.code).await?;
    Ok(())
}

/// Waits for the products to reach a store and puts them on its shelves.
pub(crate) async fn stock_store(
    store: &Store,
    people: &DemoStore,
    at: usize,
    products: &[DemoProduct],
    say: &impl Fn(&str),
) -> Result<(), DemoFailed> {
    say("sending the products to the store");
    let arrived = async {
        while !store.status().await.is_ok_and(|status| status.can_sell()) {
            tokio::time::sleep(CATALOG_INTERVAL).await;
        }
    };
    if tokio::time::timeout(CATALOG_LIMIT, arrived).await.is_err() {
        return Err(DemoFailed::NoCatalog(CATALOG_LIMIT.as_secs()));
    }
    say("receiving the opening stock");
    let manager = people.members.first().expect("a ledger has people");
    store
        .receive_opening_stock(&manager.pin, products, at)
        .await?;
    Ok(())
}

fn not_done(step: &'static str, said: &impl Display) -> DemoFailed {
    DemoFailed::FirstStart {
        step,
        said: said.to_string(),
    }
}
