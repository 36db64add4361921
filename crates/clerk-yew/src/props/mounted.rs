//! What all components have in common that clerk-js renders.

use super::builder::choice;

/// Declares the props of a component that clerk-js renders: `children` are own pages and the like.
macro_rules! mounted_props {
    (
        $(#[$doc:meta])*
        $name:ident {
            $(children { $(#[$children_doc:meta])* $children:ty })?
            $(required { $($required:tt)* })?
            options { $($options:tt)* }
        }
    ) => {
        $crate::props::props! {
            $(#[$doc])*
            $name {
                fields {
                    /// Shown until Clerk has loaded
                    fallback: yew::Html,
                    /// Called when Clerk refuses to render it, which is also said on the console
                    on_error: yew::Callback<$crate::error::ClerkError>,
                    $($(#[$children_doc])* children: $children,)?
                }
                $(required { $($required)* })?
                options {
                    /// How it looks; this goes before the provider's appearance
                    appearance: $crate::props::Appearance = "appearance",
                    $($options)*
                }
            }
        }
    };
}

/// Declares the props of a component that has pages of its own.
macro_rules! routed_props {
    (
        $(#[$doc:meta])*
        $name:ident {
            $(children $children:tt)?
            options { $($options:tt)* }
        }
    ) => {
        $crate::props::mounted::mounted_props! {
            $(#[$doc])*
            $name {
                $(children $children)?
                options {
                    /// Path of the page it stands on, below which it has pages of its own; unset:
                    /// they are kept in the URL's hash
                    path: yew::AttrValue = "path",
                    /// Where its pages are kept
                    routing: $crate::props::mounted::Routing = "routing",
                    $($options)*
                }
            }
        }
    };
}

pub(crate) use {mounted_props, routed_props};

choice! {
    /// Where a component keeps its steps.
    Routing {
        /// In the path
        Path = "path",
        /// In the URL's hash
        Hash = "hash",
    }
}
