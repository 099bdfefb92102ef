//! A store's new life over HTTP: it takes back what the old one told, and the old one is fenced.

use counterpart_daemon::replica::{Recovering, ReplicaFailed};
use counterpart_protocol::ids::Incarnation;
use counterpart_protocol::lives::LifeBecause;
use counterpart_protocol::sync::{RecoveryAsked, RecoveryTold, pack, unpack};
use reqwest::{Response, StatusCode};
use serde_json::json;

use crate::facts::sale;
use crate::peer::Peer;
use crate::world::{STORE, World};

impl Peer {
    /// Goes on as a new life, as a restored store does, and returns its number.
    pub(crate) fn open_life(&self) -> u32 {
        let (replica, place) = (self.replica.clone(), self.place());
        let opened = self
            .db
            .write_blocking(move |tx| -> Result<_, ReplicaFailed> {
                replica.open_life(tx, place, LifeBecause::Restored, None)
            });
        opened.unwrap().writer.incarnation.0
    }

    /// Returns what a recovering life asks next.
    pub(crate) fn asks_recovery(&self) -> RecoveryAsked {
        let replica = self.replica.clone();
        let asked = self
            .db
            .read_blocking(move |tx| -> Result<_, ReplicaFailed> { replica.ask_recovery(tx) });
        asked.unwrap().expect("it recovers")
    }

    /// Sends a question of a recovering life and returns the hub's answer as it is.
    pub(crate) async fn recovery_answer(&self, asked: &RecoveryAsked) -> Response {
        let url = format!("{}/sync/v1/recovery", self.base());
        let body = pack(asked).unwrap();
        self.client.post(url).body(body).send().await.unwrap()
    }

    /// Recovers, and returns how many records came back.
    pub(crate) async fn recover(&self) -> u64 {
        for _ in 0..100 {
            let answer = self.recovery_answer(&self.asks_recovery()).await;
            assert_eq!(answer.status(), StatusCode::OK, "{:?}", answer.text().await);
            let told: RecoveryTold = unpack(&answer.bytes().await.unwrap()).unwrap();
            let (replica, place) = (self.replica.clone(), self.place());
            let (heard, known) = self
                .db
                .write_blocking(move |tx| -> Result<_, ReplicaFailed> {
                    let heard = replica.hear_recovery(tx, place, &told)?;
                    Ok((heard, replica.recovery(tx)?))
                })
                .unwrap();
            match heard {
                Recovering::More => {}
                Recovering::Ended => return known.unwrap().pulled,
                other => panic!("the recovery stopped: {other:?}"),
            }
        }
        panic!("the recovery never ends");
    }
}

#[tokio::test]
async fn a_restored_edge_takes_its_records_back_and_the_console_shows_the_new_life() {
    let world = World::with_a_store().await;
    let mut old = world.edge(STORE).await;
    old.state(sale(1, 1));
    old.sync().await;
    let mut new = old.copied();
    for number in 2..=4 {
        old.state(sale(number, 1));
    }
    old.sync().await;
    let life = new.open_life();
    let mut first = sale(5, 1);
    (first.receipt.series, first.receipt.number) = (life, 1);
    new.state(first);
    new.sync().await;
    let store = world.store(STORE).await;
    assert_eq!(store["life"]["incarnation"], life);
    assert!(store["life"]["recovered_at"].is_null(), "{store}");
    let status = world.get("/v1/status").await;
    assert!(
        status["concerns"]
            .to_string()
            .contains("takes its records back"),
        "{status}"
    );

    assert_eq!(new.recover().await, 3, "the sales the backup did not have");
    new.sync().await;
    let store = world.store(STORE).await;
    assert!(store["life"]["recovered_at"].is_string(), "{store}");
    assert_eq!(store["today"]["sales"], 5);
    assert_eq!(
        store["proof"],
        json!({ "issued": 5, "missing": 0, "doubled": 0 })
    );
    let reply = old.reply(&old.exchange_after(0)).await;
    assert_eq!(reply.welcome.fenced_by, Some(Incarnation(life)));
    let store = world.store(STORE).await;
    let because = store["edges"][0]["refused_because"].to_string();
    assert!(because.contains("restore --in-place"), "{because}");
}

#[tokio::test]
async fn an_edge_that_lost_its_past_says_so_and_the_console_shows_it() {
    let world = World::with_a_store().await;
    let mut peer = world.edge(STORE).await;
    peer.state(sale(1, 1));
    peer.sync().await;
    let behind = peer.copied();
    peer.state(sale(2, 1));
    peer.sync().await;
    // Merely behind: the hub cannot tell it from a message that came late.
    let exchange = behind.exchange_after(1);
    behind.reply(&exchange).await;
    let mut found = exchange;
    found.hello.forked_at = Some(2);
    let refused = behind.refusal(&found).await;
    assert_eq!(refused.kind, "urn:counterpart:problem:edge_forked");
    let status = world.get("/v1/status").await;
    assert!(
        status["concerns"]
            .to_string()
            .contains("Another machine with this store's identity"),
        "{status}"
    );
}

#[tokio::test]
async fn an_edge_takes_back_nobody_elses_records() {
    let world = World::with_a_store().await;
    let (mut peer, other) = (world.edge(STORE).await, world.edge(STORE).await);
    peer.state(sale(1, 1));
    peer.sync().await;
    other.open_life();
    let mut asked = other.asks_recovery();
    asked.edge = peer.enrolled.edge_number;
    let refused = other.recovery_answer(&asked).await;
    assert_eq!(refused.status(), 403);
    asked.edge = other.enrolled.edge_number;
    let answer = other.recovery_answer(&asked).await;
    assert_eq!(answer.status(), 200);
}
