//! Coupons as values of application identifiers: whether one is made right, not what it is worth.
//!
//! Rules: GS1 North American Coupon Application Guideline (AI 8110); GS1 General Specifications,
//! section 3.9.11 (AI 8112).

/// Takes fields off the front of a coupon; nothing once there are too few digits.
struct Fields<'a>(&'a str);

impl<'a> Fields<'a> {
    fn take(&mut self, count: usize) -> Option<&'a str> {
        let (field, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        field
            .bytes()
            .all(|byte| byte.is_ascii_digit())
            .then_some(field)
    }

    fn digit(&mut self, allowed: &str) -> Option<usize> {
        let digit = self.take(1)?;
        allowed.contains(digit).then(|| digit.parse().ok())?
    }

    /// A field of `least` digits and as many more as the digit before it says.
    fn sized(&mut self, allowed: &str, least: usize) -> Option<&'a str> {
        let more = self.digit(allowed)?;
        self.take(least + more)
    }

    fn date(&mut self) -> Option<()> {
        super::lint::Lint::Yymmdd
            .passes(self.take(6)?)
            .then_some(())
    }

    /// How much must be bought: amount, its code, and the family of goods.
    fn requirement(&mut self) -> Option<()> {
        self.sized("12345", 0)?;
        self.digit("012349")?;
        self.take(3)?;
        Some(())
    }

    /// A second or third company; 9 says that it is the first one.
    fn other_company(&mut self) -> Option<()> {
        match self.digit("01234569")? {
            9 => Some(()),
            more => self.take(6 + more).map(|_| ()),
        }
    }
}

/// Tells whether a value of AI 8110 is made right.
pub(super) fn is_north_american(text: &str) -> bool {
    north_american(Fields(text)).is_some()
}

/// Tells whether a value of AI 8112 is made right.
pub(super) fn is_positive_offer(text: &str) -> bool {
    positive_offer(Fields(text)).is_some()
}

fn north_american(mut fields: Fields<'_>) -> Option<()> {
    fields.sized("0123456", 6)?;
    fields.take(6)?;
    fields.sized("12345", 0)?;
    fields.requirement()?;
    let mut before = 0;
    while !fields.0.is_empty() {
        let field = fields.digit("1234569")?;
        if field <= before {
            return None;
        }
        before = field;
        match field {
            1 => {
                fields.digit("0123")?;
                fields.requirement()?;
                fields.other_company()?;
            }
            2 => {
                fields.requirement()?;
                fields.other_company()?;
            }
            3 | 4 => fields.date()?,
            5 => {
                fields.sized("0123456789", 6)?;
            }
            6 => {
                fields.sized("1234567", 6)?;
            }
            _ => {
                fields.digit("01256")?;
                fields.digit("012")?;
                fields.take(1)?;
                fields.digit("01")?;
            }
        }
    }
    Some(())
}

fn positive_offer(mut fields: Fields<'_>) -> Option<()> {
    fields.digit("01")?;
    fields.sized("0123456", 6)?;
    fields.take(6)?;
    fields.sized("0123456789", 6)?;
    fields.0.is_empty().then_some(())
}

#[cfg(test)]
mod tests {
    use super::{is_north_american, is_positive_offer};

    #[test]
    fn a_north_american_coupon_has_its_fields_in_order() {
        // Company 0614141 (7 digits), offer 890123, save 1.00, buy 1 of family 000.
        let plain = "106141418901233100110000";
        assert!(is_north_american(plain));
        assert!(is_north_american(&format!("{plain}3261231")));
        assert!(is_north_american(&format!("{plain}32612314260101")));
        assert!(is_north_american(&format!("{plain}50123456")));
        assert!(is_north_american(&format!("{plain}10110000{}", "9")));
        assert!(is_north_american(&format!("{plain}90101")));
        // Fields out of order, a day that never was, cut short, letters.
        assert!(!is_north_american(&format!("{plain}42601013261231")));
        assert!(!is_north_american(&format!("{plain}3261331")));
        assert!(!is_north_american(&format!("{plain}326123")));
        assert!(!is_north_american(&plain[..20]));
        assert!(!is_north_american("X06141418901233100110000"));
        assert!(!is_north_american(""));
    }

    #[test]
    fn a_positive_offer_file_coupon_has_funder_offer_and_serial() {
        let coupon = "010614141123456000000001";
        let right = &coupon[..22];
        assert!(is_positive_offer(right), "{right}");
        assert!(!is_positive_offer(&format!("{right}1")));
        assert!(!is_positive_offer(&right[..21]));
        assert!(!is_positive_offer(&format!("2{}", &right[1..])));
    }
}
