//! Props whose options are kept as [`Entries`] instead of one field each.
//!
//! The prebuilt components have some hundred options together. A field for each would have to be
//! built, compared and dropped in every app, set or not: several kilobytes. Here a field is a name
//! without size, and setting it adds an entry.

use std::marker::PhantomData;

use yew::html::Buildable;

/// An option that is set by its name in `html!` (or `yew::props!`).
pub struct Prop<T>(PhantomData<fn() -> T>);

impl<T> Clone for Prop<T> {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl<T> Default for Prop<T> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<T> PartialEq for Prop<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<T> std::fmt::Debug for Prop<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(std::any::type_name::<T>())
    }
}

/// Builds props, as `html!` asks for it: a method for each prop, which hands on a token.
#[doc(hidden)]
pub struct Builder<P>(pub(crate) P);

/// The token once the required prop is given.
#[doc(hidden)]
pub struct Given;

/// The token in the form in which it is checked.
#[doc(hidden)]
pub struct Checked<T>(PhantomData<T>);

impl<P, T> Buildable<T> for Builder<P> {
    type Output = P;
    type WrappedToken = Checked<T>;

    fn build(this: Self) -> P {
        this.0
    }
}

/// Declares props: `fields` are Yew's and kept as they are; `required` (one at most) and `options`
/// are Clerk's, each with its type and Clerk's name.
macro_rules! props {
    (
        $(#[$doc:meta])*
        $name:ident {
            $(fields { $($(#[$field_doc:meta])* $field:ident: $field_type:ty,)* })?
            $(required { $(#[$required_doc:meta])* $required:ident: $required_type:ty = $required_name:literal, })?
            options { $($(#[$option_doc:meta])* $option:ident: $option_type:ty = $option_name:literal,)* }
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Default, PartialEq)]
        #[non_exhaustive]
        pub struct $name {
            pub(crate) entries: $crate::props::Entries,
            $($($(#[$field_doc])* pub $field: $field_type,)*)?
            $($(#[$required_doc])* pub $required: $crate::props::Prop<$required_type>,)?
            $($(#[$option_doc])* pub $option: $crate::props::Prop<$option_type>,)*
            /// Members that have no name here, as clerk-js takes them. Options set by name go before
            /// theirs.
            pub extra: $crate::props::Prop<$crate::props::Raw>,
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_tuple(stringify!($name)).field(&self.entries).finish()
            }
        }

        impl From<$name> for $crate::props::Value {
            fn from(props: $name) -> Self {
                Self::Object(props.entries)
            }
        }

        impl yew::html::Properties for $name {
            type Builder = $crate::props::Builder<Self>;

            fn builder() -> Self::Builder {
                $crate::props::Builder(Self::default())
            }
        }

        #[doc(hidden)]
        impl $crate::props::Builder<$name> {
            $($(pub fn $field<T>(&mut self, token: T, value: impl yew::html::IntoPropValue<$field_type>) -> T {
                self.0.$field = value.into_prop_value();
                token
            })*)?

            $(pub fn $required<T>(&mut self, _: T, value: impl yew::html::IntoPropValue<$required_type>) -> $crate::props::Given {
                self.0.entries.set($required_name, Some(value.into_prop_value().into()));
                $crate::props::Given
            })?

            $(pub fn $option<T>(&mut self, token: T, value: impl yew::html::IntoPropValue<Option<$option_type>>) -> T {
                self.0.entries.set($option_name, value.into_prop_value().map(Into::into));
                token
            })*

            pub fn extra<T>(&mut self, token: T, value: impl yew::html::IntoPropValue<Option<$crate::props::Raw>>) -> T {
                self.0.entries.extra(value.into_prop_value());
                token
            }
        }

        $crate::props::props!(@check $name $($required)?);
    };
    (@check $name:ident) => {
        impl<T> yew::html::HasAllProps<$name, ()> for $crate::props::Checked<T> {}
    };
    (@check $name:ident $required:ident) => {
        impl yew::html::HasAllProps<$name, ()> for $crate::props::Checked<$crate::props::Given> {}
    };
}

/// Declares a value that options are made of, with one method for each member: its type and
/// Clerk's name.
macro_rules! value {
    (
        $(#[$doc:meta])*
        $name:ident { $($(#[$member_doc:meta])* $member:ident: $member_type:ty = $member_name:literal,)* }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct $name($crate::props::Entries);

        impl $name {
            /// With nothing set.
            pub fn new() -> Self {
                Self::default()
            }

            $($(#[$member_doc])*
            #[must_use]
            pub fn $member(mut self, value: impl Into<$member_type>) -> Self {
                self.0.set($member_name, Some(value.into().into()));
                self
            })*

            /// Adds members that have no method here, as clerk-js takes them. Those set by name go
            /// before theirs.
            #[must_use]
            pub fn extra(mut self, members: $crate::props::Raw) -> Self {
                self.0.extra(Some(members));
                self
            }
        }

        impl From<$name> for $crate::props::Value {
            fn from(value: $name) -> Self {
                Self::Object(value.0)
            }
        }
    };
}

/// Declares a choice among Clerk's words.
macro_rules! choice {
    (
        $(#[$doc:meta])*
        $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)* }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl From<$name> for $crate::props::Value {
            fn from(choice: $name) -> Self {
                Self::Text(yew::AttrValue::Static(match choice {
                    $($name::$variant => $word,)*
                }))
            }
        }
    };
}

pub(crate) use {choice, props, value};
