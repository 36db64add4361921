//! Plans and API keys.

use yew::AttrValue;

use super::builder::choice;
use super::mounted::mounted_props;
use super::value::Raw;

mounted_props! {
    /// What [`PricingTable`](crate::PricingTable) takes
    /// (<https://clerk.com/docs/react/reference/components/billing/pricing-table>).
    PricingTableProps {
        options {
            /// Whose plans; the person's when unset
            r#for: Payer = "for",
            /// The slug of the plan that stands out
            highlighted_plan: AttrValue = "highlightedPlan",
            /// Where the buttons stand
            cta_position: CtaPosition = "ctaPosition",
            /// Whether the features are folded
            collapse_features: bool = "collapseFeatures",
            /// Where a new subscription leads
            new_subscription_redirect_url: AttrValue = "newSubscriptionRedirectUrl",
            /// What the checkout takes, such as its appearance
            checkout_props: Raw = "checkoutProps",
        }
    }
}

mounted_props! {
    /// What [`APIKeys`](crate::APIKeys) takes
    /// (<https://clerk.com/docs/react/reference/components/api-keys>).
    ApiKeysProps {
        options {
            /// How many keys are on a page
            per_page: u32 = "perPage",
            /// Whether keys have a description
            show_description: bool = "showDescription",
        }
    }
}

choice! {
    /// Who pays.
    Payer {
        /// The person
        User = "user",
        /// The active organization
        Organization = "organization",
    }
}

choice! {
    /// Where the buttons of a pricing table stand.
    CtaPosition {
        /// Above the features
        Top = "top",
        /// Below the features
        Bottom = "bottom",
    }
}
