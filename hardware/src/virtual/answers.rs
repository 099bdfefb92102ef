//! What a printer says about itself, as the bits of the Epson ESC/POS command reference.
//!
//! Written from the reference, not from the driver that reads them.

use super::snapshot::{PaperState, PrinterSnapshot};

/// The answer to `DLE EOT topic`; nothing where the topic is unknown.
pub(super) fn real_time(seen: &PrinterSnapshot, topic: u8) -> Option<u8> {
    let out = seen.paper == PaperState::Out;
    let bits = match topic {
        1 => bit(seen.drawer_open, 2) | bit(seen.is_offline(), 3),
        2 => bit(seen.cover_open, 2) | bit(out, 5),
        3 => 0,
        4 => match seen.paper {
            PaperState::Present => 0,
            PaperState::NearEnd => 0x0C,
            PaperState::Out => 0x6C,
        },
        _ => return None,
    };
    Some(0x12 | bits)
}

/// The answer to `GS r topic`: 1 is paper, 2 the drawer; nothing where the topic is unknown.
pub(super) fn in_order(seen: &PrinterSnapshot, topic: u8) -> Option<u8> {
    match topic {
        1 => Some(paper(seen.paper)),
        2 => Some(u8::from(seen.drawer_open)),
        _ => None,
    }
}

/// The report of `GS a`.
pub(super) fn report(seen: &PrinterSnapshot) -> [u8; 4] {
    let line = bit(seen.drawer_open, 2) | bit(seen.is_offline(), 3) | bit(seen.cover_open, 5);
    [0x10 | line, 0, paper(seen.paper), 0x0F]
}

/// The answer to `GS ( H` function 48; nothing for a number of other characters than the command
/// allows, space to `~`.
pub(super) fn process(id: [u8; 4]) -> Option<[u8; 7]> {
    let [a, b, c, d] = id;
    let allowed = id.iter().all(|place| (b' '..=b'~').contains(place));
    allowed.then_some([0x37, 0x22, a, b, c, d, 0])
}

/// The answer to `GS I topic`: 66 the maker, 67 the model.
pub(super) fn identity(topic: u8) -> &'static [u8] {
    match topic {
        66 => b"_COUNTERPART\0",
        67 => b"_VIRTUAL-80\0",
        _ => &[0x02],
    }
}

fn paper(paper: PaperState) -> u8 {
    match paper {
        PaperState::Present => 0,
        PaperState::NearEnd => 0x03,
        PaperState::Out => 0x0F,
    }
}

fn bit(set: bool, place: u8) -> u8 {
    u8::from(set) << place
}
