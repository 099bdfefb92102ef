//! Which permissions can be published: nothing may be left to nobody, and no store may be kept from
//! selling on and closing its day.

use std::collections::BTreeSet;

use counterpart_protocol::policies::{Operation, Permission, PermissionRule, Permissions};
use counterpart_protocol::staff::Role;

use super::words::{operation_words, permission_words};
use super::{PolicyRefused, refused};

/// The field of the page that is wrong, and of the API.
const FIELD: &str = "permissions";

pub(super) fn check(permissions: &Permissions) -> Result<(), PolicyRefused> {
    let mut seen = BTreeSet::new();
    for rule in &permissions.rules {
        let word = &rule.operation;
        let Some(operation) = Operation::read(word) else {
            return Err(refused(FIELD, format!("there is no operation '{word}'")));
        };
        if !seen.insert(operation) {
            return Err(refused(FIELD, format!("'{word}' is decided twice")));
        }
        check_rule(operation, rule)?;
    }
    Ok(())
}

fn check_rule(operation: Operation, rule: &PermissionRule) -> Result<(), PolicyRefused> {
    let what = operation_words(operation);
    if operation.is_vital() && rule.manager != Permission::Alone {
        let sentence = format!(
            "'{what}': a manager always may alone, because a store could not sell on or close its \
             day without it"
        );
        return Err(refused(FIELD, sentence));
    }
    if rule.manager == Permission::Never {
        let sentence = format!(
            "'{what}': nobody could do it, nor approve it: let a manager do it alone, or with \
             another one"
        );
        return Err(refused(FIELD, sentence));
    }
    match rule.associate > rule.manager {
        true => Err(refused(
            FIELD,
            format!("'{what}': nobody may do more alone than a manager may"),
        )),
        false => Ok(()),
    }
}

/// Returns what needs two managers.
pub(in crate::policies) fn for_two(permissions: &Permissions) -> Option<&'static str> {
    let all = Operation::ALL.iter();
    let mut two = all.filter(|it| permissions.of(**it, Role::Manager) == Permission::WithManager);
    two.next().map(|operation| operation_words(*operation))
}

/// Returns that an operation needs two managers where one works.
pub(in crate::policies) fn too_few(what: &str, store: &str) -> PolicyRefused {
    let sentence = format!(
        "'{what}' would need two managers, and {store} has fewer: nobody could do it there"
    );
    refused(FIELD, sentence)
}

/// Says what is different between permissions, a line an operation and role.
pub(in crate::policies) fn differences(before: &Permissions, after: &Permissions) -> Vec<String> {
    let roles = [
        (Role::Associate, "an associate"),
        (Role::Manager, "a manager"),
    ];
    let each = Operation::ALL.iter().flat_map(|operation| {
        let of = |it: &Permissions, role| permission_words(it.of(*operation, role));
        roles.into_iter().filter_map(move |(role, who)| {
            let (was, is) = (of(before, role), of(after, role));
            let what = operation_words(*operation);
            (was != is).then(|| format!("{what}: {who} {is} (was: {was})"))
        })
    });
    each.collect()
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::policies::{Operation, Permission, PermissionRule, Permissions};

    use super::{check, differences, for_two};

    fn said(operation: &str, associate: Permission, manager: Permission) -> Permissions {
        let operation = operation.to_owned();
        Permissions {
            rules: vec![PermissionRule {
                operation,
                associate,
                manager,
            }],
        }
    }

    #[test]
    fn nothing_is_left_to_nobody_and_no_store_is_kept_from_closing_its_day() {
        #[track_caller]
        fn tried(permissions: &Permissions, part: Option<&str>) {
            let refused = check(permissions).err().map(|refused| refused.sentence);
            match (refused, part) {
                (None, None) => {}
                (Some(sentence), Some(part)) => assert!(sentence.contains(part), "{sentence}"),
                (refused, part) => panic!("{refused:?} instead of {part:?}"),
            }
        }
        let (never, needs, alone) = (
            Permission::Never,
            Permission::WithManager,
            Permission::Alone,
        );
        tried(&Permissions::default(), None);
        tried(&said("void_line", needs, alone), None);
        tried(&said("close_till", never, alone), None);
        tried(&said("no_sale", never, needs), None);
        tried(&said("close_till", needs, needs), Some("close its day"));
        tried(&said("open_till", never, never), Some("close its day"));
        tried(&said("no_sale", never, never), Some("nobody could do it"));
        tried(&said("no_sale", alone, needs), Some("nobody may do more"));
        tried(
            &said("fly", never, alone),
            Some("there is no operation 'fly'"),
        );
        let mut twice = said("no_sale", never, alone);
        twice.rules.push(twice.rules[0].clone());
        tried(&twice, Some("decided twice"));
    }

    #[test]
    fn what_changed_is_said_line_by_line() {
        let (before, mut after) = (Permissions::default(), Permissions::default());
        assert_eq!(differences(&before, &after), Vec::<String>::new());
        assert_eq!(for_two(&after), None);
        let (needs, never) = (Permission::WithManager, Permission::Never);
        after.set(Operation::VoidLine, needs, Permission::Alone);
        after.set(Operation::NoSale, never, needs);
        let lines = [
            "Take a line out, or some of it: an associate with a manager (was: alone)",
            "Open the drawer for no sale: an associate not at all (was: alone)",
            "Open the drawer for no sale: a manager with a manager (was: alone)",
        ];
        assert_eq!(differences(&before, &after), lines);
        assert_eq!(for_two(&after), Some("Open the drawer for no sale"));
    }
}
