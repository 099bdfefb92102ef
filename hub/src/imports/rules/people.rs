//! Decides which rows of a staff file can become people of a store.

use std::collections::{BTreeSet, HashMap, HashSet};

use counterpart_protocol::ids::StoreId;
use counterpart_protocol::policies::Operation;
use counterpart_protocol::staff::Role;

use super::cells;
use super::sheet::{Column, Reader, Row, needed, optional};

/// The columns of a staff file.
pub(super) const COLUMNS: &[Column] = &[
    needed("store_id", "the store they work in"),
    needed(
        "name",
        "the name colleagues use; a name stands once in a store",
    ),
    needed("role", "associate or manager"),
    optional("pin", "4 to 8 digits; empty to have one made"),
    optional(
        "pin_hash",
        "the PIN's Argon2 hash in PHC form, instead of the PIN",
    ),
    optional(
        "may",
        "operations they do alone beyond their role, by their words, spaces between",
    ),
];

/// The longest name of a person.
const NAME_CHARS_MAX: usize = 40;
/// The longest hash.
const HASH_CHARS_MAX: usize = 200;

/// Somebody who is to work in a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::imports) struct PersonRow {
    /// Where.
    pub(in crate::imports) store_id: StoreId,
    /// What colleagues call them.
    pub(in crate::imports) name: String,
    /// What they may do.
    pub(in crate::imports) role: Role,
    /// How they sign in.
    pub(in crate::imports) pin: PinGiven,
    /// What they do alone beyond their role.
    pub(in crate::imports) may: BTreeSet<Operation>,
}

/// What a file says of somebody's PIN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::imports) enum PinGiven {
    /// These digits.
    Digits(String),
    /// Its hash.
    Hash(String),
    /// Nothing: one is made.
    Make,
}

/// Reads people of stores there are.
pub(super) struct People {
    pub(super) stores: HashSet<StoreId>,
    pub(super) rows: HashMap<(StoreId, String), u64>,
    pub(super) pins: HashMap<(StoreId, String), u64>,
}

impl Reader for People {
    type Item = PersonRow;

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn what(&self) -> &'static str {
        "people"
    }

    fn row(&mut self, row: &mut Row<'_>) -> Option<PersonRow> {
        let name = row.read("name", |text| cells::line(text, NAME_CHARS_MAX));
        let role = row.read("role", role);
        let (pin, may) = (pin(row), row.read("may", operations));
        let stores = &self.stores;
        let store_id = row.read("store_id", |text| cells::store(text, stores))?;
        let (name, pin) = (name?, pin?);
        let number = row.number;
        let key = (store_id.clone(), name.to_lowercase());
        if let Some(first) = self.rows.insert(key, number) {
            let sentence = format!("{store_id} has this name in row {first} already");
            row.refuse("name", sentence);
        }
        if let PinGiven::Digits(digits) = &pin {
            let key = (store_id.clone(), digits.clone());
            if let Some(first) = self.pins.insert(key, number) {
                // A till asks for the PIN alone, so it must tell who it is.
                let sentence = format!("row {first} has the same PIN in this store");
                row.refuse("pin", sentence);
            }
        }
        Some(PersonRow {
            store_id,
            name,
            role: role?,
            pin,
            may: may?,
        })
    }
}

fn role(text: &str) -> Result<Role, String> {
    [Role::Associate, Role::Manager]
        .into_iter()
        .find(|role| role.word() == text.to_lowercase())
        .ok_or_else(|| format!("'{text}' is no role: write associate or manager"))
}

fn operations(text: &str) -> Result<BTreeSet<Operation>, String> {
    let words = text.split_whitespace();
    let known = |word| {
        Operation::read(word)
            .ok_or_else(|| format!("'{word}' is no operation: write void_line, for example"))
    };
    words.map(known).collect()
}

fn pin(row: &mut Row<'_>) -> Option<PinGiven> {
    let hash = row.text("pin_hash").to_owned();
    let digits = row.text("pin").to_owned();
    match (digits.is_empty(), hash.is_empty()) {
        (true, true) => Some(PinGiven::Make),
        (false, false) => {
            let sentence = "a row has a PIN or its hash, not both";
            row.refuse("pin_hash", sentence.to_owned());
            None
        }
        (false, true) => row.read("pin", |digits| {
            let fits = (4..=8).contains(&digits.len());
            match fits && digits.bytes().all(|byte| byte.is_ascii_digit()) {
                true => Ok(PinGiven::Digits(digits.to_owned())),
                false => Err("a PIN has 4 to 8 digits".to_owned()),
            }
        }),
        (true, false) => row.read("pin_hash", |hash| {
            let plain = hash.chars().all(|c| c.is_ascii_graphic());
            match hash.starts_with("$argon2id$") && plain && hash.len() <= HASH_CHARS_MAX {
                true => Ok(PinGiven::Hash(hash.to_owned())),
                false => Err("this is no Argon2id hash in PHC form ($argon2id$v=19$…)".to_owned()),
            }
        }),
    }
}
