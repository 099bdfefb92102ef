//! Rewrites `$1` into `?1`, because SQLite would number `$1` by first appearance and not by name.
//!
//! It does not parse SQL: it only knows where text, names and comments end.

/// Returns `sql` with every `$n` outside texts, quoted names and comments written as `?n`.
pub(super) fn to_sqlite(sql: &str) -> String {
    let mut rewritten = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\'' | '"' | '`' => quoted_length(rest, first),
            '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '$' if rest[1..].starts_with(|next: char| next.is_ascii_digit()) => {
                rewritten.push('?');
                rest = &rest[1..];
                continue;
            }
            other => other.len_utf8(),
        };
        let (same, after) = rest.split_at(length);
        rewritten.push_str(same);
        rest = after;
    }
    rewritten
}

/// Returns the length of the quoted run that `text` begins with; a doubled quote ends one run and
/// begins the next, so it needs no case of its own.
fn quoted_length(text: &str, quote: char) -> usize {
    text[1..].find(quote).map_or(text.len(), |end| end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sql: &str, expected: &str) {
        assert_eq!(to_sqlite(sql), expected);
    }

    #[test]
    fn a_placeholder_keeps_its_number_wherever_it_stands() {
        check("SELECT $10, $1", "SELECT ?10, ?1");
        check("x=$2 AND y=$1", "x=?2 AND y=?1");
        check("($1,$1)", "(?1,?1)");
        check("no placeholder, höhe ≥ 3", "no placeholder, höhe ≥ 3");
        check("", "");
    }

    #[test]
    fn texts_names_and_comments_are_left_alone() {
        check("'costs $1' || $1", "'costs $1' || ?1");
        check("'it''s $1', $1", "'it''s $1', ?1");
        check("\"$1\" = $1", "\"$1\" = ?1");
        check("-- $1\n$1", "-- $1\n?1");
        check("/* $1 */ $1", "/* $1 */ ?1");
        check("$x $", "$x $");
        check("'never closed $1", "'never closed $1");
        check("/* never closed $1", "/* never closed $1");
    }
}
