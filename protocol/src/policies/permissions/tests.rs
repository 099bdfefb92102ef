//! Stories of who may do what.

use std::collections::BTreeSet;

use super::{Operation, Permission, PermissionRule, Permissions};
use crate::ids::StaffId;
use crate::policies::Policies;
use crate::staff::{Member, Role};

fn member(role: Role, may: &[&str]) -> Member {
    Member {
        id: StaffId::from_parts(1, 1),
        name: "somebody".to_owned(),
        role,
        pin_hash: String::new(),
        badges: crate::badges::Badges::default(),
        may: may.iter().map(|word| (*word).to_owned()).collect(),
    }
}

#[test]
fn every_operation_has_a_word_of_its_own() {
    let words: BTreeSet<&str> = Operation::ALL.iter().map(|it| it.word()).collect();
    assert_eq!(words.len(), Operation::ALL.len());
    for operation in Operation::ALL {
        let plain = |c: char| c.is_ascii_lowercase() || c == '_';
        assert!(operation.word().chars().all(plain), "{operation:?}");
        assert_eq!(Operation::read(operation.word()), Some(*operation));
    }
    assert_eq!(Operation::read("fly"), None);
}

#[test]
fn where_nothing_is_said_a_manager_does_everything_and_an_associate_what_is_usual() {
    let usual = Permissions::default();
    for operation in Operation::ALL {
        assert_eq!(usual.of(*operation, Role::Manager), Permission::Alone);
    }
    let needs = |it: &&Operation| usual.of(**it, Role::Associate) == Permission::WithManager;
    let words: Vec<&str> = Operation::ALL
        .iter()
        .filter(needs)
        .map(|it| it.word())
        .collect();
    let asked_for_today = [
        "exempt_tax",
        "promised_goods",
        "settle_card",
        "paid_out",
        "x_report",
        "safe_float",
        "bank_drop",
        "safe_count",
        "hand_over_by_document",
        "stock_adjustment",
        "readmit_record",
    ];
    assert_eq!(words, asked_for_today);
    let never = |it: &&Operation| usual.of(**it, Role::Associate) == Permission::Never;
    let words: Vec<&str> = Operation::ALL
        .iter()
        .filter(never)
        .map(|it| it.word())
        .collect();
    assert_eq!(words, ["set_up_devices", "training_anew"]);
}

#[test]
fn nothing_that_is_said_keeps_a_manager_from_what_a_store_stands_still_without() {
    let rule = |operation: Operation| PermissionRule {
        operation: operation.word().to_owned(),
        associate: Permission::Never,
        manager: Permission::Never,
    };
    let wrong = Permissions {
        rules: Operation::ALL.iter().map(|it| rule(*it)).collect(),
    };
    for operation in Operation::ALL {
        let least = match operation.is_vital() {
            true => Permission::Alone,
            false => Permission::WithManager,
        };
        assert_eq!(wrong.of(*operation, Role::Manager), least, "{operation:?}");
        assert_eq!(wrong.of(*operation, Role::Associate), Permission::Never);
    }
}

#[test]
fn a_person_given_an_operation_does_it_alone_and_nothing_else() {
    let mut said = Permissions::default();
    said.set(
        Operation::VoidLine,
        Permission::WithManager,
        Permission::Alone,
    );
    said.set(Operation::NoSale, Permission::Never, Permission::Alone);
    let kim = member(Role::Associate, &["no_sale", "fly"]);
    let of = |operation| said.of_member(operation, &kim);
    assert_eq!(of(Operation::NoSale), Permission::Alone);
    assert_eq!(of(Operation::VoidLine), Permission::WithManager);
    assert_eq!(of(Operation::TypePrice), Permission::Alone);
    said.set(Operation::NoSale, Permission::Alone, Permission::Alone);
    let words: Vec<&str> = said.rules.iter().map(|it| it.operation.as_str()).collect();
    assert_eq!(words, ["void_line"]);
}

#[test]
fn policies_of_before_and_of_after_are_read() {
    let mut value = serde_json::to_value(Policies::default()).unwrap();
    assert_eq!(value.get("permissions"), None);
    let rule = serde_json::json!({
        "operation": "what_comes_later", "associate": "never", "manager": "alone",
    });
    let rules = serde_json::json!({ "rules": [rule] });
    value
        .as_object_mut()
        .unwrap()
        .insert("permissions".to_owned(), rules);
    let read: Policies = serde_json::from_value(value).unwrap();
    assert!(!read.permissions.is_usual());
    let of = |operation| read.permissions.of(operation, Role::Associate);
    assert_eq!(of(Operation::NoSale), Permission::Alone);
}
