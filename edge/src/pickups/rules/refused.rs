//! Why nothing was done, each in its own sentence for the person at the counter.

use counterpart_protocol::codes::{CodeRefused, DigitsRefused};
use counterpart_protocol::ids::StoreId;
use counterpart_protocol::keyring::KeyUnfit;
use counterpart_protocol::quantity::Milli;

/// Why nothing was done with a pickup.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PickupRefused {
    /// Everything of it is with the customer.
    #[error("everything of this pickup was handed over already, {at}")]
    HandedOverAlready {
        /// When.
        at: String,
    },
    /// Nothing of it is left, and the customer has nothing of it.
    #[error("nothing is left of this pickup: it was cancelled, put away or not found")]
    Over,
    /// The order says something that this program does not know.
    #[error(
        "this order says something this store server does not understand yet: update it before \
         anything of the order is picked or handed over"
    )]
    Blocked,
    /// The line went between the order and what the hub said after it.
    #[error(
        "not all the hub has to say about new orders is here, and this one may be taken back: it \
         can be picked and handed over once the hub is reached again and, if it was restored, has \
         heard every store"
    )]
    HalfHeard,
    /// This is a training store.
    #[error(
        "this is training, where no order is real: hand it over at the real register, and nothing \
         of it here"
    )]
    Training,
    /// There is no such line.
    #[error("this pickup has no line {0}")]
    NoSuchLine(u16),
    /// Nothing or less.
    #[error("a quantity is more than nothing")]
    NotPositive,
    /// Another product was scanned.
    #[error("expected {expected}, scanned {scanned}: put it back and scan the right one")]
    WrongItem {
        /// What is to be picked.
        expected: String,
        /// What was scanned.
        scanned: String,
    },
    /// Everything of the product was picked.
    #[error("only {left} × {name} is still to be picked")]
    TooMany {
        /// What.
        name: String,
        /// How much is left.
        left: Milli,
    },
    /// Enough of it is in the bag.
    #[error("enough of {name} was picked already; left to pick: {left}")]
    Enough {
        /// What.
        name: String,
        /// What is left of the others.
        left: String,
    },
    /// A colleague has it.
    #[error("{who} has {name} already; left to pick: {left}")]
    TakenBy {
        /// Who.
        who: String,
        /// What.
        name: String,
        /// What is left of the others.
        left: String,
    },
    /// Everything is picked.
    #[error("everything is picked: put the bag where it waits for the customer")]
    NothingToPick,
    /// No scan waits to become a fact.
    #[error("nothing was scanned since the last time")]
    NothingScanned,
    /// Something is still to be picked.
    #[error("still to be picked: {left}; pick it, or say that it is short")]
    ToPickFirst {
        /// What.
        left: String,
    },
    /// Nothing is in the bag.
    #[error("nothing is in the bag yet: still to be picked: {left}")]
    NotReady {
        /// What is to be picked.
        left: String,
    },
    /// No place was named.
    #[error("say where the bag stands: scan or type the place, such as A-3")]
    NoLocation,
    /// It waits nowhere.
    #[error("this bag waits nowhere: put it to its place first, its label says where that is")]
    NotStaged,
    /// Nothing prints its label.
    #[error(
        "no label printer of this store is set to print labels of bags: whoever looks after the \
         store server sets `prints` in counterpart-edge.toml"
    )]
    NoLabelPrinter,
    /// The place is too long.
    #[error("a place has at most 20 characters: type its number only")]
    LocationTooLong,
    /// More than can be handed over or refused.
    #[error("only {left} × {name} can be given out now")]
    NotInTheBag {
        /// What.
        name: String,
        /// How much.
        left: Milli,
    },
    /// Nothing was chosen.
    #[error("choose what is handed over or refused first")]
    NothingChosen,
    /// The code is not believed.
    #[error("{0}")]
    Code(#[from] CodeRefused),
    /// The key that signed it counts no longer.
    #[error("the code is not believed: {0}")]
    Key(#[from] KeyUnfit),
    /// The code is good for something else.
    #[error("this code is on a receipt: ask for the pickup's code in the customer's message")]
    NotAPickupCode,
    /// The goods are in another store.
    #[error("this pickup waits in the store {0}, not here")]
    OtherStore(StoreId),
    /// Nothing is known of it here.
    #[error(
        "this store knows no such pickup: it may have been moved to another store, or has not \
         arrived from the hub yet"
    )]
    Unknown,
    /// The code is of another pickup than the one that is open.
    #[error("this code is for another order, {reference}: open that one")]
    OtherPickup {
        /// The other order.
        reference: String,
    },
    /// A newer code was sent.
    #[error("this code was replaced: ask for the newest message about the order")]
    OlderCode,
    /// The code is ahead of what this store knows.
    #[error(
        "this code is newer than what this store knows of the order: wait until the hub is \
         reached, or ask for the six digits"
    )]
    NewerCode,
    /// It waited too long.
    #[error("the time to fetch it ended {ended}: it goes back to the shelf")]
    Expired {
        /// When.
        ended: String,
    },
    /// The person was not checked.
    #[error("check the customer first: scan the code, or type the six digits")]
    NotIdentified,
    /// The order has no digits.
    #[error("this order has no digits: scan the code")]
    NoDigits,
    /// Not six digits.
    #[error("{0}")]
    Digits(#[from] DigitsRefused),
    /// Other digits.
    #[error("these are not the digits of this order{}", tries(*left))]
    WrongDigits {
        /// How often they may still be typed.
        left: u32,
    },
    /// Too many wrong digits.
    #[error(
        "too many wrong digits for this order: try again in {} min, or scan the code",
        minutes(*wait_ms)
    )]
    DigitsLocked {
        /// How long.
        wait_ms: i64,
    },
    /// Nothing is to be put away.
    #[error("nothing of this pickup is to be put away")]
    NothingToPutAway,
    /// No scan at the shelf yet.
    #[error("scan what you put on the shelf first")]
    NothingPutAway,
    /// A new life does not know yet what the earlier ones did with these units.
    #[error(
        "this store was restored and does not know yet what became of this order: it is handed \
         over, found short or put away when the hub has answered; look for the goods meanwhile"
    )]
    Recovering,
    /// An earlier life packed the bag, and may have given it away without telling anybody.
    #[error(
        "this store was restored since the bag was packed: scan one item of it first, so that it \
         is known to be still here; if it is gone, find out who fetched it"
    )]
    BagUnseen,
    /// Units of a product are gone that are not this part's.
    #[error("this part has no such units left")]
    NotReserved,
}

fn tries(left: u32) -> String {
    match left {
        0 => ": no more are taken for a while".to_owned(),
        1 => ": type them again; one try is left".to_owned(),
        _ => ": type them again".to_owned(),
    }
}

fn minutes(wait_ms: i64) -> i64 {
    (wait_ms + 59_999) / 60_000
}

/// Returns `2 × Milk, 1 × Bread` for what there is any of, else `nothing`.
pub(crate) fn listed<'a>(what: impl Iterator<Item = (&'a str, Milli)>) -> String {
    let some = what.filter(|(_, quantity)| quantity.0 > 0);
    let texts: Vec<String> = some
        .map(|(name, quantity)| format!("{quantity} × {name}"))
        .collect();
    match texts.is_empty() {
        true => "nothing".to_owned(),
        false => texts.join(", "),
    }
}
