//! XML as it is written: elements one inside the other, every text escaped.

/// A text of XML in the making.
#[derive(Debug, Default)]
pub(super) struct Xml {
    text: String,
    open: Vec<&'static str>,
}

impl Xml {
    /// Begins at a depth of so many open elements of an outer document.
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Writes an element that holds what `inside` writes.
    pub(super) fn element(
        &mut self,
        name: &'static str,
        attributes: &[(&str, &str)],
        inside: impl FnOnce(&mut Self),
    ) {
        self.begin(name, attributes);
        self.text.push_str(">\n");
        self.open.push(name);
        inside(self);
        self.open.pop();
        self.indent();
        self.text.push_str(&format!("</{name}>\n"));
    }

    /// Writes an element that holds a text.
    pub(super) fn leaf(&mut self, name: &'static str, text: impl AsRef<str>) {
        self.leaf_with(name, &[], text);
    }

    /// Writes an element with attributes that holds a text.
    pub(super) fn leaf_with(
        &mut self,
        name: &'static str,
        attributes: &[(&str, &str)],
        text: impl AsRef<str>,
    ) {
        self.begin(name, attributes);
        self.text
            .push_str(&format!(">{}</{name}>\n", escaped(text.as_ref())));
    }

    /// Writes an element with a text, if there is one.
    pub(super) fn maybe(&mut self, name: &'static str, text: Option<impl AsRef<str>>) {
        if let Some(text) = text {
            self.leaf(name, text);
        }
    }

    /// Returns what was written.
    pub(super) fn into_text(self) -> String {
        self.text
    }

    fn begin(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.indent();
        self.text.push('<');
        self.text.push_str(name);
        for (attribute, value) in attributes {
            self.text
                .push_str(&format!(" {attribute}=\"{}\"", escaped(value)));
        }
    }

    fn indent(&mut self) {
        self.text.push_str(&"  ".repeat(self.open.len() + 1));
    }
}

/// Returns a text as it may stand in an element or an attribute. What XML 1.0 has no character for
/// (section 2.2, most control characters) becomes U+FFFD.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\t' | '\n' | '\r' => escaped.push_str(&format!("&#{};", u32::from(character))),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}
