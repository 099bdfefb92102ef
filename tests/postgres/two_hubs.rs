//! Two processes of one hub on one database, either of which is killed again and again, and the
//! store too: channels ask the other one, the store's line leads to the other one.

use counterpart_tests::chance::Chance;
use counterpart_tests::installation::Installation;

use crate::ENGINE;
use crate::restarts::{Machine, a_day_of_kills};

#[tokio::test(flavor = "multi_thread")]
async fn one_of_two_hubs_killed_at_any_moment_loses_doubles_and_promises_twice_nothing() {
    let (installed, hub, edge) = Installation::begin_on(ENGINE.database(), 3).await;
    let other = installed.another_hub();
    let mut machines = [
        Machine {
            program: installed.hub.clone(),
            running: Some(hub),
            sync: Some(installed.hub_sync()),
        },
        Machine {
            running: Some(other.program.start().await),
            program: other.program,
            sync: Some(other.sync),
        },
    ];
    let chance = Chance::of("one of two hubs is killed", 4);
    a_day_of_kills(&installed, &mut machines, &[&other.url], chance).await;
    assert!(edge.stop().await.success());
    for machine in machines {
        assert!(machine.running.unwrap().stop().await.success());
    }
}
