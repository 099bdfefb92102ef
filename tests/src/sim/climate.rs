//! What kind of world a seed is: which troubles may befall it beside the ordinary ones.
//!
//! Every ordinary trouble may befall any world. These come in some worlds only, so that each seed
//! stays a story one can read, and they are drawn from dice of their own: a world without them is
//! the same as before they were thought of.

use super::cover::Came;
use super::dice::Dice;
use super::oracle::Violation;
use super::world::World;

/// Beside a step's own dice.
const DICE: u64 = 0xc11a_7e00_5eed_0001;

/// The troubles of a world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Climate {
    /// Disks forget or turn bits of what they stored; days are sealed, records compared.
    pub rots: bool,
    /// Nodes run programs of several versions, and exchange them.
    pub skews: bool,
    /// Two hub processes take turns on the hub's disk.
    pub pairs: bool,
}

impl Climate {
    /// Returns the climate of a seed's world. Of eight worlds one has the ordinary troubles alone.
    #[must_use]
    pub const fn of(seed: u64) -> Self {
        let kind = seed % 8;
        Self {
            rots: matches!(kind, 0 | 2 | 4 | 6),
            // Where disks rot too, views are made anew while bytes are damaged.
            skews: matches!(kind, 1 | 5 | 7) || matches!(seed % 16, 6 | 12),
            pairs: matches!(kind, 0 | 1 | 4 | 7),
        }
    }

    /// Returns the dice for the climate of step `index`.
    #[must_use]
    pub fn dice(seed: u64, index: u64) -> Dice {
        Dice::part(seed ^ DICE, index)
    }
}

impl World {
    /// What befalls a world of this kind beside step `index`.
    pub(super) fn climate_acts(&mut self, index: u64) -> Result<(), Violation> {
        let mut dice = Climate::dice(self.seed, index);
        if self.climate.pairs {
            self.hub.turn_to(dice.place(2));
            if dice.happens(2) {
                let (process, programs) = (dice.place(2), self.hub.programs());
                self.hub.exchange(process, programs[process]);
                self.cover.came(Came::ProcessEnded);
                self.tell("[a hub process starts again] ")?;
            }
        }
        if self.climate.skews {
            self.versions_act(&mut dice)?;
        }
        if !self.climate.rots {
            return Ok(());
        }
        let which = 1 + dice.place(self.stores.len());
        match dice.below(100) {
            0..2 => self.seal(which),
            2..4 => self.countersign(which),
            4..7 => self.rot(&mut dice),
            7..16 => self.compare(which, Some(&mut dice)).map(drop),
            16..18 => self.pack(which, which).map(drop),
            18..20 => self.pack(which, 0).map(drop),
            20 => self.rot_pack(&mut dice),
            _ => Ok(()),
        }
    }
}
