//! Codes over a real terminal: whole, once, or named as lost.

use std::path::PathBuf;
use std::time::Duration;

use counterpart_hardware::{
    AimId, AimIds, DeviceState, FrameEnd, LostReason, PortAddress, Scan, Scanner, ScannerConfig,
    ScannerEvent, Trouble, VirtualScanner,
};
use tempfile::TempDir;
use tokio::sync::mpsc::Receiver;

use crate::world::within;

struct Counter {
    _folder: TempDir,
    tty: PathBuf,
    twin: VirtualScanner,
    scanner: Scanner,
    events: Receiver<ScannerEvent>,
}

impl Counter {
    async fn with(change: impl FnOnce(&mut ScannerConfig)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let tty = folder.path().join("scanner");
        let twin = VirtualScanner::plug_in(&tty).await.unwrap();
        let mut config = ScannerConfig::new(twin.port_address());
        config.reopen = (Duration::from_millis(5), Duration::from_millis(50));
        change(&mut config);
        let (scanner, events) = Scanner::spawn(config);
        let mut counter = Self {
            _folder: folder,
            tty,
            twin,
            scanner,
            events,
        };
        counter.expect_state(DeviceState::Ready).await;
        counter
    }

    async fn new() -> Self {
        Self::with(|_| {}).await
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

    /// Sends bytes and waits until they have been read.
    async fn send_and_wait(&self, bytes: &[u8]) {
        let mut activity = self.scanner.activity();
        let before = activity.borrow().bytes;
        self.twin.send(bytes).await.unwrap();
        let all = before + bytes.len() as u64;
        within(activity.wait_for(|seen| seen.bytes >= all))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_code_that_begins_like_an_identifier_stays_whole_where_none_are_sent() {
    let mut counter = Counter::with(|config| config.aim = AimIds::Off).await;
    counter.twin.scan(b"]E0-SCREW").await.unwrap();
    let scan = counter.expect_code("]E0-SCREW").await;
    assert_eq!(scan.aim, None);
}

#[tokio::test]
async fn a_code_comes_through_whole_with_its_identifier() {
    let mut counter = Counter::new().await;
    counter.twin.scan(b"]E04006381333931").await.unwrap();
    let scan = counter.expect_code("4006381333931").await;
    assert_eq!(scan.aim.map(AimId::as_bytes), Some(*b"]E0"));
    assert_eq!(scan.sequence, 1);
    counter
        .twin
        .scan(b"]d2010400638133393110A\x1D21B")
        .await
        .unwrap();
    let scan = counter.expect_code("010400638133393110A\u{1D}21B").await;
    assert_eq!(scan.sequence, 2);
    assert_eq!(scan.to_string(), "]d2010400638133393110A\\u{1d}21B");
}

#[tokio::test]
async fn five_hundred_codes_in_a_row_are_all_there() {
    let mut counter = Counter::new().await;
    let twin = counter.twin.clone();
    let scanning = tokio::spawn(async move {
        for number in 0..500 {
            twin.scan(format!("{number:013}").as_bytes()).await.unwrap();
        }
    });
    for number in 0..500 {
        counter.expect_code(&format!("{number:013}")).await;
    }
    within(scanning).await.unwrap();
}

#[tokio::test]
async fn an_unplugged_scanner_comes_back_by_itself() {
    let mut counter = Counter::new().await;
    for round in 0..3 {
        counter.twin.unplug().await.unwrap();
        counter.expect_state(DeviceState::Absent).await;
        assert!(counter.twin.scan(b"1").await.is_err());
        counter.twin.plug().await.unwrap();
        counter.expect_state(DeviceState::Ready).await;
        counter
            .twin
            .scan(format!("round {round}").as_bytes())
            .await
            .unwrap();
        counter.expect_code(&format!("round {round}")).await;
    }
}

#[tokio::test]
async fn a_scanner_yanked_in_the_middle_of_a_code_loses_it_aloud() {
    let mut counter = Counter::with(|config| config.framing.gap = Duration::from_secs(60)).await;
    counter.send_and_wait(b"40063").await;
    counter.twin.unplug().await.unwrap();
    counter.expect_lost(LostReason::DeviceGone).await;
    counter.twin.plug().await.unwrap();
    counter.expect_state(DeviceState::Ready).await;
    counter.twin.scan(b"4006381333931").await.unwrap();
    counter.expect_code("4006381333931").await;
}

#[tokio::test]
async fn half_a_code_is_lost_after_a_pause() {
    let mut counter = Counter::new().await;
    counter.twin.send(b"40063").await.unwrap();
    counter.expect_lost(LostReason::Unfinished).await;
    counter.twin.scan(b"4006381333931").await.unwrap();
    counter.expect_code("4006381333931").await;
}

#[tokio::test]
async fn four_kilobytes_of_garbage_are_one_loss() {
    let mut counter = Counter::with(|config| config.framing.length_max = 2048).await;
    let garbage: Vec<u8> = (0..4096_u32)
        .map(|place| b'!' + (place % 90) as u8)
        .collect();
    counter.twin.send(&garbage).await.unwrap();
    counter.expect_lost(LostReason::TooLong).await;
    counter.twin.send(b"\r").await.unwrap();
    counter.twin.scan(b"4006381333931").await.unwrap();
    counter.expect_code("4006381333931").await;
}

#[tokio::test]
async fn a_noisy_line_is_shown_and_a_clean_read_clears_it() {
    let mut counter = Counter::new().await;
    for _ in 0..3 {
        counter.twin.send(b"\xFF\x00\xFE\r").await.unwrap();
        counter.expect_lost(LostReason::Garbled).await;
    }
    counter
        .expect_state(DeviceState::Degraded(vec![Trouble::ReadsLost]))
        .await;
    counter.twin.scan(b"4006381333931").await.unwrap();
    counter.expect_code("4006381333931").await;
    counter.expect_state(DeviceState::Ready).await;
}

#[tokio::test]
async fn one_piece_read_twice_is_one_scan() {
    let mut counter = Counter::with(|config| {
        config.repeat_window = Duration::from_secs(60);
    })
    .await;
    counter.twin.send(b"111\r111\r222\r").await.unwrap();
    counter.expect_code("111").await;
    counter.expect_lost(LostReason::ReadTwice).await;
    counter.expect_code("222").await;
}

#[tokio::test]
async fn two_pieces_of_a_product_are_two_scans() {
    let mut counter = Counter::with(|config| config.repeat_window = Duration::ZERO).await;
    counter.twin.send(b"111\r111\r").await.unwrap();
    counter.expect_code("111").await;
    counter.expect_code("111").await;
}

#[tokio::test]
async fn a_scanner_with_a_frame_of_its_own_is_understood() {
    let mut counter = Counter::with(|config| {
        config.framing.prefix = Some(0x02);
        config.framing.end = FrameEnd::Byte(0x03);
    })
    .await;
    counter
        .twin
        .send(b"\x02]E04006381333931\x03")
        .await
        .unwrap();
    counter.expect_code("4006381333931").await;
}

#[tokio::test]
async fn a_scanner_belongs_to_one_program() {
    let mut counter = Counter::new().await;
    let mut config = ScannerConfig::new(counter.twin.port_address());
    config.reopen = (Duration::from_millis(5), Duration::from_millis(50));
    let (second, _events) = Scanner::spawn(config);
    let mut state = second.state();
    within(state.wait_for(|state| *state == DeviceState::Present))
        .await
        .unwrap();
    // The first gives it back, the second takes it.
    counter.scanner.disable();
    counter.expect_state(DeviceState::Disabled).await;
    within(state.wait_for(|state| *state == DeviceState::Ready))
        .await
        .unwrap();
    within(second.shutdown()).await;
    counter.scanner.enable();
    counter.expect_state(DeviceState::Ready).await;
}

#[tokio::test]
async fn a_file_that_is_no_terminal_is_a_fault_a_person_must_mend() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("scanner");
    std::fs::write(&file, "").unwrap();
    let address: PortAddress = format!("serial:{}", file.display()).parse().unwrap();
    let (scanner, _events) = Scanner::spawn(ScannerConfig::new(address));
    let mut state = scanner.state();
    let faulted = within(state.wait_for(|state| matches!(state, DeviceState::Faulted(_)))).await;
    assert_eq!(
        faulted.unwrap().to_string(),
        "the line to the device failed"
    );
    let refused = VirtualScanner::plug_in(&file)
        .await
        .expect_err("it is not a link");
    assert!(
        refused
            .to_string()
            .ends_with("exists and is no link to a virtual device")
    );
}

#[tokio::test]
async fn events_nobody_takes_wait_and_are_not_dropped() {
    let mut counter = Counter::new().await;
    let twin = counter.twin.clone();
    // More than the channel holds; the rest waits on the line.
    for number in 0..200 {
        within(twin.scan(format!("{number}").as_bytes()))
            .await
            .unwrap();
    }
    for number in 0..200 {
        counter.expect_code(&number.to_string()).await;
    }
}

#[tokio::test]
async fn the_link_of_a_run_that_crashed_is_replaced() {
    let counter = Counter::new().await;
    let link = counter.tty.with_file_name("second");
    std::os::unix::fs::symlink("/nonexistent", &link).unwrap();
    let twin = VirtualScanner::plug_in(&link).await.unwrap();
    assert!(twin.is_plugged());
    twin.unplug().await.unwrap();
    assert!(
        std::fs::symlink_metadata(&link).is_err(),
        "unplugging removes the device file"
    );
}
