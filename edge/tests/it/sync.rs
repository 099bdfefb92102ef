//! The agent against a hub with a real replica: everything arrives once, whatever the line does,
//! and each trouble is a sentence.

use std::time::Duration;

use counterpart_daemon::clock::{Clock as _, SystemClock};
use counterpart_daemon::entropy::OsEntropy;
use counterpart_daemon::http::Problem;
use counterpart_daemon::tls::{Authority, Identity};
use counterpart_daemon::web::shell::HubLink;
use counterpart_edge::context::Context;
use counterpart_edge::keep;
use counterpart_edge::notices::current;
use counterpart_edge::sync::{Agent, HubClient, HubTrouble, Link, Standing, enrolled, hub_link_of};
use counterpart_protocol::facts::NoticePosted;
use counterpart_protocol::ids::{EdgeNumber, SaleId};
use counterpart_protocol::money::Currency;
use counterpart_protocol::sales::BasketVoided;
use counterpart_protocol::sync::Step;

use crate::factory::{NOON_MS, REGISTER, World, read, soon};
use crate::hub::FakeHub;

/// States a fact as a slice does.
async fn state(context: &Context) {
    let (at_ms, random) = context.new_ulid();
    let fact = BasketVoided {
        sale_id: SaleId::from_parts(at_ms, random),
        currency: Currency::EUR,
        voided: Vec::new(),
    };
    let within = context.clone();
    context
        .db()
        .write(move |tx| {
            let place = within.place(Some(REGISTER), None);
            within.replica().record(tx, EdgeNumber::HUB, place, &fact)
        })
        .await
        .unwrap();
}

async fn agent(world: &World, context: &Context) -> Agent {
    let store = enrolled(context.db(), &world.config.data)
        .await
        .unwrap()
        .unwrap();
    let hub = HubClient::new(
        &store.sync_address,
        &store.authority_pem,
        &store.identity,
        world.config.clock.clone(),
    );
    Agent::new(context.clone(), hub.unwrap()).await.unwrap()
}

/// Exchanges until there is nothing left to say.
async fn settle(agent: &mut Agent) {
    for _ in 0..20 {
        let progress = agent.run_once().await;
        assert_eq!(progress.trouble, None);
        if progress.next == Step::Listen {
            return;
        }
    }
    panic!("the agent does not come to rest");
}

async fn waiting(context: &Context) -> u64 {
    let replica = context.replica().clone();
    let up = read(context.db(), move |tx| {
        replica.up_state(tx, EdgeNumber::HUB)
    });
    up.await.waiting()
}

/// Returns the link as the status bar words it.
async fn link(context: &Context) -> HubLink {
    let replica = context.replica().clone();
    let up = read(context.db(), move |tx| {
        replica.up_state(tx, EdgeNumber::HUB)
    })
    .await;
    let zone = &context.profile().time_zone;
    let now_ms = context.now_ms();
    hub_link_of(&context.link().state(), &up, now_ms, zone, &context.lang())
}

fn trouble(link: &Link) -> String {
    link.state().trouble.unwrap()
}

#[tokio::test]
async fn facts_reach_the_hub_and_its_news_the_store() {
    let (world, hub, _line) = World::with_hub().await;
    let context = world.assembled().await;
    for _ in 0..3 {
        state(&context).await;
    }
    hub.say(NoticePosted {
        text: "Fire drill at three".to_owned(),
        until_ms: Some(NOON_MS + 3_600_000),
    })
    .await;
    let mut agent = agent(&world, &context).await;
    let first = agent.run_once().await;
    assert_eq!((first.sent, first.received, first.trouble), (3, 1, None));
    settle(&mut agent).await;
    assert_eq!(hub.holds().await, (3, 3));
    assert_eq!(waiting(&context).await, 0);
    assert_eq!(link(&context).await, HubLink::Connected);
    let today = context.business_date();
    let shown = |at_ms| read(context.db(), move |tx| current(tx, at_ms, today));
    assert_eq!(shown(NOON_MS).await[0].text, "Fire drill at three");
    assert_eq!(shown(NOON_MS + 3_600_000).await, [], "its time is over");
}

#[tokio::test]
async fn an_edge_speaks_in_short_once_the_hub_said_that_it_reads_it() {
    let (world, hub, _line) = World::with_hub().await;
    let context = world.assembled().await;
    let mut agent = agent(&world, &context).await;
    settle(&mut agent).await;
    assert_eq!(hub.exchanges(), (1, 0));
    for told in 1..=5 {
        state(&context).await;
        settle(&mut agent).await;
        assert_eq!(hub.exchanges(), (1 + told, told));
        assert_eq!(hub.holds().await, (told, told));
    }
    // Nothing to tell: a whole exchange compares the digests of days.
    settle(&mut agent).await;
    assert_eq!(hub.exchanges(), (7, 5));
}

#[tokio::test]
async fn what_the_hub_cannot_make_whole_is_said_whole_at_once() {
    let (world, hub, _line) = World::with_hub().await;
    let context = world.assembled().await;
    let mut agent = agent(&world, &context).await;
    settle(&mut agent).await;
    state(&context).await;
    hub.lose_next_answer();
    // The hub has more than the edge heard of: what is said in short leads to something else.
    assert!(agent.run_once().await.trouble.is_some());
    assert_eq!(hub.holds().await, (1, 1));
    state(&context).await;
    let before = hub.exchanges();
    settle(&mut agent).await;
    assert_eq!(hub.exchanges(), (before.0 + 2, before.1));
    assert_eq!(hub.holds().await, (2, 2));
    state(&context).await;
    settle(&mut agent).await;
    assert_eq!(hub.exchanges(), (before.0 + 3, before.1 + 1));
}

#[tokio::test]
async fn an_older_hub_is_spoken_to_whole_and_one_that_is_put_back_in_place_too() {
    let (world, hub, _line) = World::with_hub().await;
    let context = world.assembled().await;
    let mut agent = agent(&world, &context).await;
    hub.be_older(true);
    for told in 1..=3 {
        state(&context).await;
        settle(&mut agent).await;
        assert_eq!(hub.exchanges(), (told, 0));
    }
    hub.be_older(false);
    for _ in 0..3 {
        state(&context).await;
        settle(&mut agent).await;
    }
    assert_eq!(hub.exchanges(), (6, 2));
    // The newer program is taken back again: it refuses the form once, and gets the whole.
    hub.be_older(true);
    for _ in 0..2 {
        state(&context).await;
        settle(&mut agent).await;
    }
    assert_eq!(hub.exchanges(), (9, 2));
    assert_eq!(hub.holds().await, (8, 8));
}

#[tokio::test]
async fn an_answer_that_is_lost_doubles_nothing() {
    let (world, hub, _line) = World::with_hub().await;
    let context = world.assembled().await;
    let mut agent = agent(&world, &context).await;
    for round in 1..=3 {
        state(&context).await;
        hub.lose_next_answer();
        let lost = agent.run_once().await;
        assert!(matches!(lost.next, Step::Wait { .. }), "{lost:?}");
        assert_eq!(lost.trouble, Some(HubTrouble::Busy { retry_after: None }));
        assert_eq!(waiting(&context).await, 1, "only an answer counts");
        settle(&mut agent).await;
        assert_eq!(hub.holds().await, (round, round));
    }
}

#[tokio::test]
async fn a_hub_that_is_away_at_the_start_and_for_hours_gets_everything_afterwards() {
    let (world, hub, line) = World::with_hub().await;
    let address = line.cut().await;
    let context = world.assembled().await;
    let mut agent = agent(&world, &context).await;
    assert_eq!(link(&context).await, HubLink::NeverReached);
    let alone = agent.run_once().await;
    assert_eq!(alone.trouble, Some(HubTrouble::Unreachable));
    assert_eq!(link(&context).await, HubLink::NeverReached);
    let line = hub.listen(&world.authority, Some(address));
    settle(&mut agent).await;
    line.cut().await;
    for _ in 0..8 {
        world.clock.advance(Duration::from_secs(3_600));
        for _ in 0..40 {
            state(&context).await;
        }
        let alone = agent.run_once().await;
        assert!(
            matches!(alone.next, Step::Wait { ms } if ms <= 60_000),
            "{alone:?}"
        );
    }
    assert_eq!(waiting(&context).await, 320);
    let last_seen = "12:00".to_owned();
    assert_eq!(link(&context).await, HubLink::Away { last_seen });
    assert_eq!(
        trouble(context.link()),
        "the hub cannot be reached: check this store's internet line; selling goes on and \
         everything is sent when it is back"
    );
    assert!(!context.link().state().needs_a_person);
    world.clock.advance(Duration::from_secs(12 * 3_600));
    let last_seen = "23 Nov 2026, 12:00".to_owned();
    assert_eq!(link(&context).await, HubLink::Away { last_seen });
    let _line = hub.listen(&world.authority, Some(address));
    settle(&mut agent).await;
    assert_eq!(hub.holds().await, (320, 320));
    assert_eq!(
        (waiting(&context).await, link(&context).await),
        (0, HubLink::Connected)
    );
}

#[tokio::test]
async fn a_store_server_that_is_killed_and_started_again_sends_the_rest() {
    let (world, hub, _line) = World::with_hub().await;
    let context = world.assembled().await;
    state(&context).await;
    settle(&mut agent(&world, &context).await).await;
    state(&context).await;
    context.db().close().await;
    let context = world.assembled().await;
    assert_eq!(waiting(&context).await, 1);
    settle(&mut agent(&world, &context).await).await;
    assert_eq!(hub.holds().await, (2, 2));
}

#[tokio::test]
async fn another_hub_at_the_address_is_said() {
    let (world, hub, line) = World::with_hub().await;
    let address = line.cut().await;
    let context = world.assembled().await;
    let entropy = world.config.entropy.as_ref();
    let other = Authority::create("another hub", SystemClock.now_ms(), entropy).unwrap();
    let _line = hub.listen(&other, Some(address));
    let progress = agent(&world, &context).await.run_once().await;
    assert!(
        matches!(progress.next, Step::Wait { ms: 30_000.. }),
        "{progress:?}"
    );
    assert_eq!(
        trouble(context.link()),
        "the server is not the hub this edge was enrolled at: check the hub's address"
    );
    assert!(context.link().state().needs_a_person);
}

#[tokio::test]
async fn a_certificate_that_is_over_is_said_with_what_to_do() {
    let world = World::new();
    let hub = FakeHub::new(world.clock.clone());
    let line = hub.listen(&world.authority, None);
    let now_ms = SystemClock.now_ms();
    let (answered, key) = world.answered(&line.url(), now_ms - 10 * 86_400_000, 8);
    keep(&world.config, &answered, &key.key_pem).await.unwrap();
    world.clock.set_ms(now_ms);
    let context = world.assembled().await;
    let progress = agent(&world, &context).await.run_once().await;
    let expected = HubTrouble::CertificateOver { days: 2 };
    assert_eq!(progress.trouble, Some(expected));
    assert_eq!(
        trouble(context.link()),
        "this store's certificate ended 2 days ago: ask the hub's operator for a new enrolment \
         code and enrol again; selling goes on"
    );
}

#[tokio::test]
async fn a_certificate_of_another_hub_is_said() {
    let (world, _hub, line) = World::with_hub().await;
    let other = World::new();
    let today_ms = SystemClock.now_ms();
    let stranger = Authority::create("another hub", today_ms, &OsEntropy).unwrap();
    let (answered, key) = World {
        authority: stranger,
        ..other
    }
    .answered(&line.url(), today_ms, 3_650);
    let identity = Identity {
        certificate_pem: answered.certificate_pem,
        key_pem: key.key_pem,
    };
    identity.save(&world.config.data, "edge").unwrap();
    let context = world.assembled().await;
    agent(&world, &context).await.run_once().await;
    assert_eq!(
        trouble(context.link()),
        "the hub does not accept this edge's certificate: enrol it again"
    );
    assert!(context.link().state().needs_a_person);
}

#[tokio::test]
async fn a_hub_that_will_not_go_on_is_quoted_and_asked_no_more() {
    let (world, hub, _line) = World::with_hub().await;
    let context = world.assembled().await;
    let sentence = "two copies of this edge's data are in use: stop the other and call support";
    hub.refuse(Some(Problem::refused("edge_cloned", sentence)));
    let mut agent = agent(&world, &context).await;
    assert_eq!(agent.run_once().await.next, Step::Stop);
    assert_eq!(trouble(context.link()), sentence);
    assert_eq!(context.link().state().standing, Standing::Stopped);
    state(&context).await;
    assert_eq!(waiting(&context).await, 1, "selling goes on");
    hub.refuse(None);
    assert_eq!(
        agent.run_once().await.next,
        Step::Stop,
        "until a person has acted"
    );
}

#[tokio::test]
async fn a_hub_that_has_too_much_to_do_is_left_alone_as_long_as_it_asks() {
    let (world, hub, _line) = World::with_hub().await;
    let context = world.assembled().await;
    let mut agent = agent(&world, &context).await;
    hub.refuse(Some(Problem::throttled("too many", 17)));
    let progress = agent.run_once().await;
    assert!(
        matches!(progress.next, Step::Wait { ms: 17_000.. }),
        "{progress:?}"
    );
    hub.refuse(None);
    settle(&mut agent).await;
}

#[tokio::test]
async fn a_running_store_sends_a_fact_at_once_and_hears_the_hub_at_once() {
    let (world, hub, _line) = World::with_hub().await;
    let edge = world.start().await;
    let context = edge.context().clone();
    let mut changes = context.link().changes();
    let connected = changes.wait_for(|state| state.standing == Standing::Connected);
    soon("the first exchange", connected).await.unwrap();
    state(&context).await;
    // The store's own key is a fact too, before or beside it: both may come in one batch.
    soon("the fact at the hub", async {
        while hub.holds().await != (2, 2) {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let mut received = context.link().received();
    let before = *received.borrow_and_update();
    hub.say(NoticePosted {
        text: "Ice on the way".to_owned(),
        until_ms: None,
    })
    .await;
    soon("the notice", received.wait_for(|count| *count > before))
        .await
        .unwrap();
    let today = context.business_date();
    let shown = read(context.db(), move |tx| current(tx, NOON_MS, today)).await;
    assert_eq!(shown[0].text, "Ice on the way");
    drop(edge.shutdown().await);
}
