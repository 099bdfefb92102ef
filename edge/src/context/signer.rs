//! What signs sales before their receipts are printed.

use std::sync::Arc;
use std::time::Duration;

use counterpart_hardware::Signer;

/// A fiscal signer, and how long a receipt waits for it. Clones share it.
#[derive(Debug, Clone)]
pub struct SignerSetup {
    /// The device.
    pub signer: Arc<dyn Signer>,
    /// How long a receipt waits for its signature.
    pub limit: Duration,
}
