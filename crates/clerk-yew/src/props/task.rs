//! What a session must do before it counts, and the consent to another app.

use yew::AttrValue;

use super::mounted::mounted_props;

mounted_props! {
    /// What [`TaskChooseOrganization`](crate::TaskChooseOrganization),
    /// [`TaskResetPassword`](crate::TaskResetPassword) and [`TaskSetupMFA`](crate::TaskSetupMFA) take
    /// (<https://clerk.com/docs/guides/configure/session-tasks>).
    TaskProps {
        required {
            /// Where it leads when it is done
            redirect_url_complete: AttrValue = "redirectUrlComplete",
        }
        options {}
    }
}

mounted_props! {
    /// What [`OAuthConsent`](crate::OAuthConsent) takes
    /// (<https://clerk.com/docs/guides/configure/auth-strategies/oauth/how-clerk-implements-oauth>).
    OAuthConsentProps {
        options {
            /// The id of the app that asks; read from the URL when unset
            oauth_client_id: AttrValue = "oauthClientId",
            /// What it asks for, apart by spaces; read from the URL when unset
            scope: AttrValue = "scope",
        }
    }
}
