//! Scanners that act as keyboards: what they type comes out whole, once, or named as lost.

use std::path::PathBuf;
use std::time::Duration;

use counterpart_hardware::{
    AimId, DeviceState, FrameEnd, KeyFault, KeyLayout, LostReason, Scan, Scanner, ScannerAddress,
    ScannerConfig, ScannerEvent, VirtualKeyScanner,
};
use tempfile::TempDir;
use tokio::sync::mpsc::Receiver;

use crate::world::within;

/// Every character a code of ours or of GS1 has, an identifier before and a separator in it.
const EVERYTHING: &str = "]d2010400638133393110AZaz09\u{1D}21!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ ";

struct Counter {
    _folder: TempDir,
    path: PathBuf,
    twin: VirtualKeyScanner,
    scanner: Scanner,
    events: Receiver<ScannerEvent>,
}

impl Counter {
    async fn with(layout: KeyLayout, change: impl FnOnce(&mut ScannerConfig)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("scanner-event-kbd");
        let twin = VirtualKeyScanner::plug_in(&path, layout).await.unwrap();
        let mut config = ScannerConfig::new(twin.address());
        config.reopen = (Duration::from_millis(5), Duration::from_millis(50));
        // A busy machine pauses longer than a scanner does.
        config.framing.gap = Duration::from_secs(60);
        config.repeat_window = Duration::ZERO;
        change(&mut config);
        let (scanner, events) = Scanner::spawn(config);
        let mut counter = Self {
            _folder: folder,
            path,
            twin,
            scanner,
            events,
        };
        counter.expect_state(DeviceState::Ready).await;
        counter
    }

    async fn new() -> Self {
        Self::with(KeyLayout::Us, |_| {}).await
    }

    async fn expect_state(&mut self, state: DeviceState) {
        let mut seen = self.scanner.state();
        within(seen.wait_for(|seen| *seen == state)).await.unwrap();
    }

    /// The next event that is not a change of state.
    async fn next(&mut self) -> ScannerEvent {
        loop {
            let event = within(self.events.recv())
                .await
                .expect("the task is running");
            if !matches!(event, ScannerEvent::State(_)) {
                return event;
            }
        }
    }

    async fn expect_code(&mut self, code: &str) -> Scan {
        match self.next().await {
            ScannerEvent::Scan(scan) if scan.code == code => scan,
            other => panic!("{other:?} instead of {code:?}"),
        }
    }

    async fn expect_lost(&mut self, reason: LostReason) {
        assert_eq!(self.next().await, ScannerEvent::ScanLost { reason });
    }

    async fn scan_with(&mut self, fault: KeyFault, code: &str) {
        self.twin.set_fault(fault);
        self.twin.scan(code).await.unwrap();
        self.twin.set_fault(KeyFault::None);
    }

    /// Whatever went wrong before, the next code is whole.
    async fn expect_all_is_well(&mut self) {
        self.twin.scan("]E04006381333931").await.unwrap();
        let scan = self.expect_code("4006381333931").await;
        assert_eq!(scan.aim.map(AimId::as_bytes), Some(*b"]E0"));
    }
}

#[tokio::test]
async fn a_code_comes_through_whole_whatever_layout_the_scanner_is_set_to() {
    for layout in KeyLayout::ALL {
        let mut counter = Counter::with(layout, |_| {}).await;
        counter.twin.scan(EVERYTHING).await.unwrap();
        let scan = counter.expect_code(&EVERYTHING[3..]).await;
        assert_eq!(scan.aim.map(AimId::as_bytes), Some(*b"]d2"), "{layout:?}");
        counter.expect_all_is_well().await;
    }
}

#[tokio::test]
async fn letters_with_marks_come_through_where_the_layout_has_them() {
    let mut counter = Counter::with(KeyLayout::De, |_| {}).await;
    counter.twin.scan("GRÖSSE-ß-µ-€-Ä").await.unwrap();
    counter.expect_code("GRÖSSE-ß-µ-€-Ä").await;
    let mut counter = Counter::with(KeyLayout::Fr, |_| {}).await;
    counter
        .twin
        .scan("RÉF-é-ç-§")
        .await
        .expect_err("É has no key of its own there");
    counter.twin.scan("REF-é-ç-§").await.unwrap();
    counter.expect_code("REF-é-ç-§").await;
}

#[tokio::test]
async fn five_hundred_codes_in_a_row_are_all_there() {
    let mut counter = Counter::new().await;
    let twin = counter.twin.clone();
    let scanning = tokio::spawn(async move {
        for number in 0..500 {
            twin.scan(&format!("{number:013}")).await.unwrap();
        }
    });
    for number in 0..500 {
        counter.expect_code(&format!("{number:013}")).await;
    }
    within(scanning).await.unwrap();
}

#[tokio::test]
async fn events_the_kernel_threw_away_lose_one_code_aloud_and_never_deliver_a_part() {
    let mut counter = Counter::new().await;
    counter.scan_with(KeyFault::Overrun, "4006381333931").await;
    counter.expect_lost(LostReason::Overrun).await;
    counter.expect_all_is_well().await;
}

#[tokio::test]
async fn a_scanner_yanked_in_the_middle_of_a_code_loses_it_aloud_and_comes_back() {
    let mut counter = Counter::new().await;
    for _ in 0..3 {
        counter
            .scan_with(KeyFault::YankedMidCode, "4006381333931")
            .await;
        counter.expect_lost(LostReason::DeviceGone).await;
        counter.expect_state(DeviceState::Absent).await;
        assert!(counter.twin.scan("1").await.is_err());
        counter.twin.plug().await.unwrap();
        counter.expect_state(DeviceState::Ready).await;
        counter.expect_all_is_well().await;
    }
}

#[tokio::test]
async fn one_that_never_read_anything_is_missed_when_it_is_unplugged() {
    let mut counter = Counter::new().await;
    counter.twin.unplug().await.unwrap();
    counter.expect_state(DeviceState::Absent).await;
    counter.twin.plug().await.unwrap();
    counter.expect_state(DeviceState::Ready).await;
    counter.expect_all_is_well().await;
}

#[tokio::test]
async fn keys_that_repeat_are_typed_once() {
    let mut counter = Counter::new().await;
    counter
        .scan_with(KeyFault::RepeatsKeys, "4006381333931")
        .await;
    counter.expect_code("4006381333931").await;
}

#[tokio::test]
async fn a_stuck_shift_is_no_code_of_other_characters() {
    let mut counter = Counter::new().await;
    counter
        .scan_with(KeyFault::ShiftStuck, "4006381333931")
        .await;
    counter.expect_lost(LostReason::KeyStuck).await;
    counter.expect_all_is_well().await;
}

#[tokio::test]
async fn a_scanner_set_to_another_layout_says_so_by_its_identifier() {
    let mut counter = Counter::new().await;
    counter
        .scan_with(KeyFault::OtherLayout, "]E04006381333931")
        .await;
    counter.expect_lost(LostReason::KeyUnknown).await;
    // Without an identifier it is a code, of what stands on those keys: no product has it.
    counter
        .scan_with(KeyFault::OtherLayout, "4006381333931")
        .await;
    counter.expect_code("$))^#*!###(#!").await;
    counter.expect_all_is_well().await;
}

#[tokio::test]
async fn a_code_without_its_end_is_lost_after_a_pause() {
    let mut counter = Counter::with(KeyLayout::Us, |config| {
        config.framing.gap = Duration::from_millis(100);
    })
    .await;
    counter.scan_with(KeyFault::NoEnter, "4006381333931").await;
    counter.expect_lost(LostReason::Unfinished).await;
    counter.expect_all_is_well().await;
}

#[tokio::test]
async fn a_pause_ends_a_code_where_nothing_else_does() {
    let mut counter = Counter::with(KeyLayout::Us, |config| {
        config.framing.gap = Duration::from_millis(100);
        config.framing.end = FrameEnd::Gap;
    })
    .await;
    counter.scan_with(KeyFault::NoEnter, "4006381333931").await;
    counter.expect_code("4006381333931").await;
}

#[tokio::test]
async fn what_is_no_input_device_is_a_fault_a_person_must_mend() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("scanner");
    std::fs::write(&file, "").unwrap();
    for path in [file.as_path(), "/dev/null".as_ref()] {
        let address = ScannerAddress::Keys {
            path: path.to_owned(),
            layout: KeyLayout::Us,
        };
        let (scanner, _events) = Scanner::spawn(ScannerConfig::new(address));
        let mut state = scanner.state();
        let faulted = state.wait_for(|state| matches!(state, DeviceState::Faulted(_)));
        within(faulted).await.unwrap();
    }
    let refused = VirtualKeyScanner::plug_in(&file, KeyLayout::Us).await;
    assert!(refused.is_err(), "it does not write over a file");
}

#[tokio::test]
async fn bytes_that_are_no_events_are_a_fault_too() {
    let counter = Counter::new().await;
    let mut state = counter.scanner.state();
    counter.twin.send(&[0xFF; 24 * 3]).await.unwrap();
    let faulted = state.wait_for(|state| matches!(state, DeviceState::Faulted(_)));
    within(faulted).await.unwrap();
    assert!(counter.path.exists());
}

#[tokio::test]
async fn events_nobody_takes_wait_and_are_not_dropped() {
    let mut counter = Counter::new().await;
    let twin = counter.twin.clone();
    for number in 0..200 {
        within(twin.scan(&format!("{number}"))).await.unwrap();
    }
    for number in 0..200 {
        counter.expect_code(&number.to_string()).await;
    }
}

#[tokio::test]
async fn the_pipe_of_a_run_that_crashed_is_replaced() {
    let counter = Counter::new().await;
    let left = counter.path.with_file_name("second");
    let first = VirtualKeyScanner::plug_in(&left, KeyLayout::Us)
        .await
        .unwrap();
    let second = VirtualKeyScanner::plug_in(&left, KeyLayout::Us)
        .await
        .unwrap();
    assert!(first.is_plugged() && second.is_plugged());
    second.unplug().await.unwrap();
    assert!(!left.exists(), "unplugging removes the device file");
}
