//! Decides what a group of customers may be.

use counterpart_protocol::customers::CustomerGroup;
use counterpart_protocol::ids::{GroupId, IdRefused};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Wrong, one_line};

/// Characters of a group's name: what a line of a receipt of 32 columns takes.
const NAME_CHARS_MAX: usize = 32;

/// A group as a person asks for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CustomerGroupDraft)]
pub(in crate::customers) struct GroupDraft {
    /// Its short name, given once; a group that has it is changed.
    #[schema(example = "members")]
    pub id: String,
    /// Its name on screens and receipts.
    pub name: String,
    /// Whether whoever joins at a till belongs to it: no other group does then.
    #[serde(default)]
    pub joined_at_tills: bool,
}

/// Checks a group.
///
/// # Errors
/// Everything that is wrong, at once.
pub(in crate::customers) fn check_group(draft: &GroupDraft) -> Result<CustomerGroup, Vec<Wrong>> {
    let mut wrong = Vec::new();
    let id = draft.id.trim().parse::<GroupId>();
    let id = id.map_err(|refused: IdRefused| {
        wrong.push(Wrong {
            field: "id",
            sentence: refused.to_string(),
        });
    });
    let name = one_line(&draft.name);
    if !(1..=NAME_CHARS_MAX).contains(&name.chars().count()) {
        let sentence = format!("a group's name has 1 to {NAME_CHARS_MAX} characters");
        wrong.push(Wrong {
            field: "name",
            sentence,
        });
    }
    match id {
        Ok(id) if wrong.is_empty() => Ok(CustomerGroup {
            id,
            name,
            joined_at_tills: draft.joined_at_tills,
        }),
        Ok(_) | Err(()) => Err(wrong),
    }
}

#[cfg(test)]
mod tests {
    use super::{GroupDraft, check_group};

    #[test]
    fn a_group_has_a_short_name_and_one_for_receipts() {
        let draft = |id: &str, name: &str| GroupDraft {
            id: id.to_owned(),
            name: name.to_owned(),
            joined_at_tills: true,
        };
        let group = check_group(&draft(" members ", " The\tmembers ")).unwrap();
        assert_eq!(
            (group.id.as_str(), &*group.name, group.joined_at_tills),
            ("members", "The members", true)
        );
        let wrong = check_group(&draft("Members!", &"x".repeat(33))).unwrap_err();
        let fields: Vec<&str> = wrong.iter().map(|wrong| wrong.field).collect();
        assert_eq!(fields, ["id", "name"]);
    }
}
