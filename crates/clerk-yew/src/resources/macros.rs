//! The forms that all of Clerk's resources share.

/// What can be read from clerk-js's object: name and type in Rust, name in JavaScript.
macro_rules! members {
    ( $name:ident { $( $(#[$doc:meta])* $member:ident : $kind:ty = $js:literal, )* } ) => {
        impl $name {
            $(
                $(#[$doc])*
                pub fn $member(&self) -> $kind {
                    $crate::resources::value::Read::read($crate::js::get(&self.raw, $js))
                }
            )*

            /// clerk-js's own object, for what has no name here.
            pub fn raw(&self) -> &wasm_bindgen::JsValue {
                &self.raw
            }
        }
    };
}

/// A handle on one of clerk-js's objects, with its [`members!`].
macro_rules! resource {
    (
        $(#[$about:meta])*
        $name:ident {
            $( $(#[$doc:meta])* $member:ident : $kind:ty = $js:literal, )*
        }
    ) => {
        $(#[$about])*
        #[derive(Clone)]
        pub struct $name {
            raw: wasm_bindgen::JsValue,
            revision: std::rc::Rc<str>,
        }

        impl $name {
            /// A handle on clerk-js's own object, for one that was reached by way of `raw()`.
            pub fn new(raw: wasm_bindgen::JsValue) -> Self {
                let revision = $crate::resources::revision::revision(&raw);
                Self { raw, revision }
            }

            /// What tells its states apart.
            #[allow(dead_code, reason = "asked of those that own lists")]
            pub(crate) fn revision(&self) -> std::rc::Rc<str> {
                self.revision.clone()
            }

            /// Calls one of its methods and reads what it promises.
            #[allow(dead_code, reason = "not every resource has a method")]
            async fn ask<T: $crate::resources::value::Read>(
                &self,
                method: &str,
                arguments: &[wasm_bindgen::JsValue],
            ) -> Result<T, $crate::error::ClerkError> {
                $crate::resources::value::ask(&self.raw, method, arguments).await
            }
        }

        members! { $name { $( $(#[$doc])* $member: $kind = $js, )* } }

        impl $crate::resources::value::Read for $name {
            fn read(value: wasm_bindgen::JsValue) -> Self {
                Self::new(value)
            }
        }

        /// By content.
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.revision == other.revision
            }
        }

        /// By name only: a resource holds what people entrusted to Clerk.
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    };
}

/// One of Clerk's argument objects: what it requires, what it may hold, and numbers it may hold.
macro_rules! params {
    (
        $(#[$about:meta])*
        $name:ident ( $( $required:ident : $required_kind:ty = $required_js:literal ),* ) {
            $( $(#[$doc:meta])* $member:ident : $kind:ty = $js:literal, )*
        }
        $( numbers { $( $(#[$number_doc:meta])* $number:ident = $number_js:literal, )* } )?
    ) => {
        $(#[$about])*
        #[derive(Clone, PartialEq)]
        #[must_use]
        pub struct $name {
            $( $required: $required_kind, )*
            $( $member: Option<$kind>, )*
            $( $( $number: Option<u32>, )* )?
        }

        impl $name {
            /// With what Clerk requires; the rest is left to Clerk.
            #[allow(clippy::new_without_default, reason = "one way to make each")]
            pub fn new($( $required: impl Into<$required_kind> ),*) -> Self {
                Self {
                    $( $required: $required.into(), )*
                    $( $member: None, )*
                    $( $( $number: None, )* )?
                }
            }

            $(
                $(#[$doc])*
                pub fn $member(mut self, $member: impl Into<$kind>) -> Self {
                    self.$member = Some($member.into());
                    self
                }
            )*

            $( $(
                $(#[$number_doc])*
                pub fn $number(mut self, $number: u32) -> Self {
                    self.$number = Some($number);
                    self
                }
            )* )?
        }

        impl $crate::resources::value::Write for $name {
            fn write(&self) -> wasm_bindgen::JsValue {
                use $crate::resources::value::Write;
                $crate::js::object([
                    $( ($required_js, Write::write(&self.$required)), )*
                    $( ($js, Write::write(&self.$member)), )*
                    $( $( ($number_js, Write::write(&self.$number)), )* )?
                ])
            }
        }

        /// By name only: it may hold a password.
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    };
}

/// A set of Clerk's words. A word that is newer than this crate is `Other`.
macro_rules! words {
    (
        $(#[$about:meta])*
        $name:ident {
            $( $(#[$doc:meta])* $variant:ident = $js:literal, )*
        }
    ) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $( $(#[$doc])* $variant, )*
            /// One that this crate does not know
            Other(String),
        }

        impl $name {
            /// Clerk's word for it.
            pub fn as_str(&self) -> &str {
                match self {
                    $( Self::$variant => $js, )*
                    Self::Other(word) => word,
                }
            }
        }

        impl From<&str> for $name {
            fn from(word: &str) -> Self {
                match word {
                    $( $js => Self::$variant, )*
                    other => Self::Other(other.to_owned()),
                }
            }
        }

        impl $crate::resources::value::Read for $name {
            fn read(value: wasm_bindgen::JsValue) -> Self {
                Self::from(value.as_string().unwrap_or_default().as_str())
            }
        }

        impl $crate::resources::value::Write for $name {
            fn write(&self) -> wasm_bindgen::JsValue {
                self.as_str().into()
            }
        }
    };
}
