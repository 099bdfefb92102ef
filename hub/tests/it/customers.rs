//! Customers whom tills know: by pseudonym in the book, by name beside it, and erased from both.

use counterpart_protocol::customers::{
    CONTACTS_MAX, Contact, ContactTold, ContactsAsked, ContactsTold, CustomerBook, CustomersJoined,
    Joined, JoinedAnswer, JoinedOutcome, JoinedTaken,
};
use counterpart_protocol::facts::Kind;
use counterpart_protocol::ids::CustomerId;
use counterpart_protocol::sales::{Exempted, SaleRecorded, SoldTo};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::facts::sale;
use crate::imports::read;
use crate::peer::Peer;
use crate::shop::{pickup, with_rights};
use crate::world::{STORE, World};

const CARD: &str = "MEM-104233";

/// A member with a card, a telephone and a certificate.
pub(crate) fn ada() -> Value {
    json!({
        "name": "Ada Lovelace", "phone": "+32 475 12 34 56", "card": CARD, "group": "members",
        "certificate": "BE 0123.456.789", "exempt_until": "2027-12-31",
    })
}

impl World {
    /// Commands with a method beside POST; returns what was answered.
    pub(crate) async fn command(
        &self,
        method: Method,
        path: &str,
        body: &Value,
    ) -> (StatusCode, Value) {
        let request = self.request(method, path);
        let request = request.header("idempotency-key", self.key()).json(body);
        let answer = request.send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }

    pub(crate) async fn put_group(&self, id: &str) {
        let group = json!({ "id": id, "name": format!("The {id}"), "joined_at_tills": true });
        self.post("/v1/customer-groups", &group).await;
    }

    pub(crate) async fn add_customer(&self, draft: &Value) -> CustomerId {
        let added = self.post("/v1/customers", draft).await;
        added["customer_id"].as_str().unwrap().parse().unwrap()
    }

    async fn change_customer(&self, id: CustomerId, draft: &Value) -> Value {
        let path = format!("/v1/customers/{id}");
        let (status, changed) = self.command(Method::PUT, &path, draft).await;
        assert_eq!(status, StatusCode::OK, "{changed}");
        changed
    }

    /// Starts a hub with a store and a group of members that is joined at tills.
    pub(crate) async fn with_members() -> (Self, Peer) {
        let world = Self::with_a_store().await;
        let ghent = world.edge(STORE).await;
        world.put_group("members").await;
        (world, ghent)
    }
}

/// Returns the book as an edge reads it, once it was published.
pub(crate) async fn book(world: &World, peer: &Peer) -> CustomerBook {
    world.upkeep().await;
    let book: CustomerBook = read(peer).await;
    book.check().unwrap();
    book
}

async fn contacts(peer: &Peer, customers: Vec<CustomerId>) -> Vec<ContactTold> {
    let url = format!("{}/sync/v1/customers/contacts", peer.base());
    let call = peer.client.post(url).json(&ContactsAsked { customers });
    let answer = call.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json::<ContactsTold>().await.unwrap().customers
}

fn who_joins(number: u128, name: &str, card: Option<&str>) -> Joined {
    Joined {
        customer_id: CustomerId::from_parts(7, number),
        card: card.map(|card| card.parse().unwrap()),
        contact: Contact {
            name: name.to_owned(),
            email: Some("grace@shop.example".to_owned()),
            phone: None,
        },
    }
}

async fn join(peer: &Peer, customers: Vec<Joined>) -> Vec<JoinedOutcome> {
    let url = format!("{}/sync/v1/customers/joined", peer.base());
    let call = peer.client.post(url).json(&CustomersJoined { customers });
    let answer = call.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let taken: JoinedTaken = answer.json().await.unwrap();
    let outcome = |one: JoinedAnswer| one.outcome;
    taken.customers.into_iter().map(outcome).collect()
}

#[tokio::test]
async fn a_card_reaches_every_store_by_pseudonym_and_again_after_a_change() {
    let (world, mut ghent) = World::with_members().await;
    let id = world.add_customer(&ada()).await;
    let told = book(&world, &ghent).await;
    assert_eq!(told.groups[0].name, "The members");
    let known = &told.regulars[0];
    assert_eq!((known.customer_id, known.record), (id, 1));
    assert_eq!(known.card.as_ref().unwrap().as_str(), CARD);
    assert_eq!(known.group.as_ref().unwrap().as_str(), "members");
    let exemption = known.exemption.as_ref().unwrap();
    assert_eq!(exemption.certificate.as_str(), "BE 0123.456.789");
    let text = serde_json::to_string(&told).unwrap();
    assert!(!text.contains("Ada") && !text.contains("475"), "{text}");

    ghent.sync().await;
    let heard = ghent.heard(Kind::ReferencePublished);
    world.upkeep().await;
    let mut changed = ada();
    changed["phone"] = json!("+32 475 99 99 99");
    assert_eq!(world.change_customer(id, &changed).await["record"], 2);
    assert_eq!(book(&world, &ghent).await.regulars[0].record, 2);
    ghent.sync().await;
    assert_eq!(ghent.heard(Kind::ReferencePublished), heard + 1);
    assert_eq!(world.change_customer(id, &changed).await["record"], 2);
    world.upkeep().await;
    ghent.sync().await;
    let same = ghent.heard(Kind::ReferencePublished);
    assert_eq!(same, heard + 1, "the same again is no news");

    world.add_store("antwerp-1").await;
    let antwerp = world.edge("antwerp-1").await;
    assert_eq!(read::<CustomerBook>(&antwerp).await.regulars.len(), 1);
}

#[tokio::test]
async fn a_card_is_one_customers_and_never_goods() {
    let (world, _) = World::with_members().await;
    let id = world.add_customer(&ada()).await;
    let mut another = ada();
    another["card"] = json!("mem-104233 ");
    let refused = world.try_post("/v1/customers", &another).await.unwrap_err();
    assert!(
        refused.detail.contains("another customer's"),
        "{refused:#?}"
    );
    assert_eq!(refused.fields[0].field, "card");
    another["card"] = json!("4006381333931");
    let refused = world.try_post("/v1/customers", &another).await.unwrap_err();
    assert!(refused.detail.contains("as goods"), "{refused:#?}");
    another["group"] = json!("elves");
    another["name"] = json!(" ");
    let refused = world.try_post("/v1/customers", &another).await.unwrap_err();
    let fields: Vec<&str> = refused.fields.iter().map(|it| it.field.as_str()).collect();
    assert_eq!(fields, ["name", "group"]);
    let kept = world.change_customer(id, &ada()).await;
    assert_eq!(kept["record"], 1, "one's own card is no other's");
}

#[tokio::test]
async fn customers_are_found_by_card_name_and_telephone() {
    let (world, _) = World::with_members().await;
    let id = world.add_customer(&ada()).await.to_string();
    let grace = json!({ "name": "Grace Hopper", "email": "grace@shop.example" });
    world.add_customer(&grace).await;
    for (query, found) in [
        ("card=mem-104233", 1),
        ("card=mem-104234", 0),
        ("search=love", 1),
        ("search=0475%2F12", 1),
        ("search=grace%40shop", 1),
        ("search=grace%20love", 0),
        ("", 2),
    ] {
        let answer = world.get(&format!("/v1/customers?{query}")).await;
        let customers = answer["customers"].as_array().unwrap();
        assert_eq!(customers.len(), found, "{query}: {answer:#}");
        assert_eq!(answer["more"], false);
    }
    let page = world.page("/customers?search=MEM-104233").await;
    assert!(
        page.contains("Ada Lovelace") && !page.contains("Grace"),
        "{page}"
    );
    let page = world.page(&format!("/customers/{id}")).await;
    for words in ["+32 475 12 34 56", "2027-12-31", "Erase the customer"] {
        assert!(page.contains(words), "{words}: {page}");
    }
}

#[tokio::test]
async fn names_are_told_beside_the_book_and_only_of_those_in_it() {
    let (world, ghent) = with_rights(10, 6).await;
    let order = world.capture(&pickup("W-1", STORE, 2)).await;
    let ordered = world.order(order.id).await["customer_id"].clone();
    let ordered: CustomerId = serde_json::from_value(ordered).unwrap();
    let id = world.add_customer(&json!({ "name": "Ada Lovelace" })).await;
    let nobody = CustomerId::from_parts(1, 1);
    let told = contacts(&ghent, vec![ordered, id, nobody]).await;
    let told: Vec<(u32, Option<String>)> = told
        .into_iter()
        .map(|one| (one.record, one.contact.map(|contact| contact.name)))
        .collect();
    let ada = (1, Some("Ada Lovelace".to_owned()));
    assert_eq!(told, [(0, None), ada, (0, None)]);
    world
        .change_customer(ordered, &json!({ "name": "A. Customer", "card": CARD }))
        .await;
    let told = contacts(&ghent, vec![ordered]).await;
    assert_eq!(told[0].contact.as_ref().unwrap().name, "A. Customer");

    let url = format!("{}/sync/v1/customers/contacts", ghent.base());
    let customers = vec![nobody; CONTACTS_MAX + 1];
    let call = ghent.client.post(url).json(&ContactsAsked { customers });
    let too_many = call.send().await.unwrap();
    assert_eq!(too_many.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn who_joined_at_a_till_is_known_everywhere_and_is_told_once() {
    let (world, ghent) = World::with_members().await;
    world.add_customer(&ada()).await;
    let all = || {
        vec![
            who_joins(1, "Grace Hopper", Some("MEM-2")),
            who_joins(2, "Joan Clarke", Some(CARD)),
            who_joins(3, "Mary Somerville", Some("4006381333931")),
            who_joins(4, "\t", None),
        ]
    };
    for _ in 0..2 {
        let outcomes = join(&ghent, all()).await;
        let [grace, joan, mary, nameless] = outcomes.as_slice() else {
            panic!("{outcomes:?}");
        };
        assert_eq!(*grace, JoinedOutcome::Taken);
        assert_eq!(*joan, JoinedOutcome::CardTaken);
        assert_eq!(*mary, JoinedOutcome::CardTaken, "it is goods at a till");
        let refused =
            matches!(nameless, JoinedOutcome::Refused { sentence } if sentence.contains("a name"));
        assert!(refused, "{nameless:?}");
    }
    let told = book(&world, &ghent).await;
    assert_eq!(told.regulars.len(), 4, "each of them once");
    let grace = CustomerId::from_parts(7, 1);
    let known = |told: &CustomerBook, id| {
        let found = told.regulars.iter().find(|it| it.customer_id == id);
        found.cloned()
    };
    let found = known(&told, grace).unwrap();
    assert_eq!(found.card.unwrap().as_str(), "MEM-2");
    assert_eq!(found.group.unwrap().as_str(), "members");
    let joan = known(&told, CustomerId::from_parts(7, 2)).unwrap();
    assert_eq!((joan.card, joan.record), (None, 1));

    world
        .post(&format!("/v1/customers/{grace}/erase"), &json!({}))
        .await;
    let again = join(&ghent, all()).await;
    assert_eq!(again[0], JoinedOutcome::Taken, "she stays erased");
    assert_eq!(known(&book(&world, &ghent).await, grace), None);
}

#[tokio::test]
async fn an_erased_customer_leaves_the_book_and_frees_the_card() {
    let (world, ghent) = World::with_members().await;
    let id = world.add_customer(&ada()).await;
    assert_eq!(book(&world, &ghent).await.regulars.len(), 1);
    let path = format!("/customers/{id}/erase");
    let (status, _, _) = world.submit(&path, &[]).await;
    assert_eq!(status, StatusCode::CONFLICT, "the box is not ticked");
    let (status, place, _) = world.submit(&path, &[("sure", "yes")]).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert_eq!(place, Some(format!("/customers/{id}")));
    assert_eq!(book(&world, &ghent).await.regulars, []);
    assert_eq!(contacts(&ghent, vec![id]).await[0].contact, None);
    let shown = world.get(&format!("/v1/customers/{id}")).await;
    assert_eq!(shown["customer"], Value::Null);
    assert!(shown["erased_at"].is_string(), "{shown}");
    let page = world.page(&format!("/customers/{id}")).await;
    assert!(page.contains("gone for good") && !page.contains("Ada"));
    let path = format!("/v1/customers/{id}");
    let (status, _) = world.command(Method::PUT, &path, &ada()).await;
    assert_eq!(status, StatusCode::CONFLICT, "nobody comes back");
    world.add_customer(&ada()).await;
}

#[tokio::test]
async fn a_sale_says_to_whom_it_was_made_and_names_are_for_those_who_may_see_them() {
    let (mut world, mut ghent) = World::with_members().await;
    let id = world.add_customer(&ada()).await;
    let sold = SaleRecorded {
        sold_to: Some(SoldTo {
            customer_id: Some(id),
            group: Some("members".parse().unwrap()),
            group_name: Some("The members".to_owned()),
            exempted: Some(Exempted {
                certificate: "BE 0123.456.789".parse().unwrap(),
                by_hand: None,
            }),
        }),
        ..sale(1, 2)
    };
    ghent.state(sold.clone());
    ghent.state(sale(2, 1));
    ghent.sync().await;
    let shown = world.get(&format!("/v1/sales/{}", sold.sale_id)).await;
    assert_eq!(shown["sold_to"]["customer_id"], json!(id));
    assert_eq!(shown["sold_to"]["group"], "members");
    let theirs = world.get(&format!("/v1/sales?customer={id}")).await;
    assert_eq!(theirs["receipts"].as_array().unwrap().len(), 1);
    let page = world.page(&format!("/customers/{id}")).await;
    assert!(page.contains("1-1-000001") && !page.contains("1-1-000002"));
    let receipt = format!("/sales/{}", sold.sale_id);
    let page = world.page(&receipt).await;
    for words in ["Ada Lovelace", "The members", "BE 0123.456.789"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    world.become_viewer().await;
    let page = world.page(&receipt).await;
    assert!(page.contains(&id.to_string()) && !page.contains("Ada Lovelace"));
    assert!(!world.page("/customers").await.contains("Ada Lovelace"));
    let refused = world.refused(&format!("/v1/customers/{id}")).await;
    assert_eq!(refused.status, 403);
}
