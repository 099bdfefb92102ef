//! A strict reader of the XML written here: it stops at anything that is not well-formed.

/// Returns the texts of all leaves with their paths.
#[track_caller]
pub(super) fn document(text: &str) -> Vec<(String, String)> {
    let mut rest = text
        .strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
        .unwrap();
    let mut open: Vec<&str> = Vec::new();
    let mut leaves = Vec::new();
    let mut inside = String::new();
    while let Some(at) = rest.find('<') {
        inside.push_str(&unescaped(&rest[..at]));
        let end = at + rest[at..].find('>').expect("a tag ends");
        let tag = &rest[at + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            if !inside.trim().is_empty() {
                leaves.push((open.join("/"), inside.clone()));
            }
            assert_eq!(open.pop(), Some(name), "elements end in their order");
        } else {
            assert!(
                inside.trim().is_empty(),
                "no text beside elements: {inside}"
            );
            let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
            assert_eq!(attributes.matches('"').count() % 2, 0, "{tag}");
            assert!(!attributes.contains(['<', '\'']), "{tag}");
            open.push(name);
        }
        inside.clear();
    }
    assert!(
        open.is_empty() && rest.trim().is_empty(),
        "it ends: {open:?}"
    );
    leaves
}

fn unescaped(text: &str) -> String {
    assert!(!text.contains('>'), "{text}");
    let mut parts = text.split('&');
    let mut whole = parts.next().unwrap().to_owned();
    for part in parts {
        let (entity, after) = part.split_once(';').expect("an entity ends");
        whole.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            number => {
                let code = number.strip_prefix('#').unwrap().parse().unwrap();
                char::from_u32(code).unwrap()
            }
        });
        whole.push_str(after);
    }
    whole
}
