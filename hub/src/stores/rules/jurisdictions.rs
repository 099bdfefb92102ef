//! Decides what may be said of a place where stores are taxed.

use counterpart_protocol::catalog::TaxClass;
use counterpart_protocol::enrolment::StoreIdentity;
use counterpart_protocol::ids::JurisdictionId;
use counterpart_protocol::tax::{Jurisdiction, PricesAre, Tax, TaxRounding, Taxation};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::editing::differing;
use super::{Check, StoreRefused, Wrong};

/// Taxes of one jurisdiction, those that are over and to come included.
const TAXES_MAX: usize = 100;

/// A jurisdiction as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub(in crate::stores) struct JurisdictionDraft {
    /// The short name.
    pub(in crate::stores) jurisdiction_id: String,
    /// Everything else.
    #[serde(flatten)]
    pub(in crate::stores) words: JurisdictionWords,
}

/// What may change of a jurisdiction.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub(in crate::stores) struct JurisdictionWords {
    /// Its name.
    pub(in crate::stores) name: String,
    /// Whether prices bear the tax.
    #[serde(default)]
    pub(in crate::stores) prices: PricesAre,
    /// What is rounded.
    #[serde(default)]
    pub(in crate::stores) rounding: TaxRounding,
    /// Its taxes, in the order receipts name them. A class of goods that none of them names keeps
    /// the catalogue's rate.
    #[serde(default)]
    pub(in crate::stores) taxes: Vec<Tax>,
}

/// A jurisdiction as a person types it: the taxes a line each.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
pub(in crate::stores) struct JurisdictionTyped {
    /// The short name; nothing where it is known.
    #[serde(default)]
    pub(in crate::stores) jurisdiction_id: String,
    pub(in crate::stores) name: String,
    pub(in crate::stores) prices: PricesAre,
    pub(in crate::stores) rounding: TaxRounding,
    pub(in crate::stores) taxes: String,
}

impl JurisdictionTyped {
    /// Reads what was typed.
    ///
    /// # Errors
    /// [`StoreRefused`] with every line that is no tax.
    pub(in crate::stores) fn read(self) -> Result<JurisdictionDraft, StoreRefused> {
        let mut check = Check::default();
        let lines = self.taxes.lines().map(str::trim);
        let lines = lines.filter(|line| !line.is_empty());
        let taxes = lines.filter_map(|line| check.parsed(line.parse::<Tax>(), "taxes"));
        let words = JurisdictionWords {
            name: self.name,
            prices: self.prices,
            rounding: self.rounding,
            taxes: taxes.collect(),
        };
        match check.0.is_empty() {
            true => Ok(JurisdictionDraft {
                jurisdiction_id: self.jurisdiction_id,
                words,
            }),
            false => Err(StoreRefused(check.0)),
        }
    }
}

impl JurisdictionWords {
    /// Returns a jurisdiction as it is, as it would have been asked for.
    #[must_use]
    pub(in crate::stores) fn of(jurisdiction: &Jurisdiction) -> Self {
        Self {
            name: jurisdiction.name.clone(),
            prices: jurisdiction.taxation.prices,
            rounding: jurisdiction.taxation.rounding,
            taxes: jurisdiction.taxes.clone(),
        }
    }

    /// Returns the taxes as a person types them.
    #[must_use]
    pub(in crate::stores) fn typed_taxes(&self) -> String {
        let lines: Vec<String> = self.taxes.iter().map(ToString::to_string).collect();
        lines.join("\n")
    }
}

/// Tells whether a store is taxed there.
#[must_use]
pub(in crate::stores) fn taxes_store(
    jurisdiction_id: &JurisdictionId,
    store: &StoreIdentity,
) -> bool {
    let there = store.details.jurisdiction.as_ref();
    there.is_some_and(|there| there.jurisdiction_id == *jurisdiction_id)
}

/// Checks a new jurisdiction against the tax classes products may have.
///
/// # Errors
/// [`StoreRefused`] with every field that is wrong.
pub(in crate::stores) fn check_jurisdiction(
    draft: &JurisdictionDraft,
    classes: &[TaxClass],
) -> Result<Jurisdiction, StoreRefused> {
    let mut check = Check::default();
    let id = draft.jurisdiction_id.trim().parse::<JurisdictionId>();
    let id = check.parsed(id, "jurisdiction_id");
    let jurisdiction = check.jurisdiction(id, &draft.words, classes);
    jurisdiction.ok_or(StoreRefused(check.0))
}

/// Checks what a jurisdiction that is there shall be.
///
/// # Errors
/// [`StoreRefused`] with every field that is wrong.
pub(in crate::stores) fn check_jurisdiction_words(
    id: JurisdictionId,
    words: &JurisdictionWords,
    classes: &[TaxClass],
) -> Result<Jurisdiction, StoreRefused> {
    let mut check = Check::default();
    let jurisdiction = check.jurisdiction(Some(id), words, classes);
    jurisdiction.ok_or(StoreRefused(check.0))
}

/// Returns the names of the fields that differ, for the audit log.
#[must_use]
pub(in crate::stores) fn changed_jurisdiction_words(
    was: &Jurisdiction,
    words: &JurisdictionWords,
) -> String {
    differing(&JurisdictionWords::of(was), words)
}

impl Check {
    fn jurisdiction(
        &mut self,
        id: Option<JurisdictionId>,
        words: &JurisdictionWords,
        classes: &[TaxClass],
    ) -> Option<Jurisdiction> {
        let name = self.line(&words.name, "name");
        self.that(name.is_some(), "name", "a jurisdiction has a name");
        self.that(
            words.taxes.len() <= TAXES_MAX,
            "taxes",
            format!("a jurisdiction has at most {TAXES_MAX} taxes"),
        );
        let jurisdiction = Jurisdiction {
            jurisdiction_id: id?,
            name: name?,
            taxation: Taxation {
                prices: words.prices,
                rounding: words.rounding,
            },
            taxes: words.taxes.clone(),
        };
        if let Some(wrong) = unknown_class(&jurisdiction, classes) {
            self.0.push(wrong);
        }
        self.parsed(jurisdiction.check(), "taxes");
        self.0.is_empty().then_some(jurisdiction)
    }

    /// Finds the jurisdiction a store's form names.
    pub(super) fn taxed_in<'a>(
        &mut self,
        typed: &str,
        all: &'a [Jurisdiction],
    ) -> Option<&'a Jurisdiction> {
        let typed = typed.trim();
        let found = all.iter().find(|it| it.jurisdiction_id.as_str() == typed);
        self.that(
            found.is_some() || typed.is_empty(),
            "jurisdiction",
            format!("there is no jurisdiction called {typed}: add it first"),
        );
        found
    }
}

/// A class that no product can have would be a tax that is never levied.
fn unknown_class(jurisdiction: &Jurisdiction, classes: &[TaxClass]) -> Option<Wrong> {
    let named = jurisdiction.classes().into_iter();
    let mut unknown = named.filter(|class| classes.iter().all(|known| known.id != *class));
    let class = unknown.next()?;
    let known: Vec<&str> = classes.iter().map(|class| &*class.id).collect();
    let known = known.join(", ");
    Some(Wrong {
        field: "taxes",
        sentence: format!("there is no tax class '{class}': the catalogue has {known}"),
    })
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::catalog::TaxClass;
    use counterpart_protocol::tax::{PricesAre, Rate, TaxRounding};

    use super::{JurisdictionTyped, JurisdictionWords, check_jurisdiction};
    use crate::stores::rules::StoreRefused;

    fn typed(taxes: &str) -> JurisdictionTyped {
        JurisdictionTyped {
            jurisdiction_id: "nyc".to_owned(),
            name: "New York City".to_owned(),
            prices: PricesAre::BeforeTax,
            rounding: TaxRounding::Total,
            taxes: taxes.to_owned(),
        }
    }

    fn checked(typed: JurisdictionTyped) -> Result<JurisdictionWords, StoreRefused> {
        let class = |id: &str| TaxClass {
            id: id.to_owned(),
            name: id.to_owned(),
            rate: Rate(0),
        };
        let classes = [class("general"), class("food")];
        let checked = check_jurisdiction(&typed.read()?, &classes)?;
        Ok(JurisdictionWords::of(&checked))
    }

    #[test]
    fn a_jurisdiction_reads_back_as_it_was_typed() {
        let taxes = "4 State: general\n4.5 City: general; from 2027-01-01\n0 None: food";
        let words = checked(typed(&format!("{taxes}\n\n"))).unwrap();
        assert_eq!(words.typed_taxes(), taxes);
        assert_eq!(words.prices, PricesAre::BeforeTax);
    }

    #[test]
    fn what_cannot_be_levied_is_said_at_the_taxes() {
        #[track_caller]
        fn check(taxes: &str, part: &str) {
            let StoreRefused(wrong) = checked(typed(taxes)).unwrap_err();
            assert!(wrong.iter().all(|it| it.field == "taxes"), "{wrong:?}");
            assert!(
                wrong.iter().any(|it| it.sentence.contains(part)),
                "{wrong:?}"
            );
        }
        check("four percent", "write its rate in percent");
        check("4 State: books", "the catalogue has general, food");
        check("400 State: food", "more than 100 %");
        let nameless = JurisdictionTyped {
            name: " ".to_owned(),
            ..typed("")
        };
        let StoreRefused(wrong) = checked(nameless).unwrap_err();
        assert_eq!(wrong[0].field, "name");
    }
}
