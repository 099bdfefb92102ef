//! Decides what may be changed about a store that is there already, and what its details may be.

use counterpart_protocol::enrolment::StoreIdentity;
use counterpart_protocol::entities::{NumberPrefix, is_country};
use counterpart_protocol::stores::{Address, DayEnd, GeoPoint, OpeningHours, Span, StoreDetails};
use counterpart_protocol::tax::Jurisdiction;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Check, Entity, RECEIPT_COLUMNS, StoreDraft, StoreRefused, ZoneKnown, check_store, optional,
};

/// The fields of opening hours, Monday first.
pub(in crate::stores) const HOURS_FIELDS: [&str; 7] = [
    "hours_monday",
    "hours_tuesday",
    "hours_wednesday",
    "hours_thursday",
    "hours_friday",
    "hours_saturday",
    "hours_sunday",
];
const CLOSED: &str = "closed";
/// A fortnight, in minutes.
const PROMISE_MINUTES_MAX: u32 = 14 * 24 * 60;

/// A store as a person changed it: everything but what never changes, its short name and currency.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct StoreChange {
    /// The name.
    pub name: String,
    /// The address as receipts print it, a line each.
    pub address: String,
    /// The time zone's IANA name.
    pub time_zone: String,
    /// The tax number, or nothing.
    pub tax_number: String,
    /// The language tag.
    pub locale: String,
    /// What stands at the foot of receipts, or nothing.
    pub receipt_footer: String,
    /// The short name of the company that runs it, or nothing.
    pub entity: String,
    /// What the numbers of its papers begin with, if not as its company's do.
    pub number_prefix: String,
    /// The short name of the jurisdiction it is taxed in, or nothing.
    pub jurisdiction: String,
    /// Street and number.
    pub street: String,
    /// Postal code.
    pub postal_code: String,
    /// Town.
    pub town: String,
    /// Country, two letters.
    pub country: String,
    /// Where it is: degrees north, degrees east.
    pub point: String,
    /// Its telephone number.
    pub phone: String,
    /// When it is open, such as 09:00-18:30, or closed.
    pub hours_monday: String,
    /// The same.
    pub hours_tuesday: String,
    /// The same.
    pub hours_wednesday: String,
    /// The same.
    pub hours_thursday: String,
    /// The same.
    pub hours_friday: String,
    /// The same.
    pub hours_saturday: String,
    /// The same.
    pub hours_sunday: String,
    /// Its own pickup promise in minutes, or nothing.
    pub pickup_promise_minutes: String,
    /// When its business day ends, such as 03:00.
    pub day_end: String,
    /// The name its neighbours share.
    pub neighbour_group: String,
}

impl StoreChange {
    /// Returns the opening hours as typed, Monday first.
    fn hours(&self) -> [&str; 7] {
        [
            &self.hours_monday,
            &self.hours_tuesday,
            &self.hours_wednesday,
            &self.hours_thursday,
            &self.hours_friday,
            &self.hours_saturday,
            &self.hours_sunday,
        ]
    }

    /// Returns a store as it is, as a person would have typed it.
    #[must_use]
    pub fn of(store: &StoreIdentity) -> Self {
        let details = &store.details;
        let or_nothing = |text: &Option<String>| text.clone().unwrap_or_default();
        let entity = details.entity.as_ref();
        let address = details.address.clone();
        let [
            monday,
            tuesday,
            wednesday,
            thursday,
            friday,
            saturday,
            sunday,
        ] = typed_hours(&details.hours);
        let part = |read: fn(Address) -> String| address.clone().map(read).unwrap_or_default();
        Self {
            name: store.name.clone(),
            address: store.address_lines.join("\n"),
            time_zone: store.time_zone.clone(),
            tax_number: or_nothing(&store.tax_number),
            locale: store.locale.clone(),
            receipt_footer: or_nothing(&store.receipt_footer),
            entity: entity
                .and_then(|it| it.entity_id.as_ref())
                .map(ToString::to_string)
                .unwrap_or_default(),
            number_prefix: details
                .number_prefix
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            jurisdiction: details
                .jurisdiction
                .as_ref()
                .map(|it| it.jurisdiction_id.to_string())
                .unwrap_or_default(),
            street: part(|it| it.street),
            postal_code: part(|it| it.postal_code),
            town: part(|it| it.town),
            country: part(|it| it.country),
            point: details.point.map(|it| it.to_string()).unwrap_or_default(),
            phone: or_nothing(&details.phone),
            hours_monday: monday,
            hours_tuesday: tuesday,
            hours_wednesday: wednesday,
            hours_thursday: thursday,
            hours_friday: friday,
            hours_saturday: saturday,
            hours_sunday: sunday,
            pickup_promise_minutes: details
                .pickup_promise_minutes
                .map(|it| it.to_string())
                .unwrap_or_default(),
            day_end: details.day_end.to_string(),
            neighbour_group: or_nothing(&details.neighbour_group),
        }
    }
}

fn typed_hours(hours: &OpeningHours) -> [String; 7] {
    std::array::from_fn(|day| match hours.days.get(day) {
        Some(Some(span)) => span.to_string(),
        Some(None) => CLOSED.to_owned(),
        None => String::new(),
    })
}

/// Checks a changed store against what it was: the short name and the currency stay.
///
/// # Errors
/// [`StoreRefused`] with every field that is wrong.
pub(in crate::stores) fn check_change(
    known: &StoreIdentity,
    change: &StoreChange,
    zone_known: ZoneKnown,
    companies: &[Entity],
    jurisdictions: &[Jurisdiction],
) -> Result<StoreIdentity, StoreRefused> {
    let draft = StoreDraft {
        store_id: known.store_id.to_string(),
        name: change.name.clone(),
        address: change.address.clone(),
        currency: known.currency.code().to_owned(),
        time_zone: change.time_zone.clone(),
        tax_number: change.tax_number.clone(),
        locale: change.locale.clone(),
        receipt_footer: change.receipt_footer.clone(),
        entity: String::new(),
    };
    let (identity, mut wrong) = match check_store(&draft, zone_known, None, &[]) {
        Ok(identity) => (Some(identity), Vec::new()),
        Err(StoreRefused(wrong)) => (None, wrong),
    };
    let mut check = Check::default();
    let details = check.details(change, companies, jurisdictions);
    wrong.extend(check.0);
    match identity {
        Some(identity) if wrong.is_empty() => Ok(StoreIdentity {
            details,
            ..identity
        }),
        _ => Err(StoreRefused(wrong)),
    }
}

impl Check {
    fn details(
        &mut self,
        change: &StoreChange,
        companies: &[Entity],
        jurisdictions: &[Jurisdiction],
    ) -> StoreDetails {
        let entity = self.company(&change.entity, companies);
        let address = self.address(change);
        let country = address.as_ref().map(|address| &*address.country);
        StoreDetails {
            entity: entity.map(|entity| entity.told(country)),
            number_prefix: self.prefix(&change.number_prefix),
            address,
            point: self.given(&change.point, "point", str::parse::<GeoPoint>),
            phone: self.line(&change.phone, "phone"),
            hours: self.opening(change),
            pickup_promise_minutes: self.promise(&change.pickup_promise_minutes),
            day_end: self
                .given(&change.day_end, "day_end", str::parse::<DayEnd>)
                .unwrap_or_default(),
            neighbour_group: self.line(&change.neighbour_group, "neighbour_group"),
            jurisdiction: self.taxed_in(&change.jurisdiction, jurisdictions).cloned(),
        }
    }

    /// Reads what was typed, if anything was.
    fn given<T, E: std::fmt::Display>(
        &mut self,
        text: &str,
        field: &'static str,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        self.parsed(read(text), field)
    }

    /// Takes a line that fits a receipt.
    pub(super) fn line(&mut self, text: &str, field: &'static str) -> Option<String> {
        let text = optional(text)?;
        let fits = text.chars().count() <= RECEIPT_COLUMNS && !text.contains(['\r', '\n']);
        self.that(
            fits,
            field,
            format!("one line of at most {RECEIPT_COLUMNS} characters"),
        );
        Some(text)
    }

    /// Takes what numbers of papers begin with.
    pub(super) fn prefix(&mut self, text: &str) -> Option<NumberPrefix> {
        self.given(text, "number_prefix", str::parse::<NumberPrefix>)
    }

    fn address(&mut self, change: &StoreChange) -> Option<Address> {
        let country = change.country.trim();
        let parts = [
            (&change.street, "street"),
            (&change.postal_code, "postal_code"),
            (&change.town, "town"),
        ];
        if country.is_empty() && parts.iter().all(|(text, _)| text.trim().is_empty()) {
            return None;
        }
        self.that(
            is_country(country),
            "country",
            "a country is two capital letters, such as BE",
        );
        let [street, postal_code, town] = parts.map(|(text, field)| {
            self.that(
                !text.trim().is_empty(),
                field,
                "an address has street, postal code, town and country, or nothing of it",
            );
            self.line(text, field).unwrap_or_default()
        });
        Some(Address {
            street,
            postal_code,
            town,
            country: country.to_owned(),
        })
    }

    fn opening(&mut self, change: &StoreChange) -> OpeningHours {
        let typed = change.hours();
        if typed.iter().all(|text| text.trim().is_empty()) {
            return OpeningHours::default();
        }
        let days = typed
            .into_iter()
            .zip(HOURS_FIELDS)
            .map(|(text, field)| match text.trim() {
                "" | CLOSED => None,
                text => self.parsed(text.parse::<Span>(), field),
            });
        OpeningHours {
            days: days.collect(),
        }
    }

    fn promise(&mut self, text: &str) -> Option<u32> {
        let minutes = self.given(text, "pickup_promise_minutes", |text| {
            text.parse::<u32>()
                .map_err(|_| format!("'{text}' is no number of minutes"))
        })?;
        self.that(
            (1..=PROMISE_MINUTES_MAX).contains(&minutes),
            "pickup_promise_minutes",
            format!("1 to {PROMISE_MINUTES_MAX} minutes"),
        );
        Some(minutes)
    }
}

/// Returns the names of the fields that differ, for the audit log.
#[must_use]
pub(in crate::stores) fn changed_words(was: &StoreIdentity, change: &StoreChange) -> String {
    differing(&StoreChange::of(was), change)
}

/// Returns the names of the fields in which two forms of one kind differ.
pub(super) fn differing<T: Serialize>(was: &T, is: &T) -> String {
    let json = |form: &T| serde_json::to_value(form).unwrap_or_default();
    let (was, is) = (json(was), json(is));
    let fields = was.as_object().into_iter().flatten();
    let changed: Vec<&str> = fields
        .filter(|(field, value)| is.get(field.as_str()) != Some(*value))
        .map(|(field, _)| field.as_str())
        .collect();
    changed.join(", ")
}

#[cfg(test)]
mod tests;
