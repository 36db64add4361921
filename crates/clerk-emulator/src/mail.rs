//! The e-mails that are sent: their words.

use crate::model::Message;

/// A code that proves an address.
pub fn code(application: &str, to: &str, code: &str) -> Message {
    Message {
        to: to.to_owned(),
        kind: "verification_code".to_owned(),
        subject: format!("{code} is your {application} verification code"),
        text: format!(
            "Enter this code to go on: {code}\n\nIt works for ten minutes. If you did not ask \
             for it, you can ignore this message."
        ),
        code: Some(code.to_owned()),
        ..Message::default()
    }
}

/// A code that lets one choose a new password.
pub fn reset(application: &str, to: &str, code: &str) -> Message {
    Message {
        kind: "reset_password_code".to_owned(),
        subject: format!("{code} resets your {application} password"),
        ..self::code(application, to, code)
    }
}

/// A link that proves an address.
pub fn link(application: &str, to: &str, link: &str) -> Message {
    Message {
        to: to.to_owned(),
        kind: "magic_link".to_owned(),
        subject: format!("Your {application} sign-in link"),
        text: "Open this link to go on. It works for ten minutes.".to_owned(),
        link: Some(link.to_owned()),
        ..Message::default()
    }
}

/// An invitation to make an account.
pub fn invitation(application: &str, to: &str, link: &str) -> Message {
    Message {
        to: to.to_owned(),
        kind: "invitation".to_owned(),
        subject: format!("You are invited to {application}"),
        text: format!("Open this link to join {application}."),
        link: Some(link.to_owned()),
        ..Message::default()
    }
}

/// An invitation to an organization.
pub fn organization_invitation(
    application: &str,
    organization: &str,
    to: &str,
    link: &str,
) -> Message {
    Message {
        kind: "organization_invitation".to_owned(),
        subject: format!("You are invited to {organization} at {application}"),
        text: format!("Open this link to join {organization}."),
        ..invitation(application, to, link)
    }
}

/// A notice that needs no answer.
pub fn notice(to: &str, kind: &str, subject: &str, text: &str) -> Message {
    Message {
        to: to.to_owned(),
        kind: kind.to_owned(),
        subject: subject.to_owned(),
        text: text.to_owned(),
        ..Message::default()
    }
}
