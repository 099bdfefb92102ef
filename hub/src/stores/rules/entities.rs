//! Decides what may be said of a company that runs stores.

use counterpart_protocol::enrolment::StoreIdentity;
use counterpart_protocol::entities::{
    COUNTRY_UNKNOWN, LegalEntity, NumberPrefix, TaxNumber, TaxNumberKind, counting_in, is_country,
};
use counterpart_protocol::ids::EntityId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::editing::differing;
use super::{Check, StoreRefused};

/// Tax numbers of one company: one for each country of a continent, with room.
const TAX_NUMBERS_MAX: usize = 60;
/// What of a registered name becomes a short one: room is left for a number after it.
const SLUG_CHARS: usize = 26;

/// A company that runs stores.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Entity {
    /// Its short name, never changed.
    pub entity_id: EntityId,
    /// Its registered name.
    pub name: String,
    /// Its registered address, a line each.
    pub address_lines: Vec<String>,
    /// Its number in the register of companies.
    pub registration_number: Option<String>,
    /// Its tax numbers.
    pub tax_numbers: Vec<TaxNumber>,
    /// What the numbers of its papers begin with, where a store has no beginning of its own.
    pub number_prefix: Option<NumberPrefix>,
}

/// A company as a person typed it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct EntityDraft {
    /// The short name.
    pub entity_id: String,
    /// Everything else.
    #[serde(flatten)]
    pub words: EntityWords,
}

/// What may change of a company, as a person typed it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct EntityWords {
    /// The registered name.
    pub name: String,
    /// The registered address, a line each.
    #[serde(default)]
    pub address: String,
    /// The number in the register of companies, or nothing.
    #[serde(default)]
    pub registration_number: String,
    /// The tax numbers, a line each: country, `vat` or `local`, number.
    #[serde(default)]
    #[schema(example = "BE vat BE 0123.456.789")]
    pub tax_numbers: String,
    /// What the numbers of its papers begin with, or nothing.
    #[serde(default)]
    pub number_prefix: String,
}

impl Entity {
    /// Tells whether it runs a store.
    #[must_use]
    pub(in crate::stores) fn runs(&self, store: &StoreIdentity) -> bool {
        let entity = store.details.entity.as_ref();
        entity.is_some_and(|entity| entity.entity_id.as_ref() == Some(&self.entity_id))
    }

    /// Returns what a store in `country` is told of it.
    #[must_use]
    pub(in crate::stores) fn told(&self, country: Option<&str>) -> LegalEntity {
        let tax_numbers = counting_in(&self.tax_numbers, country);
        let named = tax_numbers
            .iter()
            .find(|number| number.kind == TaxNumberKind::Vat)
            .or(tax_numbers.first());
        LegalEntity {
            entity_id: Some(self.entity_id.clone()),
            name: self.name.clone(),
            address_lines: self.address_lines.clone(),
            registration_number: self.registration_number.clone(),
            tax_number: named.map(|number| number.number.clone()),
            tax_numbers,
            number_prefix: self.number_prefix.clone(),
        }
    }
}

impl EntityWords {
    /// Returns a company as it is, as a person would have typed it.
    #[must_use]
    pub(in crate::stores) fn of(entity: &Entity) -> Self {
        let numbers: Vec<String> = entity.tax_numbers.iter().map(ToString::to_string).collect();
        let prefix = entity.number_prefix.as_ref();
        Self {
            name: entity.name.clone(),
            address: entity.address_lines.join("\n"),
            registration_number: entity.registration_number.clone().unwrap_or_default(),
            tax_numbers: numbers.join("\n"),
            number_prefix: prefix.map(ToString::to_string).unwrap_or_default(),
        }
    }
}

/// Checks a new company.
///
/// # Errors
/// [`StoreRefused`] with every field that is wrong.
pub(in crate::stores) fn check_entity(draft: &EntityDraft) -> Result<Entity, StoreRefused> {
    let mut check = Check::default();
    let entity_id = check.parsed(draft.entity_id.trim().parse::<EntityId>(), "entity_id");
    let entity = check.entity(entity_id, &draft.words);
    entity.ok_or(StoreRefused(check.0))
}

/// Checks what a company that is there shall be.
///
/// # Errors
/// [`StoreRefused`] with every field that is wrong.
pub(in crate::stores) fn check_entity_words(
    entity_id: EntityId,
    words: &EntityWords,
) -> Result<Entity, StoreRefused> {
    let mut check = Check::default();
    let entity = check.entity(Some(entity_id), words);
    entity.ok_or(StoreRefused(check.0))
}

/// Returns the names of the fields that differ, for the audit log.
#[must_use]
pub(in crate::stores) fn changed_entity_words(was: &Entity, words: &EntityWords) -> String {
    differing(&EntityWords::of(was), words)
}

impl Check {
    /// Returns the company if nothing is wrong with it.
    fn entity(&mut self, entity_id: Option<EntityId>, words: &EntityWords) -> Option<Entity> {
        let name = self.line(&words.name, "name");
        self.that(name.is_some(), "name", "a company has a registered name");
        let address_lines = self.address_lines(&words.address);
        let registration_number = self.line(&words.registration_number, "registration_number");
        let tax_numbers = self.tax_numbers(&words.tax_numbers);
        let number_prefix = self.prefix(&words.number_prefix);
        let entity = Entity {
            entity_id: entity_id?,
            name: name?,
            address_lines,
            registration_number,
            tax_numbers,
            number_prefix,
        };
        self.0.is_empty().then_some(entity)
    }

    fn tax_numbers(&mut self, typed: &str) -> Vec<TaxNumber> {
        let lines = typed.lines().map(str::trim);
        let lines = lines.filter(|line| !line.is_empty());
        let numbers: Vec<TaxNumber> = lines
            .filter_map(|line| {
                self.line(line, "tax_numbers")?;
                self.parsed(line.parse::<TaxNumber>(), "tax_numbers")
            })
            .collect();
        self.that(
            numbers.len() <= TAX_NUMBERS_MAX,
            "tax_numbers",
            format!("a company has at most {TAX_NUMBERS_MAX} tax numbers"),
        );
        numbers
    }

    /// Finds the company a store's form names.
    pub(super) fn company<'a>(&mut self, typed: &str, all: &'a [Entity]) -> Option<&'a Entity> {
        let typed = typed.trim();
        let found = all.iter().find(|entity| entity.entity_id.as_str() == typed);
        self.that(
            found.is_some() || typed.is_empty(),
            "entity",
            format!("there is no company called {typed}: add it first"),
        );
        found
    }
}

/// What becomes of a company that only a store's own record described.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::stores) enum Adopted {
    /// It has a record already.
    Known(Entity),
    /// This is to be its record.
    New(Entity),
}

/// Decides which record a company gets that a store in `country` described: equal words are one
/// company, and companies of one name with other numbers are several.
#[must_use]
pub(in crate::stores) fn adopted(
    described: &LegalEntity,
    country: Option<&str>,
    all: &[Entity],
) -> Adopted {
    let number = described.tax_number.as_deref();
    let is_same = |entity: &&Entity| {
        entity.name == described.name
            && entity.registration_number == described.registration_number
            && entity.tax_numbers.first().map(|first| &*first.number) == number
    };
    if let Some(known) = all.iter().find(is_same) {
        return Adopted::Known(known.clone());
    }
    let tax_numbers = number.map(|number| TaxNumber {
        country: country_of(number, country),
        kind: TaxNumberKind::Vat,
        number: number.to_owned(),
    });
    Adopted::New(Entity {
        entity_id: free_slug(&described.name, all),
        name: described.name.clone(),
        address_lines: Vec::new(),
        registration_number: described.registration_number.clone(),
        tax_numbers: tax_numbers.into_iter().collect(),
        number_prefix: None,
    })
}

/// A VAT number begins with its country (Directive 2006/112/EC, article 215); else the store's
/// counts, and where nobody said where that is, the number counts everywhere.
fn country_of(number: &str, store: Option<&str>) -> String {
    let first = number.get(..2).filter(|first| is_country(first));
    first.or(store).unwrap_or(COUNTRY_UNKNOWN).to_owned()
}

/// Makes a short name of a registered one that no other company has.
fn free_slug(name: &str, all: &[Entity]) -> EntityId {
    let lower = name.to_lowercase();
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let words = lower
        .split(|c| !is_plain(c))
        .filter(|word| !word.is_empty());
    let mut slug = words.collect::<Vec<_>>().join("-");
    slug.truncate(SLUG_CHARS);
    let slug = match slug.trim_end_matches('-') {
        "" => "company",
        slug => slug,
    };
    let numbered = (2..).map(|number: u32| format!("{slug}-{number}"));
    std::iter::once(slug.to_owned())
        .chain(numbered)
        .filter_map(|candidate| candidate.parse::<EntityId>().ok())
        .find(|candidate| all.iter().all(|entity| entity.entity_id != *candidate))
        .expect("numbers do not run out before companies do")
}

#[cfg(test)]
mod tests;
