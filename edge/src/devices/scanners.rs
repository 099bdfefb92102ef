//! Scanners: what they read goes to whoever takes it, in order, each read once.
//!
//! It does not know what a code means; a read that was lost is told, never guessed.

use counterpart_hardware::{DeviceState, LostReason, Scan, Scanner, ScannerConfig, ScannerEvent};
use counterpart_protocol::ids::RegisterId;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Something a register's scanner reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScannerHeard {
    /// The register it belongs to.
    pub register: RegisterId,
    /// What it reported.
    pub heard: Heard,
}

/// What a scanner reports to a slice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// A code was read.
    Scan(Scan),
    /// Something was read and could not be understood: the person scans again.
    Lost(LostReason),
}

/// Opens a scanner and passes on what it reads until it is told to stop; `tell` hears how it is.
pub(super) async fn listen(
    register: RegisterId,
    config: ScannerConfig,
    scans: mpsc::Sender<ScannerHeard>,
    tell: impl Fn(DeviceState) + Send + 'static,
    stop: CancellationToken,
) {
    let (scanner, mut events) = Scanner::spawn(config);
    while let Some(Some(event)) = stop.run_until_cancelled(events.recv()).await {
        let heard = match event {
            ScannerEvent::State(state) => {
                note(register, &state);
                tell(state);
                continue;
            }
            ScannerEvent::Scan(scan) => Heard::Scan(scan),
            // The same code within a moment is one read: nothing was lost for the person.
            ScannerEvent::ScanLost {
                reason: LostReason::ReadTwice,
            } => continue,
            ScannerEvent::ScanLost { reason } => Heard::Lost(reason),
        };
        let sent = scans.send(ScannerHeard { register, heard });
        match stop.run_until_cancelled(sent).await {
            Some(Ok(())) => {}
            Some(Err(_)) | None => break,
        }
    }
    scanner.shutdown().await;
}

fn note(register: RegisterId, state: &DeviceState) {
    match state {
        DeviceState::Ready => tracing::info!(register.id = register.0, "the scanner is ready"),
        DeviceState::Present | DeviceState::Claimed => {}
        other => tracing::warn!(
            register.id = register.0,
            state = %other,
            "the scanner does not work"
        ),
    }
}
