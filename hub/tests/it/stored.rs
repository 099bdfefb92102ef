//! Gift cards and credits at the hub: a balance is what facts say, money is held back once, what
//! two stores redeemed apart is named, and stores hear of it and of blocks.

use counterpart_protocol::facts::Kind;
use counterpart_protocol::ids::{HoldId, SaleId, Sku};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::sales::{LineRemarks, SaleRecorded, Tender};
use counterpart_protocol::stored::{
    StoredAnswer, StoredAnswered, StoredAsk, StoredAsked, StoredKind, StoredNumber, StoredPaid,
    StoredSold,
};
use counterpart_protocol::tax::{Rate, summarise};
use serde_json::{Value, json};

use crate::facts::sale;
use crate::peer::Peer;
use crate::world::{STORE, World};

const OTHER: &str = "antwerp-1";

fn number() -> StoredNumber {
    StoredNumber::draw(StoredKind::GiftCard, 77)
}

/// Receipt `number`: so much put on the card, in cash.
fn put(receipt: u32, amount: i64) -> SaleRecorded {
    let mut sold = sale(receipt, 1);
    let total = Minor(amount);
    sold.lines[0].sku = Sku::of_stored_value();
    sold.lines[0].unit_price_minor = total;
    sold.lines[0].amount_minor = total;
    sold.lines[0].tax_rate = Rate(0);
    sold.lines[0].remarks = Some(LineRemarks {
        stored: Some(StoredSold {
            card: Some(number().card()),
            approved_by: None,
        }),
        ..LineRemarks::default()
    });
    sold.taxes = summarise([(Rate(0), total)]).unwrap();
    sold.total_minor = total;
    sold.tenders = vec![Tender::cash(total)];
    sold.check().unwrap();
    sold
}

/// Receipt `number`: pens paid with the card.
fn redeemed(receipt: u32, pieces: i32, hold: Option<HoldId>) -> SaleRecorded {
    let mut sold = sale(receipt, pieces);
    // Two stores have no id in common.
    sold.sale_id = SaleId::from_parts(2_000, u128::from(receipt));
    let paid = StoredPaid {
        card: number().card(),
        hold,
        offline: None,
    };
    sold.tenders = vec![Tender::stored(sold.total_minor, paid)];
    sold.check().unwrap();
    sold
}

async fn ask(peer: &Peer, ask: StoredAsk) -> StoredAnswered {
    let asked = StoredAsked {
        card: number().card().id,
        ask,
    };
    let url = format!("{}/sync/v1/stored", peer.base());
    let answer = peer.client.post(url).json(&asked).send().await.unwrap();
    let answer: StoredAnswer = answer.json().await.unwrap();
    answer.known.unwrap()
}

fn hold(name: u128, wanted: i64) -> StoredAsk {
    StoredAsk::Hold {
        hold: HoldId::from_parts(1, name),
        wanted_minor: Minor(wanted),
        currency: Currency::EUR,
    }
}

async fn found(world: &World) -> Value {
    let body = json!({ "number": number().grouped() });
    world.post("/v1/stored/find", &body).await
}

async fn two_stores() -> (World, Peer, Peer) {
    let world = World::with_a_store().await;
    world.add_store(OTHER).await;
    let (mut ghent, antwerp) = (world.edge(STORE).await, world.edge(OTHER).await);
    ghent.state(put(1, 1_000));
    ghent.sync().await;
    (world, ghent, antwerp)
}

#[tokio::test]
async fn a_balance_is_what_facts_say_and_a_card_is_found_by_its_number() {
    let (world, mut ghent, _) = two_stores().await;
    ghent.state(redeemed(2, 2, None));
    ghent.sync().await;
    let card = found(&world).await;
    assert_eq!(
        (&card["balance_minor"], &card["kind"]),
        (&json!(760), &json!("gift_card"))
    );
    let mut whys: Vec<&str> = card["moves"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["why"].as_str().unwrap())
        .collect();
    // Both are of the same millisecond.
    whys.sort_unstable();
    assert_eq!(whys, ["redeemed", "sold"]);
    assert!(!card.to_string().contains(&number().code()), "{card}");
    let overview = world.get("/v1/stored").await;
    assert_eq!(overview["owed"][0]["owed_minor"], 760);
    let path = format!("/stored/{}", card["card_id"].as_str().unwrap());
    let page = world.page(&path).await;
    assert!(
        page.contains("€7.60") && page.contains("Block the card"),
        "{page}"
    );
    assert!(
        world
            .page("/stored")
            .await
            .contains("Owed in EUR, cards: 1")
    );
    let nobody = StoredNumber::draw(StoredKind::GiftCard, 5).code();
    let refused = world
        .try_post("/v1/stored/find", &json!({ "number": nobody }))
        .await;
    assert_eq!(
        refused.unwrap_err().detail,
        "no store has sold or given a card with this number yet"
    );
    let receipt = world
        .get(&format!("/v1/sales/{}", SaleId::from_parts(2_000, 2)))
        .await;
    assert_eq!(receipt["tenders"][0]["kind"], "gift_card");
}

#[tokio::test]
async fn money_is_held_back_once_until_its_fact_or_until_it_is_let_go() {
    let (_world, mut ghent, antwerp) = two_stores().await;
    let first = ask(&ghent, hold(1, 800)).await;
    assert_eq!(
        (first.held_minor, first.own_minor),
        (Minor(800), Minor(1_000))
    );
    let again = ask(&ghent, hold(1, 800)).await;
    assert_eq!(
        again.held_minor,
        Minor(800),
        "the same name is the same money"
    );
    let other = ask(&antwerp, hold(2, 800)).await;
    assert_eq!((other.held_minor, other.own_minor), (Minor(200), Minor(0)));
    let release = StoredAsk::Release {
        hold: HoldId::from_parts(1, 2),
    };
    ask(&antwerp, release).await;
    let late = ask(&antwerp, hold(2, 800)).await;
    assert_eq!(
        late.held_minor,
        Minor(0),
        "what was let go is not held again"
    );
    // Another store's hold is not its to let go.
    let foreign = StoredAsk::Release {
        hold: HoldId::from_parts(1, 1),
    };
    let told = ask(&antwerp, foreign).await;
    assert_eq!(told.free_minor, Minor(200));
    ghent.state(redeemed(2, 5, Some(HoldId::from_parts(1, 1))));
    ghent.sync().await;
    let after = ask(&antwerp, StoredAsk::Balance).await;
    assert_eq!(
        after.free_minor,
        Minor(400),
        "the fact took 6.00 and ended the hold"
    );
}

#[tokio::test]
async fn what_two_stores_redeemed_apart_is_named_once_with_both_facts() {
    let (world, mut ghent, mut antwerp) = two_stores().await;
    ghent.state(redeemed(2, 5, None));
    antwerp.state(redeemed(3, 5, None));
    antwerp.sync().await;
    assert_eq!(world.get("/v1/exceptions").await["open"], 0);
    ghent.sync().await;
    assert_eq!(found(&world).await["balance_minor"], -200);
    let inbox = world.get("/v1/exceptions").await;
    assert_eq!(inbox["open"], 1, "{inbox}");
    let exception = &inbox["exceptions"][0];
    assert_eq!(exception["rule"], "over_redeem");
    let path = format!(
        "/exceptions/{}",
        exception["exception_id"].as_str().unwrap()
    );
    let page = world.page(&path).await;
    assert!(page.contains("€6.00 of the card that ends in"), "{page}");
    counterpart_hub::app::settle_once(world.hub().context()).await;
    for store in [&mut ghent, &mut antwerp] {
        store.sync().await;
        assert_eq!(store.heard(Kind::StoredTold), 1);
    }
    counterpart_hub::app::settle_once(world.hub().context()).await;
    ghent.sync().await;
    assert_eq!(ghent.heard(Kind::StoredTold), 1, "told once");
    // Money that is put on it makes it good, and both hear of it.
    ghent.state(put(4, 500));
    ghent.sync().await;
    assert_eq!(world.get("/v1/exceptions").await["open"], 0);
    counterpart_hub::app::settle_once(world.hub().context()).await;
    antwerp.sync().await;
    assert_eq!(antwerp.heard(Kind::StoredTold), 2);
}

#[tokio::test]
async fn a_lost_card_is_blocked_once_and_every_store_hears_of_it() {
    let (world, mut ghent, mut antwerp) = two_stores().await;
    let card = found(&world).await["card_id"].as_str().unwrap().to_owned();
    let path = format!("/v1/stored/{card}/block");
    let blocked = world.post(&path, &json!(null)).await;
    assert!(blocked["blocked_at"].is_string(), "{blocked}");
    let again = world.try_post(&path, &json!(null)).await;
    assert_eq!(again.unwrap_err().detail, "this card is blocked already");
    let held = ask(&antwerp, hold(9, 100)).await;
    assert_eq!((held.held_minor, held.is_blocked), (Minor(0), true));
    counterpart_hub::app::settle_once(world.hub().context()).await;
    for store in [&mut ghent, &mut antwerp] {
        store.sync().await;
        assert_eq!(store.heard(Kind::StoredTold), 1);
    }
    world
        .post(&format!("/v1/stored/{card}/unblock"), &json!(null))
        .await;
    counterpart_hub::app::settle_once(world.hub().context()).await;
    antwerp.sync().await;
    assert_eq!(antwerp.heard(Kind::StoredTold), 2);
    assert_eq!(ask(&antwerp, hold(10, 100)).await.held_minor, Minor(100));
}
