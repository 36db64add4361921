//! How Clerk's prebuilt UI looks
//! (<https://clerk.com/docs/guides/customizing-clerk/appearance-prop/overview>).

use yew::AttrValue;
use yew::html::ImplicitClone;

use super::builder::{choice, value};
use super::value::{Entries, Raw, Value};

/// How Clerk's prebuilt UI looks, for all of it or for one component
/// (<https://clerk.com/docs/guides/customizing-clerk/appearance-prop/overview>).
///
/// ```
/// use clerk_yew::{Appearance, AppearanceOptions, LogoPlacement};
///
/// let appearance = Appearance::new()
///     .variables([("colorPrimary", "#6c47ff"), ("borderRadius", "0.5rem")])
///     .elements([("card", "my-card"), ("formButtonPrimary", "my-button")])
///     .options(AppearanceOptions::new().logo_placement(LogoPlacement::Outside));
/// assert_eq!(appearance.clone(), appearance);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Appearance(Entries);

impl ImplicitClone for Appearance {}

impl Appearance {
    /// Clerk's own looks.
    pub fn new() -> Self {
        Self::default()
    }

    /// CSS values by the names of
    /// [Clerk's variables](https://clerk.com/docs/guides/customizing-clerk/appearance-prop/variables),
    /// such as `colorPrimary`.
    #[must_use]
    pub fn variables<const N: usize>(self, variables: [(&'static str, &'static str); N]) -> Self {
        self.group("variables", &variables)
    }

    /// One variable, whose value is known at run time only.
    #[must_use]
    pub fn variable(self, name: &'static str, value: impl Into<AttrValue>) -> Self {
        self.member("variables", name.into(), Value::Text(value.into()))
    }

    /// CSS classes by the names of
    /// [Clerk's elements](https://clerk.com/docs/guides/customizing-clerk/appearance-prop/overview),
    /// such as `card`.
    #[must_use]
    pub fn elements<const N: usize>(self, classes: [(&'static str, &'static str); N]) -> Self {
        self.group("elements", &classes)
    }

    /// One element, by its CSS in Clerk's form.
    ///
    /// ```
    /// # use clerk_yew::{Appearance, Raw};
    /// Appearance::new().element("card", Raw::json(r#"{"boxShadow": "none"}"#));
    /// ```
    #[must_use]
    pub fn element(self, name: &'static str, style: Raw) -> Self {
        self.member("elements", name.into(), style.into())
    }

    /// What the UI shows and where.
    #[must_use]
    pub fn options(self, options: AppearanceOptions) -> Self {
        self.with("options", options.into())
    }

    /// The theme to start from.
    #[must_use]
    pub fn theme(self, theme: Theme) -> Self {
        self.with("theme", theme.into())
    }

    /// The CSS layer that Clerk's styles go into.
    #[must_use]
    pub fn css_layer_name(self, name: impl Into<AttrValue>) -> Self {
        self.with("cssLayerName", Value::Text(name.into()))
    }

    /// The widget that tells people from machines.
    #[must_use]
    pub fn captcha(self, captcha: CaptchaOptions) -> Self {
        self.with("captcha", captcha.into())
    }

    /// How one component looks, by Clerk's name such as `signIn`; it goes before what is said for
    /// all.
    #[must_use]
    pub fn component(self, name: &'static str, appearance: Self) -> Self {
        self.with(name, appearance.into())
    }

    /// Adds members that have no method here, as clerk-js takes them. Those set by name go before
    /// theirs.
    #[must_use]
    pub fn extra(mut self, members: Raw) -> Self {
        self.0.extra(Some(members));
        self
    }

    fn with(mut self, name: &'static str, value: Value) -> Self {
        self.0.put(name, value);
        self
    }

    fn member(self, group: &'static str, name: AttrValue, value: Value) -> Self {
        let mut members = match self.0.get(group) {
            Some(Value::Object(members)) => members.clone(),
            _ => Entries::default(),
        };
        members.put(name, value);
        self.with(group, members.into())
    }

    fn group(self, group: &'static str, members: &[(&'static str, &'static str)]) -> Self {
        members.iter().fold(self, |it, (name, value)| {
            it.member(
                group,
                AttrValue::Static(name),
                Value::Text(AttrValue::Static(value)),
            )
        })
    }
}

impl From<Appearance> for Value {
    fn from(appearance: Appearance) -> Self {
        Self::Object(appearance.0)
    }
}

/// The theme to start from
/// (<https://clerk.com/docs/guides/customizing-clerk/appearance-prop/themes>).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Theme {
    /// Clerk's default
    Clerk,
    /// Hardly any styles, to build on
    Simple,
    /// One of `@clerk/ui/themes`, as JavaScript
    Raw(Raw),
    /// Several, of which later ones go before earlier ones
    All(Vec<Theme>),
}

impl From<Theme> for Value {
    fn from(theme: Theme) -> Self {
        match theme {
            Theme::Clerk => Self::Text("clerk".into()),
            Theme::Simple => Self::Text("simple".into()),
            Theme::Raw(raw) => raw.into(),
            Theme::All(themes) => themes.into(),
        }
    }
}

value! {
    /// What the prebuilt UI shows and where
    /// (<https://clerk.com/docs/guides/customizing-clerk/appearance-prop/options>).
    AppearanceOptions {
        /// Where the logo stands
        logo_placement: LogoPlacement = "logoPlacement",
        /// The logo, by URL
        logo_image_url: AttrValue = "logoImageUrl",
        /// Where a click on the logo leads
        logo_link_url: AttrValue = "logoLinkUrl",
        /// What the buttons of social providers show
        social_buttons_variant: SocialButtonsVariant = "socialButtonsVariant",
        /// Where the buttons of social providers stand
        social_buttons_placement: SocialButtonsPlacement = "socialButtonsPlacement",
        /// Whether the sign-up form has the fields that may be left empty
        show_optional_fields: bool = "showOptionalFields",
        /// The terms of service, by URL
        terms_page_url: AttrValue = "termsPageUrl",
        /// Help, by URL
        help_page_url: AttrValue = "helpPageUrl",
        /// The privacy policy, by URL
        privacy_page_url: AttrValue = "privacyPageUrl",
        /// Whether the avatar shimmers when the pointer is over it
        shimmer: bool = "shimmer",
        /// Whether the UI moves
        animations: bool = "animations",
        /// Whether the first field takes the focus
        auto_focus: bool = "autoFocus",
        /// Whether cards stand out from the page
        elevation: Elevation = "elevation",
        /// No warnings of a development instance in the UI
        unsafe_disable_development_mode_warnings: bool = "unsafe_disableDevelopmentModeWarnings",
    }
}

value! {
    /// The widget that tells people from machines
    /// (<https://clerk.com/docs/guides/customizing-clerk/appearance-prop/captcha>).
    CaptchaOptions {
        /// `auto`, `light` or `dark`
        theme: AttrValue = "theme",
        /// `normal`, `flexible` or `compact`
        size: AttrValue = "size",
        /// A language, such as `de-DE`
        language: AttrValue = "language",
    }
}

choice! {
    /// Where the logo stands.
    LogoPlacement {
        /// In the card
        Inside = "inside",
        /// Above the card
        Outside = "outside",
        /// Nowhere
        None = "none",
    }
}

choice! {
    /// What the buttons of social providers show.
    SocialButtonsVariant {
        /// Names for up to two providers, icons for more
        Auto = "auto",
        /// The icon
        IconButton = "iconButton",
        /// The icon and the name
        BlockButton = "blockButton",
    }
}

choice! {
    /// Where the buttons of social providers stand.
    SocialButtonsPlacement {
        /// Above the fields
        Top = "top",
        /// Below the fields
        Bottom = "bottom",
    }
}

choice! {
    /// Whether cards stand out from the page.
    Elevation {
        /// With a shadow
        Raised = "raised",
        /// Level with the page
        Flush = "flush",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_set_again_goes_before_the_one_of_the_table() {
        let set_again = Appearance::new()
            .variables([("colorPrimary", "red"), ("fontSize", "1rem")])
            .variable("colorPrimary", String::from("blue"));
        let Some(Value::Object(variables)) = set_again.0.get("variables") else {
            panic!("there are variables");
        };
        assert_eq!(
            variables.get("colorPrimary"),
            Some(&Value::Text("blue".into()))
        );
        assert_eq!(variables.get("fontSize"), Some(&Value::Text("1rem".into())));
    }

    #[test]
    fn one_component_may_look_different() {
        let flat = Appearance::new().options(AppearanceOptions::new().elevation(Elevation::Flush));
        let appearance = Appearance::new().component("signIn", flat.clone());
        assert_eq!(appearance.0.get("signIn"), Some(&Value::from(flat)));
    }
}
