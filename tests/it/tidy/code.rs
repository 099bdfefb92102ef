//! What the rules need to know about one Rust file: the paths it names, its words, strings,
//! attributes, functions and types, and which lines are test code. It expands no macros and knows
//! no types.

use std::ops::RangeInclusive;

use proc_macro2::{Ident, TokenStream};
use syn::spanned::Spanned;
use syn::visit::Visit;

use super::tokens::{Mention, Text, Tokens, Word};
use super::tree::is_test_path;

/// A function with a body, or a trait's without one.
#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) line: usize,
    pub(crate) lines: usize,
    pub(crate) public: bool,
    pub(crate) takes_bool: bool,
}

/// A named type or trait.
#[derive(Debug)]
pub(crate) struct TypeName {
    pub(crate) name: String,
    pub(crate) line: usize,
}

/// One Rust file, read.
#[derive(Debug, Default)]
pub(crate) struct Code {
    tokens: Tokens,
    pub(crate) functions: Vec<Function>,
    pub(crate) types: Vec<TypeName>,
    test_lines: Vec<RangeInclusive<usize>>,
    whole_is_test: bool,
}

impl Code {
    /// Reads one file.
    ///
    /// # Errors
    /// The parser's sentence if the text is not Rust.
    pub(crate) fn read(path: &str, text: &str) -> Result<Self, String> {
        let file = syn::parse_file(text).map_err(|error| {
            let start = error.span().start();
            format!("line {}: {error}", start.line)
        })?;
        let tokens: TokenStream = text
            .parse()
            .map_err(|error: proc_macro2::LexError| error.to_string())?;
        let mut code = Self {
            whole_is_test: is_test_path(path),
            ..Self::default()
        };
        code.visit_file(&file);
        code.tokens = Tokens::read(tokens, &own_crate(path), &module_path(path));
        Ok(code)
    }

    /// Whether a line belongs to test code.
    pub(crate) fn is_test(&self, line: usize) -> bool {
        self.whole_is_test || self.test_lines.iter().any(|lines| lines.contains(&line))
    }

    /// All paths named, in test code too.
    pub(crate) fn mentions(&self) -> &[Mention] {
        &self.tokens.mentions
    }

    /// All attributes, in test code too, without their `#[…]`.
    pub(crate) fn attributes(&self) -> &[Text] {
        &self.tokens.attributes
    }

    /// All identifiers and keywords, in test code too.
    pub(crate) fn words(&self) -> &[Word] {
        &self.tokens.words
    }

    /// The paths named outside test code.
    pub(crate) fn shipped_mentions(&self) -> impl Iterator<Item = &Mention> {
        self.tokens
            .mentions
            .iter()
            .filter(|at| !self.is_test(at.line))
    }

    /// The words outside test code.
    pub(crate) fn shipped_words(&self) -> impl Iterator<Item = &Word> {
        self.tokens.words.iter().filter(|at| !self.is_test(at.line))
    }

    /// The string literals outside test code.
    pub(crate) fn shipped_strings(&self) -> impl Iterator<Item = &Text> {
        self.tokens
            .strings
            .iter()
            .filter(|at| !self.is_test(at.line))
    }

    fn note_test(&mut self, attributes: &[syn::Attribute], item: impl Spanned) {
        let marks_test = |attribute: &syn::Attribute| {
            let name = attribute
                .path()
                .segments
                .last()
                .map(|last| last.ident.to_string());
            match name.as_deref() {
                Some("test") => true,
                Some("cfg") => attribute
                    .parse_args::<TokenStream>()
                    .is_ok_and(|inside| inside.to_string() == "test"),
                _ => false,
            }
        };
        if attributes.iter().any(marks_test) {
            let span = item.span();
            self.test_lines.push(span.start().line..=span.end().line);
        }
    }

    fn note_function(&mut self, signature: &syn::Signature, end: usize, public: bool) {
        let line = signature.span().start().line;
        let takes_bool = signature.inputs.iter().any(|input| match input {
            syn::FnArg::Typed(typed) => {
                matches!(&*typed.ty, syn::Type::Path(path) if path.path.is_ident("bool"))
            }
            syn::FnArg::Receiver(_) => false,
        });
        self.functions.push(Function {
            name: signature.ident.to_string(),
            line,
            lines: end + 1 - line,
            public,
            takes_bool,
        });
    }

    fn note_type(&mut self, name: &Ident) {
        self.types.push(TypeName {
            name: name.to_string(),
            line: name.span().start().line,
        });
    }
}

impl<'ast> Visit<'ast> for Code {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.note_test(&item.attrs, item);
        let end = item.block.span().end().line;
        self.note_function(&item.sig, end, is_public(&item.vis));
        syn::visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.note_test(&item.attrs, item);
        let end = item.block.span().end().line;
        self.note_function(&item.sig, end, is_public(&item.vis));
        syn::visit::visit_impl_item_fn(self, item);
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        self.note_type(&item.ident);
        for inner in &item.items {
            if let syn::TraitItem::Fn(function) = inner {
                let end = function.span().end().line;
                self.note_function(&function.sig, end, is_public(&item.vis));
            }
        }
        syn::visit::visit_item_trait(self, item);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.note_test(&item.attrs, item);
        syn::visit::visit_item_mod(self, item);
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        self.note_test(&item.attrs, item);
        syn::visit::visit_item_impl(self, item);
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.note_test(&item.attrs, item);
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.note_test(&item.attrs, item);
        self.note_type(&item.ident);
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.note_test(&item.attrs, item);
        self.note_type(&item.ident);
    }
}

fn is_public(visibility: &syn::Visibility) -> bool {
    matches!(visibility, syn::Visibility::Public(_))
}

/// The name by which a crate's binaries and examples call its library.
fn own_crate(path: &str) -> String {
    let folder = path.split("/src/").next().unwrap_or(path);
    let name = folder.rsplit('/').next().unwrap_or(folder);
    format!("counterpart_{name}")
}

/// The module a file is, from its path: `edge/src/sales/rules.rs` is `sales::rules`.
fn module_path(path: &str) -> Vec<String> {
    let Some((_, inside)) = path.split_once("/src/") else {
        return Vec::new();
    };
    let inside = inside.strip_suffix(".rs").unwrap_or(inside);
    let mut modules: Vec<String> = inside.split('/').map(str::to_owned).collect();
    if modules[0] == "bin" {
        return Vec::new();
    }
    if matches!(
        modules.last().map(String::as_str),
        Some("mod" | "lib" | "main")
    ) {
        modules.pop();
    }
    modules
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[track_caller]
    fn paths(path: &str, text: &str) -> Vec<String> {
        let code = Code::read(path, text).unwrap();
        let mentions = code.mentions().iter();
        mentions.map(|mention| mention.path.clone()).collect()
    }

    #[test]
    fn names_are_resolved_through_imports_groups_renames_and_self() {
        let text = "use std::{env::{self, var as read}, time::Instant};\n\
                    fn f() { env::vars(); read(1); vec![Instant::now()]; }";
        let found = paths("edge/src/sales/service.rs", text);
        for wanted in ["std::env::vars", "std::env::var", "std::time::Instant::now"] {
            assert!(found.contains(&wanted.to_owned()), "{wanted} in {found:?}");
        }
    }

    #[test]
    fn own_paths_begin_at_the_crate_whatever_they_were_written_from() {
        let text = "use super::store; mod tests { use super::super::store::insert; }\n\
                    fn f() { store::load(); counterpart_edge::stock::x(); self::y::z(); }";
        let found = paths("edge/src/sales/service.rs", text);
        for wanted in [
            "crate::sales::store",
            "crate::sales::store::insert",
            "crate::sales::store::load",
            "crate::stock::x",
            "crate::sales::service::y::z",
        ] {
            assert!(found.contains(&wanted.to_owned()), "{wanted} in {found:?}");
        }
    }

    #[test]
    fn test_code_is_known_by_its_attribute_or_its_path() {
        let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\n";
        let code = Code::read("edge/src/sales/rules.rs", text).unwrap();
        assert!(!code.is_test(1));
        assert!(code.is_test(4));
        assert!(
            Code::read("edge/src/sales/tests.rs", text)
                .unwrap()
                .is_test(1)
        );
    }

    #[test]
    fn documentation_is_not_a_string_of_the_code() {
        let text = "/// SELECT x FROM y.\nfn a() -> &'static str { \"b\" }\n";
        let code = Code::read("edge/src/sales/http.rs", text).unwrap();
        let strings: Vec<&str> = code.shipped_strings().map(|s| s.value.as_str()).collect();
        assert_eq!(strings, ["b"]);
    }
}
