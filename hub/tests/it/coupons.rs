//! Coupons at the hub: issued for a promotion, kept for one sale at a time, used by facts, and what
//! two stores used apart is named with what it cost.

use counterpart_protocol::coupons::{
    CouponAnswer, CouponAnswered, CouponAsk, CouponAsked, CouponNumber, CouponOf, CouponTaken,
    SaleCoupon, SignedCoupon,
};
use counterpart_protocol::ids::{HoldId, SaleId};
use counterpart_protocol::money::Minor;
use counterpart_protocol::pricing::PromotionBook;
use counterpart_protocol::sales::SaleRecorded;
use serde_json::{Value, json};

use crate::facts::sale;
use crate::imports::read;
use crate::peer::Peer;
use crate::world::{STORE, World};

const OTHER: &str = "antwerp-1";
const WELCOME: &str = "/v1/promotions/welcome/coupons";

fn draft(id: &str, coupon: &Value) -> Value {
    json!({
        "promotion": {
            "id": id,
            "name": "Welcome",
            "deal": { "kind": "each", "cut": { "amount": 20 } },
            "coupon": coupon,
        },
    })
}

/// Two stores, and the coupons of a batch: each its number and its signed code.
async fn issued(count: u32) -> (World, Peer, Peer, Vec<(CouponNumber, String)>) {
    let world = World::with_a_store().await;
    world.add_store(OTHER).await;
    let (ghent, antwerp) = (world.edge(STORE).await, world.edge(OTHER).await);
    let single = json!({ "kind": "single" });
    world
        .post("/v1/promotions", &draft("welcome", &single))
        .await;
    world.post(WELCOME, &json!({ "count": count })).await;
    let file = world.page(&format!("{WELCOME}/1/codes")).await;
    let rows = file.lines().skip(1).map(|row| {
        let (number, code) = row.split_once(',').unwrap();
        (CouponNumber::read(number).unwrap(), code.to_owned())
    });
    let coupons = rows.collect();
    (world, ghent, antwerp, coupons)
}

/// Receipt `receipt`: pens from which a coupon took 0.20 each.
pub(crate) fn used(
    receipt: u32,
    pieces: i32,
    number: &CouponNumber,
    taken: CouponTaken,
) -> SaleRecorded {
    let mut sold = sale(receipt, pieces);
    // Two stores have no id in common.
    sold.sale_id = SaleId::from_parts(2_000, u128::from(receipt));
    sold.coupons = Some(vec![SaleCoupon {
        promotion: "welcome".to_owned(),
        off_minor: Minor(20 * i64::from(pieces)),
        of: CouponOf::Single(number.single(taken)),
    }]);
    sold.check().unwrap();
    sold
}

async fn ask(peer: &Peer, number: &CouponNumber, ask: CouponAsk) -> CouponAnswer {
    let asked = CouponAsked {
        coupon: number.id(),
        ask,
    };
    let url = format!("{}/sync/v1/coupons", peer.base());
    let answer = peer.client.post(url).json(&asked).send().await.unwrap();
    answer.json().await.unwrap()
}

fn hold(name: u128) -> CouponAsk {
    CouponAsk::Hold {
        hold: HoldId::from_parts(1, name),
    }
}

fn release(name: u128) -> CouponAsk {
    CouponAsk::Release {
        hold: HoldId::from_parts(1, name),
    }
}

#[tokio::test]
async fn a_batch_is_signed_reaches_its_stores_and_is_counted() {
    let (world, ghent, _antwerp, coupons) = issued(3).await;
    assert_eq!(coupons.len(), 3);
    let key = world.hub().context().code_signer().public_key();
    for (number, code) in &coupons {
        let read = SignedCoupon::read(code, |id| (id == key.id()).then_some(key)).unwrap();
        assert_eq!((&read.number, read.promotion.as_str()), (number, "welcome"));
    }
    world.upkeep().await;
    let book: PromotionBook = read(&ghent).await;
    assert!(book.promotions[0].coupon.is_some());
    let page = world.page("/promotions/welcome/coupons").await;
    assert!(page.contains("Codes (CSV)"), "{page}");
    let (number, _) = &coupons[0];
    assert!(
        !page.contains(&number.code()),
        "numbers are in the file alone"
    );
    let issued = world
        .submit("/promotions/welcome/coupons", &[("count", "2")])
        .await;
    assert!(issued.0.is_redirection(), "{}", issued.2);
    let told = world.get(WELCOME).await;
    assert_eq!((&told["issued"], &told["used"]), (&json!(5), &json!(0)));
    assert_eq!(told["batches"][0]["batch"], 2);
    let listed = world.page("/promotions").await;
    assert!(listed.contains("with a single-use coupon"), "{listed}");
}

#[tokio::test]
async fn what_cannot_be_issued_or_asked_for_is_said() {
    let (world, ..) = issued(1).await;
    let refused = |path: &'static str, body: Value| {
        let world = &world;
        async move { world.try_post(path, &body).await.unwrap_err().detail }
    };
    let many = refused(WELCOME, json!({ "count": 5_001 })).await;
    assert_eq!(many, "a batch has 1 to 5000 coupons");
    let open = json!({ "kind": "open", "code": "summer-10" });
    world.post("/v1/promotions", &draft("summer", &open)).await;
    let none = refused("/v1/promotions/summer/coupons", json!({ "count": 1 })).await;
    assert!(none.contains("does not ask for issued coupons"), "{none}");
    let gone = refused("/v1/promotions/gone/coupons", json!({ "count": 1 })).await;
    assert!(gone.contains("no promotion called gone"), "{gone}");
    // A till could not tell which of two is meant.
    let taken = refused("/v1/promotions", draft("sale", &open)).await;
    assert_eq!(taken, "promotion summer asks for SUMMER10 already");
    assert_eq!(
        world.refused(&format!("{WELCOME}/9/codes")).await.status,
        404
    );
}

#[tokio::test]
async fn a_coupon_is_kept_for_one_sale_until_its_fact_or_until_it_is_let_go() {
    let (world, mut ghent, antwerp, coupons) = issued(1).await;
    let (number, _) = &coupons[0];
    let seen = ask(&antwerp, number, CouponAsk::Look).await;
    assert_eq!(seen.promotion.as_deref(), Some("welcome"));
    assert_eq!(seen.stands, CouponAnswered::Free);
    for _ in 0..2 {
        let kept = ask(&ghent, number, hold(1)).await;
        assert_eq!(kept.stands, CouponAnswered::Held, "the same name again");
    }
    let other = ask(&antwerp, number, hold(2)).await;
    assert_eq!(other.stands, CouponAnswered::HeldElsewhere);
    // Another store's is not its to let go.
    ask(&antwerp, number, release(1)).await;
    let still = ask(&antwerp, number, CouponAsk::Look).await;
    assert_eq!(still.stands, CouponAnswered::HeldElsewhere);
    ask(&ghent, number, release(1)).await;
    let late = ask(&ghent, number, hold(1)).await;
    assert_eq!(
        late.stands,
        CouponAnswered::HeldElsewhere,
        "what was let go stays so"
    );
    let next = ask(&ghent, number, hold(3)).await;
    assert_eq!(next.stands, CouponAnswered::Held);
    let taken = CouponTaken::Asked(HoldId::from_parts(1, 3));
    ghent.state(used(2, 5, number, taken));
    ghent.sync().await;
    let after = ask(&antwerp, number, hold(4)).await.stands;
    let CouponAnswered::Used { by } = after else {
        panic!("{after:?}");
    };
    assert_eq!(by.store_id.unwrap().as_str(), STORE);
    assert_eq!(world.get(WELCOME).await["used"], 1);
    let stranger = ask(&antwerp, &CouponNumber::draw(1), CouponAsk::Look).await;
    assert_eq!(
        (stranger.promotion, stranger.stands),
        (None, CouponAnswered::Free)
    );
}

#[tokio::test]
async fn a_coupon_two_stores_used_apart_is_named_once_with_both_sales_and_its_price() {
    let (world, mut ghent, mut antwerp, coupons) = issued(2).await;
    let (number, _) = &coupons[0];
    ghent.state(used(2, 5, number, CouponTaken::Offline));
    antwerp.state(used(3, 3, number, CouponTaken::Offline));
    antwerp.sync().await;
    assert_eq!(world.get("/v1/exceptions").await["open"], 0);
    ghent.sync().await;
    let inbox = world.get("/v1/exceptions?rule=coupon_twice").await;
    assert_eq!(inbox["exceptions"].as_array().unwrap().len(), 1, "{inbox}");
    let exception = &inbox["exceptions"][0];
    assert_eq!(exception["coupon_id"], number.id().to_string());
    let id = exception["exception_id"].as_str().unwrap();
    let one = world.get(&format!("/v1/exceptions/{id}")).await;
    assert_eq!(one["facts"].as_array().unwrap().len(), 2, "{one}");
    let page = world.page(&format!("/exceptions/{id}")).await;
    for words in ["took €1.00 off", "took €0.60 off", "beyond its one use"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let told = world.get(WELCOME).await;
    assert_eq!(
        (&told["issued"], &told["used"], &told["sales"]),
        (&json!(2), &json!(1), &json!(2))
    );
    let accepted = json!({ "how": "accepted" });
    world
        .post(&format!("/v1/exceptions/{id}/resolve"), &accepted)
        .await;
    assert_eq!(world.get("/v1/exceptions").await["open"], 0);
}
