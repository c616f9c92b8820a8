//! What an option is: a documented field with a type, a default and a check, set from JSON by its name.

use serde_json::Value;

use super::{Endpoint, TriggerOption};

/// A table of options.
pub trait Table {
    /// What the table is for.
    fn about(&self) -> String;

    /// Its options, with the values they have now.
    fn rows(&self) -> Vec<Row>;

    /// Sets one option. `Err` says what was expected; None: there is no such option. Nothing changes then.
    fn set(&mut self, key: &str, value: &Value) -> Option<Result<(), String>>;
}

/// One option, for the page and for messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub name: &'static str,
    pub doc: String,
    pub kind: String,
    /// As it would be written in TOML; empty when unset.
    pub value: String,
}

/// What a value must satisfy beyond its type.
#[derive(Clone, Copy)]
pub enum Check {
    None,
    /// Both ends included.
    Between(i64, i64),
    /// `Err` says what is wrong, without the value.
    By(fn(&Value) -> Result<(), String>),
}

impl Check {
    pub fn run(self, value: &Value) -> Result<(), String> {
        match (self, value.as_f64()) {
            (Check::By(check), _) => check(value),
            (Check::Between(least, most), Some(number))
                if number < least as f64 || number > most as f64 =>
            {
                Err(format!("must be between {least} and {most}"))
            }
            _ => Ok(()),
        }
    }

    pub fn limits(self) -> String {
        match self {
            Check::Between(least, most) => format!(" ({least} to {most})"),
            _ => String::new(),
        }
    }
}

/// A type that options have.
pub trait Kind: Sized {
    /// In the words of the page.
    fn name() -> String;
    fn read(value: &Value) -> Option<Self>;
    /// As it would be written in TOML; empty when unset.
    fn show(&self) -> String;
}

/// Reads a value of the type `T`, or says what was expected.
pub fn read<T: Kind>(value: &Value, check: Check) -> Result<T, String> {
    let read = T::read(value).ok_or_else(|| format!("expected {}", T::name()))?;
    check.run(value)?;
    Ok(read)
}

/// The check of an option; without one, the type is enough.
macro_rules! check {
    () => {
        $crate::config::option::Check::None
    };
    ($check:expr) => {
        $check
    };
}
pub(crate) use check;

/// Declares a table of options: a struct, its defaults and its rows.
macro_rules! options {
    ($(#[doc = $about:literal])* $table:ident {
        $( $(#[doc = $doc:literal])* $field:ident : $type:ty = $default:expr $(; $check:expr)? , )*
    }) => {
        $(#[doc = $about])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $table {
            $( $(#[doc = $doc])* pub $field: $type, )*
        }

        impl Default for $table {
            fn default() -> $table {
                $table { $( $field: $default, )* }
            }
        }

        impl $crate::config::option::Table for $table {
            fn about(&self) -> String {
                concat!($($about, "\n"),*).lines().map(str::trim).collect::<Vec<_>>().join(" ")
            }

            fn rows(&self) -> Vec<$crate::config::option::Row> {
                use $crate::config::option::{Kind, Row};
                vec![ $( {
                    let check = $crate::config::option::check!($($check)?);
                    Row {
                        name: stringify!($field),
                        doc: concat!($($doc, "\n"),*).lines().map(str::trim).collect::<Vec<_>>().join(" "),
                        kind: <$type as Kind>::name() + &check.limits(),
                        value: self.$field.show(),
                    }
                } ),* ]
            }

            fn set(&mut self, key: &str, value: &serde_json::Value) -> Option<Result<(), String>> {
                use $crate::config::option::read;
                match key {
                    $( stringify!($field) => {
                        let check = $crate::config::option::check!($($check)?);
                        Some(read(value, check).map(|read| self.$field = read))
                    } )*
                    _ => None,
                }
            }
        }
    };
}
pub(crate) use options;

impl Kind for String {
    fn name() -> String {
        "text".to_owned()
    }
    fn read(value: &Value) -> Option<String> {
        value.as_str().map(str::to_owned)
    }
    fn show(&self) -> String {
        Value::from(self.as_str()).to_string()
    }
}

impl Kind for bool {
    fn name() -> String {
        "true or false".to_owned()
    }
    fn read(value: &Value) -> Option<bool> {
        value.as_bool()
    }
    fn show(&self) -> String {
        self.to_string()
    }
}

impl Kind for u64 {
    fn name() -> String {
        "a whole number".to_owned()
    }
    fn read(value: &Value) -> Option<u64> {
        value.as_u64()
    }
    fn show(&self) -> String {
        self.to_string()
    }
}

impl Kind for usize {
    fn name() -> String {
        u64::name()
    }
    fn read(value: &Value) -> Option<usize> {
        value.as_u64()?.try_into().ok()
    }
    fn show(&self) -> String {
        self.to_string()
    }
}

impl Kind for f32 {
    fn name() -> String {
        "a number".to_owned()
    }
    fn read(value: &Value) -> Option<f32> {
        value.as_f64().map(|number| number as f32)
    }
    fn show(&self) -> String {
        self.to_string()
    }
}

impl Kind for Vec<String> {
    fn name() -> String {
        "a list of texts".to_owned()
    }
    fn read(value: &Value) -> Option<Vec<String>> {
        value.as_array()?.iter().map(String::read).collect()
    }
    fn show(&self) -> String {
        Value::from(self.clone()).to_string()
    }
}

impl<T: Kind> Kind for Option<T> {
    fn name() -> String {
        T::name()
    }
    fn read(value: &Value) -> Option<Option<T>> {
        T::read(value).map(Some)
    }
    fn show(&self) -> String {
        self.as_ref().map(T::show).unwrap_or_default()
    }
}

/// A type whose values are a few words.
macro_rules! words {
    ($type:ident { $( $value:ident = $word:literal ),* }) => {
        impl Kind for $type {
            fn name() -> String {
                [$( concat!('"', $word, '"') ),*].join(" or ")
            }
            fn read(value: &Value) -> Option<$type> {
                match value.as_str()? {
                    $( $word => Some($type::$value), )*
                    _ => None,
                }
            }
            fn show(&self) -> String {
                match self {
                    $( $type::$value => concat!('"', $word, '"').to_owned(), )*
                }
            }
        }
    };
}

words!(TriggerOption { Automatic = "automatic", Invoked = "invoked" });
words!(Endpoint { Auto = "auto", Completions = "completions", Chat = "chat" });
