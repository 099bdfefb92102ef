//! A line to a device never holds anybody longer than it was told to.

use std::time::Duration;

use counterpart_hardware::port::{Port, PortError};
use counterpart_hardware::{PortAddress, VirtualScanner};

use crate::world::{printer, within};

#[tokio::test]
async fn a_stalled_serial_device_ends_a_write_at_its_limit() {
    let folder = tempfile::tempdir().unwrap();
    // A scanner never reads what is sent to it.
    let stalled = VirtualScanner::plug_in(folder.path().join("scanner"))
        .await
        .unwrap();
    let limit = Duration::from_millis(200);
    let mut port = within(Port::open(&stalled.port_address(), limit * 10))
        .await
        .unwrap();
    let written = within(port.write_all(&[b'x'; 200_000], limit)).await;
    assert!(matches!(written, Err(PortError::TimedOut)), "{written:?}");
    within(port.close(limit)).await;
}

#[tokio::test]
async fn a_silent_device_ends_a_read_at_its_limit() {
    let printer = printer().await;
    let limit = Duration::from_millis(100);
    let mut port = within(Port::open(&printer.port_address(), limit * 20))
        .await
        .unwrap();
    let read = within(port.read(&mut [0; 8], limit)).await;
    assert!(matches!(read, Err(PortError::TimedOut)), "{read:?}");
}

#[tokio::test]
async fn a_device_file_that_is_not_there_is_absent() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("scanner");
    let address: PortAddress = format!("serial:{}", path.display()).parse().unwrap();
    let opened = within(Port::open(&address, Duration::from_secs(2))).await;
    assert!(matches!(opened, Err(PortError::Absent)), "{opened:?}");
}
