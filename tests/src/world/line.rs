//! The line of a world's store to its hub, as far as somebody at the store has a hand in it.

use std::net::SocketAddr;

use super::World;

impl World {
    /// Mends the line, and lets the store ask its hub at once, as a person does who sees to it. A
    /// line that is mended by hand alone is noticed with the next call, up to a minute later.
    pub fn mend(&self) {
        self.line.mend();
        self.ask_hub();
    }

    /// Leads the line to a hub that was just started; a store that runs asks it at once.
    pub(super) fn lead_line_to(&self, hub: SocketAddr) {
        self.line.lead_to(hub);
        self.ask_hub();
    }

    fn ask_hub(&self) {
        if let Some(edge) = &self.edge {
            edge.context().link().ask_now();
        }
    }
}
