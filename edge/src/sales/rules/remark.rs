//! What somebody says of a line: a note that is printed, and who sold it.

use counterpart_protocol::ids::StaffId;

use super::basket::{Basket, BasketRefused};

/// Characters of a note: two lines of narrow paper.
const NOTE_CHARS_MAX: usize = 80;

/// What is said of a line; nothing takes back what was said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Remark {
    /// The note.
    pub note: Option<String>,
    /// Who sold it, where that is not who takes the money.
    pub sold_by: Option<StaffId>,
}

/// Why nothing is said of a line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RemarkRefused {
    /// The note is too long for a receipt.
    #[error("a note has at most 80 characters, and {0} were typed: say it in fewer words")]
    NoteTooLong(usize),
    /// Nobody of the store has this id.
    #[error("nobody of this store has this id: choose one of the list")]
    UnknownPerson,
    /// The line is not there.
    #[error(transparent)]
    Basket(#[from] BasketRefused),
}

impl Basket {
    /// Says something of a line.
    ///
    /// # Errors
    /// [`RemarkRefused`]; the basket is unchanged.
    pub(crate) fn remark(&mut self, line: u16, remark: Remark) -> Result<(), RemarkRefused> {
        let note = remark.note.map(|note| in_one_line(&note));
        let note = note.filter(|note| !note.is_empty());
        let length = note.as_ref().map_or(0, |note| note.chars().count());
        if length > NOTE_CHARS_MAX {
            return Err(RemarkRefused::NoteTooLong(length));
        }
        let found = self.standing(line)?;
        found.remarks.note = note;
        found.remarks.sold_by = remark.sold_by;
        Ok(())
    }
}

/// Writes a text without line breaks, other control characters and doubled blanks.
fn in_one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::ids::{SaleId, StaffId};

    use super::{Remark, RemarkRefused};
    use crate::sales::rules::{Basket, BasketRefused, tests::tee};

    fn basket() -> Basket {
        let mut basket = Basket::new(SaleId::from_parts(1, 1));
        basket.add(tee()).unwrap();
        basket
    }

    fn noted(note: &str) -> Remark {
        Remark {
            note: Some(note.to_owned()),
            sold_by: Some(StaffId::from_parts(1, 8)),
        }
    }

    #[test]
    fn what_is_said_of_a_line_stays_with_it_and_can_be_taken_back() {
        let mut basket = basket();
        basket.remark(1, noted(" to be\n shortened \u{7}")).unwrap();
        let remarks = &basket.lines[0].remarks;
        assert_eq!(remarks.note.as_deref(), Some("to be shortened"));
        assert_eq!(remarks.sold_by, Some(StaffId::from_parts(1, 8)));
        // One more of the same is another line: the note is not about it.
        assert_eq!(basket.add(tee()), Ok(2));
        basket.remark(1, Remark::default()).unwrap();
        assert!(basket.lines[0].remarks.is_empty());
    }

    #[test]
    fn a_note_fits_the_paper_and_its_line_is_there() {
        let mut basket = basket();
        basket.remark(1, noted(&"é".repeat(80))).unwrap();
        let before = basket.clone();
        assert_eq!(
            basket.remark(1, noted(&"x".repeat(81))),
            Err(RemarkRefused::NoteTooLong(81))
        );
        assert_eq!(
            basket.remark(7, Remark::default()),
            Err(BasketRefused::NoSuchLine { line: 7 }.into())
        );
        assert_eq!(basket, before);
    }
}
