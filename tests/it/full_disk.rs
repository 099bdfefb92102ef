//! A disk that is really full: a small file system of its own below a store's data, and below a
//! hub's. Selling goes on for as long as the space set aside lasts, then a sentence says what to
//! do, and everything goes on by itself once there is room.
//!
//! It needs the right to mount, which root has except in some containers: it is left out there.

use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;

use counterpart_tests::caller::NotDone;
use counterpart_tests::oracle::Oracle;
use counterpart_tests::orders::Channel;
use counterpart_tests::shop::{Patience, Till, fresh_key, sold};
use counterpart_tests::world::{Beginning, STORE, World};

const SIZE: &str = "size=64m";
/// More than the space set aside has room for would be, if nothing ended it.
const TRIES_MAX: u32 = 20_000;

/// A file system in memory that can be filled to its last block.
struct SmallDisk {
    at: PathBuf,
}

impl SmallDisk {
    /// Mounts one; nothing, said aloud, where even root may not mount, as in some containers.
    #[expect(clippy::print_stderr, reason = "a test that is left out says so aloud")]
    fn mount(at: PathBuf) -> Option<Self> {
        fs::create_dir_all(&at).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", SIZE, "tmpfs"]).arg(&at);
        let mounted = mount.status().unwrap();
        if !mounted.success() {
            eprintln!("LEFT OUT: a full disk cannot be made here, this machine may not mount");
            return None;
        }
        Some(Self { at })
    }

    /// Takes every block that is left.
    fn fill(&self) {
        let ballast = self.at.join("ballast");
        let ballast = File::options().create(true).append(true).open(ballast);
        let mut ballast = ballast.unwrap();
        let block = [7; 4_096];
        while ballast.write_all(&block).is_ok() {}
    }

    fn make_room(&self) {
        fs::remove_file(self.at.join("ballast")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a test that failed may still have files open there.
        let gone = Command::new("umount").arg("-l").arg(&self.at).status();
        assert!(gone.is_ok_and(|status| status.success()), "still mounted");
    }
}

#[track_caller]
fn says_that_the_disk_is_full(refused: NotDone) {
    let problem = refused.problem();
    assert!(problem.kind.ends_with(":disk_full"), "{problem:?}");
    assert_eq!(problem.status, 503);
    assert!(problem.detail.contains("free some space"), "{problem:?}");
}

/// Sells one piece, or says why not; only what was acknowledged is told to the oracle.
async fn try_to_sell(world: &World, till: &Till, oracle: &mut Oracle) -> Result<(), NotDone> {
    let good = &world.goods[0];
    till.scan(&good.gtin).await?;
    let paid = till.pay(good.price_minor.unwrap()).await?;
    oracle.sold(sold(&paid, &[(good, 1)]));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_sells_into_the_space_set_aside_then_says_so_and_goes_on_when_there_is_room() {
    let mut world = World::before_the_store(Beginning::default()).await;
    let Some(disk) = SmallDisk::mount(world.edge_folder()) else {
        return;
    };
    let code = world.found().await;
    world.enrol(&code).await.unwrap();
    world.start_edge().await;
    world.can_sell().await;
    let till = world.open_till(1).await;
    let mut oracle = Oracle::new();
    try_to_sell(&world, &till, &mut oracle).await.unwrap();
    world.line.cut();

    disk.fill();
    // The first command that finds no room gives the space back, and is sent again.
    let patient = till.with_patience(Patience::UntilAnswered);
    for _ in 0..50 {
        let sold = try_to_sell(&world, &patient, &mut oracle).await;
        sold.unwrap_or_else(|error| panic!("there is space set aside: {error}"));
    }
    // Now that is gone too, and no more can be kept: nothing is acknowledged that is not on disk.
    let refused = 'full: {
        for _ in 0..TRIES_MAX {
            disk.fill();
            if let Err(refused) = try_to_sell(&world, &till, &mut oracle).await {
                break 'full refused;
            }
        }
        panic!("a full disk takes everything");
    };
    says_that_the_disk_is_full(refused);
    oracle.agrees_with("the full store", &till.seen(&oracle).await);

    disk.make_room();
    if !till.basket().await.unwrap().lines.is_empty() {
        till.void_basket().await.unwrap();
    }
    try_to_sell(&world, &till, &mut oracle).await.unwrap();
    oracle.receipts_are_gap_free();
    world.mend();
    world.console().await.has_everything(STORE, &oracle).await;
    world.stop_edge().await;
    drop(disk);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_puts_orders_off_in_words_while_its_disk_is_full_and_loses_none() {
    let mut world = World::begin(Beginning::default()).await;
    world.stop_hub().await;
    let before = world.folder().join("hub before");
    fs::rename(world.hub_folder(), &before).unwrap();
    let Some(disk) = SmallDisk::mount(world.hub_folder()) else {
        return;
    };
    for file in fs::read_dir(&before).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), world.hub_folder().join(file.file_name())).unwrap();
    }
    world.start_hub().await;
    let channel = Channel::of(&world.console().await);
    let draft =
        |number: u32| Channel::draft(&format!("W-{number}"), STORE, &[(&world.goods[0], 1)]);
    let mut taken = 0;
    let key = fresh_key();
    let refused = 'full: {
        for number in 0..TRIES_MAX {
            disk.fill();
            match channel
                .place_as(&format!("{key}-{number}"), &draft(number))
                .await
            {
                Ok(_) => taken += 1,
                Err(refused) => break 'full refused,
            }
        }
        panic!("a full disk takes everything");
    };
    says_that_the_disk_is_full(refused);
    disk.make_room();
    // The channel sends what was refused again, under its key.
    let (key, again) = (format!("{key}-{taken}"), draft(taken));
    channel.place_as(&key, &again).await.unwrap();
    let captured = channel.captured().await;
    assert_eq!(captured.len(), usize::try_from(taken + 1).unwrap());
    world.stop_edge().await;
    world.stop_hub().await;
    drop(disk);
}
