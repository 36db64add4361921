//! The e-mails that are sent, and their words.

use serde_json::{Value, json};

use crate::error::ClerkError;
use crate::html::escaped;
use crate::id;
use crate::model::{Message, User};
use crate::scope::Scope;
use crate::store::ALL;

use super::webhooks;

/// How many messages are kept.
const MESSAGES_MAX: usize = 500;

/// Sends an e-mail: keeps it for the dashboard and prints it in the terminal, where the
/// person looks.
pub fn send(scope: &mut Scope<'_>, mut message: Message) -> Result<(), ClerkError> {
    message.id = id::new("ema");
    message.created_at = scope.now;
    scope.tx.put(&message)?;
    // What nobody will look at any more.
    scope
        .tx
        .keep_newest::<Message>(ALL.0, ALL.1, MESSAGES_MAX)?;
    let to = scope.tx.find::<User>("email", &message.to.to_lowercase())?;
    let told = shown(&message, &scope.settings.application_name, to.as_ref());
    scope.mails.push(message);
    webhooks::tell(scope, "email.created", &told)
}

/// What the terminal shows of an e-mail: its code or its link. Names in it are other people's; in
/// a terminal they must neither begin a line nor command it.
pub fn printed(message: &Message) -> Option<String> {
    let to = inert(&message.to);
    if let Some(code) = &message.code {
        return Some(format!("  ✉  {to}: your verification code is {code}"));
    }
    let link = message.link.as_ref()?;
    let (subject, link) = (inert(&message.subject), inert(link));
    Some(format!("  ✉  {to}: {subject}\n     {link}"))
}

/// The text with what is no letter but an order, to a terminal or about direction, written out.
fn inert(text: &str) -> String {
    let is_order = |it: char| {
        it.is_control()
            || matches!(it, '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let mut shown = String::with_capacity(text.len());
    for it in text.chars() {
        if is_order(it) {
            shown.extend(it.escape_default());
        } else {
            shown.push(it);
        }
    }
    shown
}

/// A code that proves an address.
pub fn code(application: &str, to: &str, code: &str) -> Message {
    Message {
        to: to.to_owned(),
        kind: "verification_code".to_owned(),
        subject: format!("{code} is your {application} verification code"),
        text: format!(
            "Enter this verification code: {code}\n\nIt expires in 10 minutes. If you did not \
             request it, you can ignore this message."
        ),
        code: Some(code.to_owned()),
        ..Message::default()
    }
}

/// A code that lets one choose a new password.
pub fn reset(application: &str, to: &str, code: &str) -> Message {
    Message {
        kind: "reset_password_code".to_owned(),
        subject: format!("{code} is your {application} password reset code"),
        ..self::code(application, to, code)
    }
}

/// A link that proves an address.
pub fn link(application: &str, to: &str, link: &str) -> Message {
    Message {
        to: to.to_owned(),
        kind: "magic_link".to_owned(),
        subject: format!("Your {application} sign-in link"),
        text: "Open this link to continue. It expires in 10 minutes.".to_owned(),
        link: Some(link.to_owned()),
        ..Message::default()
    }
}

/// An invitation to make an account.
pub fn invitation(application: &str, to: &str, link: &str) -> Message {
    Message {
        to: to.to_owned(),
        kind: "invitation".to_owned(),
        subject: format!("You have been invited to {application}"),
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
        subject: format!("You have been invited to join {organization} on {application}"),
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

/// An e-mail as the event `email.created` tells of it: whoever sends e-mails by other means does
/// it by this.
pub fn shown(message: &Message, application: &str, to: Option<&User>) -> Value {
    let address = to.and_then(|user| {
        let mut all = user.email_addresses.iter();
        all.find(|it| it.email_address.eq_ignore_ascii_case(&message.to))
    });
    let mut data = json!({ "app": { "name": application } });
    if let Some(code) = &message.code {
        data["otp_code"] = json!(code);
    }
    if let Some(link) = &message.link {
        let name = match message.kind.as_str() {
            "magic_link" => "magic_link",
            _ => "action_url",
        };
        data[name] = json!(link);
    }
    json!({
        "object": "email",
        "id": message.id,
        "slug": message.kind,
        "from_email_name": "notifications",
        "reply_to_email_name": null,
        "to_email_address": message.to,
        "email_address_id": address.map(|it| &it.id),
        "user_id": to.map(|it| &it.id),
        "subject": message.subject,
        "body": page(message),
        "body_plain": plain(message),
        "status": "queued",
        "delivered_by_clerk": true,
        "data": data,
    })
}

fn plain(message: &Message) -> String {
    let link = message.link.as_ref();
    let link = link.map(|it| format!("\n\n{it}")).unwrap_or_default();
    format!("{}{link}\n", message.text)
}

fn page(message: &Message) -> String {
    let paragraph = |text: &str| format!("<p>{}</p>\n", escaped(text));
    let text: String = message.text.split("\n\n").map(paragraph).collect();
    let link = message.link.as_deref().map(escaped);
    let link = link.map(|it| format!("<p><a href=\"{it}\">{it}</a></p>\n"));
    let link = link.unwrap_or_default();
    format!("<!doctype html>\n<html lang=\"en\"><body>\n{text}{link}</body></html>\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_commands_no_terminal_and_forges_no_line() {
        let name =
            "X\u{1b}]0;PWNED\u{7}\n  ✉  victim@example.com: your verification code is 1\u{202e}";
        let message = organization_invitation("App", name, "ada@example.com", "http://localhost/");
        let shown = printed(&message).expect("a link");
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines.len(), 2, "{shown}");
        assert!(lines[0].contains("\\u{1b}]0;PWNED\\u{7}\\n"), "{shown}");
        assert!(!shown.contains('\u{202e}'));
        assert_eq!(lines[1], "     http://localhost/");
    }
}
