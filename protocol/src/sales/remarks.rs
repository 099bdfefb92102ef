//! What else is said of a line of a sale: a note, who sold it, who saw the customer's age, what it
//! goes with, which code had to be sold by its department as the catalogue does not know it, and
//! who approved that units went which others may have been promised.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{PromisedSold, SaleLine};
use crate::catalog::Traced;
use crate::ids::{Sku, StaffId};
use crate::stored::{STORED_SKU, StoredSold};

/// What the SKU of every line that was sold by its department begins with. Such a line moves no
/// stock, and no product may have such an SKU.
pub const DEPARTMENT_PREFIX: &str = "DEPARTMENT/";

/// What else is said of a line. Since version 0.1.0, field 8 of a line; a line of which there is
/// nothing to say has none.
#[derive(
    Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Encode, Decode, ToSchema,
)]
#[cbor(map)]
#[serde(default)]
pub struct LineRemarks {
    /// That it was sold by its department, and for which code.
    #[n(0)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_department: Option<ByDepartment>,
    /// What somebody noted, as printed.
    #[n(1)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Who sold it, where that is not who took the money.
    #[n(2)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sold_by: Option<StaffId>,
    /// From which age it is sold, and who saw that the customer is old enough.
    #[n(3)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age: Option<AgeAsked>,
    /// The line it goes with: a deposit is bought and comes back with its goods.
    #[n(4)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub goes_with: Option<u16>,
    /// That it puts money on a gift card. Since version 0.1.0.
    #[n(5)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stored: Option<StoredSold>,
    /// That it took units which were not this store's own to sell. Since version 0.1.0.
    #[n(6)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promised: Option<PromisedSold>,
    /// Which serial number or lot it is. Since version 0.1.0.
    #[n(7)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub traced: Option<TracedAs>,
}

/// Which serial number or lot a line is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode, ToSchema)]
#[cbor(map)]
pub struct TracedAs {
    /// Which of both.
    #[n(0)]
    pub traced: Traced,
    /// The number; a sale is not paid before somebody read it.
    #[n(1)]
    pub number: Option<String>,
}

/// An age a customer must have for a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode, ToSchema)]
#[cbor(map)]
pub struct AgeAsked {
    /// The age, in years.
    #[n(0)]
    pub years: u8,
    /// Who saw that the customer is old enough; a sale is not paid before somebody did.
    #[n(1)]
    pub confirmed_by: Option<StaffId>,
}

/// A line that was sold by its department because the catalogue did not know the goods: somebody
/// has to put them in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode, ToSchema)]
#[cbor(map)]
pub struct ByDepartment {
    /// The department, as the catalogue calls it.
    #[n(0)]
    pub department: String,
    /// What was scanned or typed; nothing where the goods bear no code.
    #[n(1)]
    pub code: Option<String>,
    /// Who approved the price, where it was beyond what the person may do alone.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<StaffId>,
}

impl LineRemarks {
    /// Tells whether there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Tells whether nothing sets the line apart from another piece of the same goods: an age is
    /// asked for all of them, and so is whether they are this store's to sell.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        let Self {
            by_department,
            note,
            sold_by,
            age: _,
            goes_with,
            stored,
            traced,
            promised: _,
        } = self;
        let is_said = by_department.is_some() || note.is_some() || sold_by.is_some();
        !is_said && goes_with.is_none() && stored.is_none() && traced.is_none()
    }
}

impl SaleLine {
    /// Returns that and why the line was sold by its department, if it was.
    #[must_use]
    pub fn by_department(&self) -> Option<&ByDepartment> {
        self.remarks.as_ref()?.by_department.as_ref()
    }
}

impl Sku {
    /// Returns what stands in the place of an SKU on a line that was sold by its department: the
    /// prefix and as much of its name as fits, blanks as hyphens.
    ///
    /// # Panics
    /// Never: what is made is an SKU.
    #[must_use]
    pub fn of_department(name: &str) -> Self {
        let fits = |c: char| !c.is_control();
        let hyphened = |c: char| if c.is_whitespace() { '-' } else { c };
        let mut text = DEPARTMENT_PREFIX.to_owned();
        text.extend(name.trim().chars().filter(|c| fits(*c)).map(hyphened));
        let text: String = text.chars().take(40).collect();
        text.parse()
            .expect("11 to 40 characters, no blank and no control character among them")
    }

    /// Returns what stands in the place of an SKU on a line that puts money on a gift card.
    ///
    /// # Panics
    /// Never: it is an SKU.
    #[must_use]
    pub fn of_stored_value() -> Self {
        STORED_SKU.parse().expect("twelve printable characters")
    }

    /// Tells whether it is money on a gift card.
    #[must_use]
    pub fn is_stored_value(&self) -> bool {
        self.as_str() == STORED_SKU
    }

    /// Tells whether it is goods that are counted: neither sold by a department nor money.
    #[must_use]
    pub fn is_goods(&self) -> bool {
        !self.is_department() && !self.is_stored_value()
    }

    /// Tells whether it stands for a department and not for goods that are counted.
    #[must_use]
    pub fn is_department(&self) -> bool {
        self.as_str().starts_with(DEPARTMENT_PREFIX)
    }
}

#[cfg(test)]
mod tests {
    use super::{AgeAsked, ByDepartment, LineRemarks, TracedAs};
    use crate::catalog::Traced;
    use crate::ids::{Sku, StaffId};
    use crate::quantity::Milli;
    use crate::sales::PromisedSold;

    #[test]
    fn a_department_has_a_name_that_is_no_products() {
        #[track_caller]
        fn check(name: &str, expected: &str) {
            let sku = Sku::of_department(name);
            assert_eq!(sku.as_str(), expected);
            assert!(sku.is_department());
            assert_eq!(sku.as_str().parse(), Ok(sku.clone()));
        }
        check("Bakery", "DEPARTMENT/Bakery");
        check(" Fruit &\u{7} veg ", "DEPARTMENT/Fruit-&-veg");
        check("", "DEPARTMENT/");
        check(&"é".repeat(60), &format!("DEPARTMENT/{}", "é".repeat(29)));
        assert!(!"BAKERY".parse::<Sku>().unwrap().is_department());
    }

    #[test]
    fn remarks_travel_and_read_back_from_json() {
        let remarks = LineRemarks {
            by_department: Some(ByDepartment {
                department: "Bakery".to_owned(),
                code: Some("4012345678901".to_owned()),
                approved_by: None,
            }),
            note: Some("sliced".to_owned()),
            sold_by: Some(StaffId::from_parts(1, 7)),
            age: Some(AgeAsked {
                years: 18,
                confirmed_by: Some(StaffId::from_parts(1, 7)),
            }),
            goes_with: Some(1),
            stored: None,
            traced: Some(TracedAs {
                traced: Traced::Serial,
                number: Some("SN-1".to_owned()),
            }),
            promised: Some(PromisedSold {
                quantity_milli: Milli::units(2),
                by: StaffId::from_parts(1, 7),
                approved_by: Some(StaffId::from_parts(1, 9)),
                on_hand_milli: Milli::units(3),
                own_milli: Milli::ONE,
            }),
        };
        let bytes = minicbor::to_vec(&remarks).unwrap();
        assert_eq!(minicbor::decode::<LineRemarks>(&bytes).unwrap(), remarks);
        let json = serde_json::to_string(&remarks).unwrap();
        assert_eq!(serde_json::from_str::<LineRemarks>(&json).unwrap(), remarks);
        assert_eq!(
            serde_json::to_string(&LineRemarks::default()).unwrap(),
            "{}"
        );
        assert!(LineRemarks::default().is_empty());
    }
}
