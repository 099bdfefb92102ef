//! Reads the tokens of one Rust file: the paths it names, resolved through its `use` lines, its
//! words, strings and attributes. Tokens, not syntax, so that it also sees inside macros; a name
//! brought in by a glob stays unresolved.

use std::collections::HashMap;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// A path named in code or imported, with `crate`, `self`, `super` and imported names resolved.
#[derive(Debug)]
pub(crate) struct Mention {
    pub(crate) line: usize,
    pub(crate) path: String,
}

impl Mention {
    /// Whether the path is `prefix` or lies below it.
    pub(crate) fn is_within(&self, prefix: &str) -> bool {
        self.path
            .strip_prefix(prefix)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    }
}

/// What stands right after a word.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub(crate) enum Followed {
    Call,
    Bang,
    Other,
}

/// An identifier or keyword.
#[derive(Debug)]
pub(crate) struct Word {
    pub(crate) line: usize,
    pub(crate) text: String,
    pub(crate) followed: Followed,
}

/// A string literal, or an attribute's text.
#[derive(Debug)]
pub(crate) struct Text {
    pub(crate) line: usize,
    pub(crate) value: String,
}

/// What stands in one file's tokens.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    pub(crate) mentions: Vec<Mention>,
    pub(crate) words: Vec<Word>,
    pub(crate) strings: Vec<Text>,
    pub(crate) attributes: Vec<Text>,
}

impl Tokens {
    /// Reads the tokens of the file that is the module `modules` of the crate `own_crate`.
    pub(crate) fn read(tokens: TokenStream, own_crate: &str, modules: &[String]) -> Self {
        let mut walker = Walker {
            own_crate,
            imports: HashMap::new(),
            found: Self::default(),
        };
        walker.collect_imports(tokens.clone(), modules);
        walker.walk(tokens, modules);
        walker.found
    }
}

/// Goes through the tokens twice: first the `use` lines, then everything they may be needed for.
struct Walker<'a> {
    own_crate: &'a str,
    /// What a name stands for, by the inline module it is imported into.
    imports: HashMap<(Vec<String>, String), Vec<String>>,
    found: Tokens,
}

impl Walker<'_> {
    fn collect_imports(&mut self, tokens: TokenStream, modules: &[String]) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            if let Some((name, body)) = inline_module(&tokens, at) {
                let inner = [modules, &[name]].concat();
                self.collect_imports(body.stream(), &inner);
                at += 3;
                continue;
            }
            if let Some(end) = use_end(&tokens, at) {
                for (name, path, line) in flatten(&tokens[at + 1..end]) {
                    let path = self.rooted(path, modules);
                    self.found.mentions.push(Mention {
                        line,
                        path: path.join("::"),
                    });
                    self.imports.insert((modules.to_vec(), name), path);
                }
                at = end;
            } else if let TokenTree::Group(group) = &tokens[at] {
                self.collect_imports(group.stream(), modules);
            }
            at += 1;
        }
    }

    fn walk(&mut self, tokens: TokenStream, modules: &[String]) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            if let Some((name, body)) = inline_module(&tokens, at) {
                let inner = [modules, &[name]].concat();
                self.walk(body.stream(), &inner);
                at += 3;
                continue;
            }
            if let Some(end) = use_end(&tokens, at) {
                at = end + 1;
                continue;
            }
            at = match &tokens[at] {
                TokenTree::Punct(punct) if punct.as_char() == '#' => {
                    self.attribute(&tokens, at, modules)
                }
                TokenTree::Ident(_) => self.path(&tokens, at, modules),
                TokenTree::Group(group) => {
                    self.walk(group.stream(), modules);
                    at + 1
                }
                TokenTree::Literal(literal) => {
                    if let syn::Lit::Str(string) = syn::Lit::new(literal.clone()) {
                        self.found.strings.push(Text {
                            line: literal.span().start().line,
                            value: string.value(),
                        });
                    }
                    at + 1
                }
                TokenTree::Punct(_) => at + 1,
            };
        }
    }

    /// Notes an attribute; documentation is an attribute too, but its text is prose, not code.
    fn attribute(&mut self, tokens: &[TokenTree], at: usize, modules: &[String]) -> usize {
        let inner = usize::from(is_punct(tokens.get(at + 1), '!'));
        let Some(TokenTree::Group(group)) = tokens.get(at + 1 + inner) else {
            return at + 1;
        };
        if group.delimiter() != Delimiter::Bracket {
            return at + 1;
        }
        let value = group.stream().to_string();
        if !value.starts_with("doc ") && !value.starts_with("doc=") {
            self.found.attributes.push(Text {
                line: group.span().start().line,
                value,
            });
            self.walk(group.stream(), modules);
        }
        at + 2 + inner
    }

    /// Notes a path and its words; returns the place after it.
    fn path(&mut self, tokens: &[TokenTree], start: usize, modules: &[String]) -> usize {
        let mut at = start;
        let mut segments = Vec::new();
        let line = tokens[start].span().start().line;
        while let Some(TokenTree::Ident(ident)) = tokens.get(at) {
            let followed = match tokens.get(at + 1) {
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => {
                    Followed::Call
                }
                next if is_punct(next, '!') && !is_punct(tokens.get(at + 2), '=') => Followed::Bang,
                _ => Followed::Other,
            };
            self.found.words.push(Word {
                line: ident.span().start().line,
                text: ident.to_string(),
                followed,
            });
            segments.push(ident.to_string());
            at += 1;
            if !(is_punct(tokens.get(at), ':') && is_punct(tokens.get(at + 1), ':')) {
                break;
            }
            if !matches!(tokens.get(at + 2), Some(TokenTree::Ident(_))) {
                break;
            }
            at += 2;
        }
        let is_field = start > 0 && is_punct(tokens.get(start - 1), '.');
        if !is_field {
            self.mention(segments, line, modules);
        }
        at
    }

    fn mention(&mut self, segments: Vec<String>, line: usize, modules: &[String]) {
        let imported = (0..=modules.len()).rev().find_map(|depth| {
            let key = (modules[..depth].to_vec(), segments[0].clone());
            self.imports.get(&key)
        });
        let path = match imported {
            Some(path) => [path, &segments[1..]].concat(),
            None if segments.len() == 1 => return,
            None => self.rooted(segments, modules),
        };
        self.found.mentions.push(Mention {
            line,
            path: path.join("::"),
        });
    }

    /// Rewrites `crate`, `self`, `super` and the crate's own name to a path from `crate`.
    fn rooted(&self, segments: Vec<String>, modules: &[String]) -> Vec<String> {
        let mut here = modules.to_vec();
        let mut rest = segments.as_slice();
        match rest[0].as_str() {
            "crate" => here.clear(),
            "self" => {}
            "super" => {
                while rest.first().is_some_and(|first| first == "super") {
                    here.pop();
                    rest = &rest[1..];
                }
                return [&["crate".to_owned()], here.as_slice(), rest].concat();
            }
            name if name == self.own_crate => here.clear(),
            _ => return segments,
        }
        rest = &rest[1..];
        [&["crate".to_owned()], here.as_slice(), rest].concat()
    }
}

/// `mod name { … }` at this place.
fn inline_module(tokens: &[TokenTree], at: usize) -> Option<(String, &Group)> {
    match (tokens.get(at), tokens.get(at + 1), tokens.get(at + 2)) {
        (
            Some(TokenTree::Ident(keyword)),
            Some(TokenTree::Ident(name)),
            Some(TokenTree::Group(body)),
        ) if keyword == "mod" && body.delimiter() == Delimiter::Brace => {
            Some((name.to_string(), body))
        }
        _ => None,
    }
}

/// The place of the `;` that ends a `use` item beginning here.
fn use_end(tokens: &[TokenTree], at: usize) -> Option<usize> {
    match tokens.get(at)? {
        // `impl Trait + use<'a>` is no item.
        TokenTree::Ident(keyword) if keyword == "use" && !is_punct(tokens.get(at + 1), '<') => {
            let after = tokens[at..]
                .iter()
                .position(|token| is_punct(Some(token), ';'))?;
            Some(at + after)
        }
        _ => None,
    }
}

/// The leaves of a `use` tree: the name it brings in, the path it stands for, the line.
fn flatten(tokens: &[TokenTree]) -> Vec<(String, Vec<String>, usize)> {
    let mut prefix: Vec<String> = Vec::new();
    let mut renamed = None;
    let mut line = 0;
    let mut tokens = tokens.iter();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(ident) if ident == "as" => {
                renamed = tokens.next().map(ToString::to_string);
            }
            TokenTree::Ident(ident) => {
                line = ident.span().start().line;
                prefix.push(ident.to_string());
            }
            TokenTree::Punct(punct) if punct.as_char() == '*' => {
                line = punct.span().start().line;
                prefix.push("*".to_owned());
            }
            TokenTree::Group(group) => {
                let inside: Vec<TokenTree> = group.stream().into_iter().collect();
                let branches = inside.split(|token| is_punct(Some(token), ','));
                let leaves = branches
                    .filter(|branch| !branch.is_empty())
                    .flat_map(flatten);
                return leaves
                    .map(|(name, path, line)| joined(&prefix, name, path, line))
                    .collect();
            }
            _ => {}
        }
    }
    let Some(last) = prefix.last().cloned() else {
        return Vec::new();
    };
    vec![(renamed.unwrap_or(last), prefix, line)]
}

/// One leaf of a braced tree below its prefix; `{self}` means the prefix itself.
fn joined(
    prefix: &[String],
    name: String,
    path: Vec<String>,
    line: usize,
) -> (String, Vec<String>, usize) {
    if path == ["self"] {
        let own = prefix.last().cloned().unwrap_or_else(|| "self".to_owned());
        let name = if name == "self" { own } else { name };
        return (name, prefix.to_vec(), line);
    }
    (name, [prefix, &path].concat(), line)
}

fn is_punct(token: Option<&TokenTree>, wanted: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
}
