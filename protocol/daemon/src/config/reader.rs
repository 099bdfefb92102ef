//! How serde reads a tree of settings, so that every mistake is reported with its place.
//!
//! toml's own reader does not know the environment, and nobody else knows which settings a struct
//! has: serde tells it to whoever reads.

use std::collections::btree_map;
use std::fmt;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess,
    SeqAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::VARIABLE_PREFIX;
use super::error::{ConfigError, hint};
use super::node::{Kind, Node};

/// Reads the tree as `T`.
pub(super) fn read_as<T: DeserializeOwned>(root: &Node) -> Result<T, ConfigError> {
    T::deserialize(At {
        node: root,
        key: String::new(),
    })
    .map_err(|fault| fault.locate("", root))
}

/// A mistake on its way up to where its place is known.
#[derive(Debug)]
enum Fault {
    Located(ConfigError),
    Missing(&'static str),
    Message(String),
}

impl Fault {
    fn locate(self, key: &str, node: &Node) -> ConfigError {
        match self {
            Self::Located(error) => error,
            Self::Missing(field) => {
                let key = join(key, field);
                let name = key.to_ascii_uppercase().replace('.', "__");
                ConfigError::Missing {
                    key,
                    variable: format!("{VARIABLE_PREFIX}{name}"),
                }
            }
            Self::Message(problem) => ConfigError::Value {
                key: key.to_owned(),
                origin: node.origin(),
                problem,
            },
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Located(error) => error.fmt(f),
            Self::Missing(field) => write!(f, "{field} is missing"),
            Self::Message(problem) => f.write_str(problem),
        }
    }
}

impl std::error::Error for Fault {}

impl serde::de::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::Message(format!("can't be used: {message}"))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::Missing(field)
    }
}

/// A node with its place.
struct At<'n> {
    node: &'n Node,
    key: String,
}

impl<'n> At<'n> {
    fn children(&self) -> Option<Children<'n>> {
        match &self.node.kind {
            Kind::Table(table) => Some(Children {
                left: table.iter(),
                value: None,
                key: self.key.clone(),
            }),
            _ => None,
        }
    }

    /// Reads a text of the environment as a whole number.
    fn typed_number(&self) -> Option<Result<i64, Fault>> {
        let Kind::Typed(text) = &self.node.kind else {
            return None;
        };
        Some(
            text.trim()
                .parse()
                .map_err(|_| Fault::Message("is no whole number".to_owned())),
        )
    }
}

macro_rules! numbers {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            match self.typed_number() {
                Some(number) => visitor.visit_i64(number?),
                None => self.deserialize_any(visitor),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for At<'_> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.node.kind {
            Kind::Table(_) => visitor.visit_map(self.children().expect("it is a table")),
            Kind::List(nodes) => visitor.visit_seq(Elements {
                left: nodes.iter(),
                index: 0,
                key: self.key,
            }),
            Kind::Integer(number) => visitor.visit_i64(*number),
            Kind::Boolean(truth) => visitor.visit_bool(*truth),
            Kind::Float(number) => visitor.visit_f64(*number),
            Kind::Text(text) | Kind::Typed(text) => visitor.visit_str(text),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.node.kind {
            Kind::Typed(text) => match text.trim() {
                "true" => visitor.visit_bool(true),
                "false" => visitor.visit_bool(false),
                _ => Err(Fault::Message("is neither true nor false".to_owned())),
            },
            _ => self.deserialize_any(visitor),
        }
    }

    numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    /// A text of the environment is a list with commas.
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let Kind::Typed(text) = &self.node.kind else {
            return self.deserialize_any(visitor);
        };
        let parts = text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty());
        let nodes: Vec<Node> = parts
            .map(|part| Node {
                kind: Kind::Typed(part.to_owned()),
                origin: self.node.origin.clone(),
            })
            .collect();
        visitor.visit_seq(Elements {
            left: nodes.iter(),
            index: 0,
            key: self.key,
        })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        if let Kind::Table(table) = &self.node.kind {
            let unknown = table
                .iter()
                .find(|(key, _)| !fields.contains(&key.as_str()));
            if let Some((key, node)) = unknown {
                return Err(Fault::Located(ConfigError::Unknown {
                    key: join(&self.key, key),
                    origin: node.origin(),
                    hint: hint(key, fields),
                }));
            }
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match &self.node.kind {
            Kind::Text(text) | Kind::Typed(text) => {
                if !variants.contains(&text.as_str()) {
                    let problem = format!("can't be \"{text}\": {}", hint(text, variants));
                    return Err(Fault::Message(problem));
                }
                let text: StrDeserializer<'_, Fault> = text.as_str().into_deserializer();
                visitor.visit_enum(text)
            }
            Kind::Table(_) => {
                let children = self.children().expect("it is a table");
                visitor.visit_enum(MapAccessDeserializer::new(children))
            }
            _ => Err(Fault::custom(format_args!(
                "one of {} is expected",
                variants.join(", ")
            ))),
        }
    }

    forward_to_deserialize_any! {
        i128 u128 f32 f64 char str string bytes byte_buf unit unit_struct tuple tuple_struct map
        identifier ignored_any
    }
}

/// The settings of a table.
struct Children<'n> {
    left: btree_map::Iter<'n, String, Node>,
    value: Option<(&'n String, &'n Node)>,
    key: String,
}

impl<'de> MapAccess<'de> for Children<'_> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        self.value = self.left.next();
        let Some((key, _)) = self.value else {
            return Ok(None);
        };
        let key: StrDeserializer<'_, Fault> = key.as_str().into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let (key, node) = self
            .value
            .take()
            .expect("serde asks for a key before its value");
        read_at(seed, node, join(&self.key, key))
    }
}

/// The settings of a list.
struct Elements<'n> {
    left: std::slice::Iter<'n, Node>,
    index: usize,
    key: String,
}

impl<'de> SeqAccess<'de> for Elements<'_> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault> {
        let Some(node) = self.left.next() else {
            return Ok(None);
        };
        self.index += 1;
        // People count from 1.
        read_at(seed, node, format!("{}[{}]", self.key, self.index)).map(Some)
    }
}

fn read_at<'de, S: DeserializeSeed<'de>>(
    seed: S,
    node: &Node,
    key: String,
) -> Result<S::Value, Fault> {
    let read = seed.deserialize(At {
        node,
        key: key.clone(),
    });
    read.map_err(|fault| Fault::Located(fault.locate(&key, node)))
}

fn join(group: &str, key: &str) -> String {
    if group.is_empty() {
        key.to_owned()
    } else {
        format!("{group}.{key}")
    }
}
