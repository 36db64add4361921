//! Which operations of Clerk's documents the emulator answers: a table for its README.
//!
//! `CLERK_SPECS_DIR` is the folder of the documents, `CONFORMANCE_LOG` what the tests noted.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use clerk_emulator::ClerkEmulator;
use serde_json::Value;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
const BEGIN: &str = "<!-- coverage -->\n";
const END: &str = "<!-- /coverage -->\n";

/// What e-mail-and-password applications and their servers use: the emulator has all of it.
/// Operations in these groups that are about something else are named in [`BESIDE`].
const NAMED: [&str; 41] = [
    "Actor Tokens",
    "Active Sessions",
    "Allow-list / Block-list",
    "Backup Codes",
    "Client",
    "Clients",
    "DevBrowser",
    "Domains",
    "Email Addresses",
    "Environment",
    "External Accounts",
    "Health",
    "Instance Settings",
    "Invitations",
    "JWKS",
    "JWT Templates",
    "Members",
    "Membership Requests",
    "OAuth2 Callbacks",
    "Organization",
    "Organization Domains",
    "Organization Invitations",
    "Organization Memberships",
    "Organization Permissions",
    "Organization Roles",
    "Organizations",
    "Organizations Memberships",
    "Passkeys",
    "Redirect URLs",
    "Roles",
    "Sessions",
    "Sign Ins",
    "Sign Ups",
    "Sign-in Tokens",
    "TOTP",
    "Testing Tokens",
    "User",
    "Users",
    "Waitlist",
    "Waitlist Entries",
    "Webhooks",
];

/// About phones, wallets, enterprise connections, billing, trusted devices, satellites, native
/// applications and machines, which the emulator does not stand in for.
const BESIDE: [&str; 13] = [
    "billing",
    "ownership_verification",
    "trusted_devices",
    "web3_wallets",
    "agents",
    "change_domain",
    "/client/sync",
    "/client/link",
    "/me/tokens",
    "domains/bulk",
    "POST /domains",
    " /domains/{domain_id}",
    "satellite",
];

#[derive(Default)]
struct Row {
    answered: usize,
    refused: Vec<String>,
    missing: Vec<String>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let folder = std::env::var("CLERK_SPECS_DIR")?;
    let log = std::fs::read_to_string(std::env::var("CONFORMANCE_LOG")?)?;
    let seen: BTreeSet<&str> = log
        .lines()
        .filter_map(|line| line.rsplit_once(' '))
        .filter(|(_, status)| status.parse::<u16>().is_ok_and(|it| it < 400))
        .map(|(operation, _)| operation)
        .collect();
    let emulator = ClerkEmulator::start().await?;
    let mut text = String::new();
    for (api, title) in [("fapi", "Frontend API"), ("bapi", "Backend API")] {
        let document = read(Path::new(&folder), api)?;
        let rows = rows(&document, api, &seen, &emulator).await?;
        write_table(&mut text, title, &rows)?;
    }
    write_events(&mut text, &read(Path::new(&folder), "webhooks")?, &seen)?;
    print!("{text}");
    let readme = std::fs::read_to_string(README)?;
    let (before, rest) = readme
        .split_once(BEGIN)
        .ok_or("the README has no place for it")?;
    let (_, after) = rest
        .split_once(END)
        .ok_or("the README has no place for it")?;
    std::fs::write(README, format!("{before}{BEGIN}{text}{END}{after}"))?;
    Ok(())
}

fn read(folder: &Path, api: &str) -> Result<Value> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .and_then(|it| it.to_str())
            .unwrap_or_default();
        if name.starts_with(api) {
            return Ok(serde_saphyr::from_str(&std::fs::read_to_string(&path)?)?);
        }
    }
    Err(format!("{api}-*.yml is not in {}", folder.display()).into())
}

/// By group: answered, refused as not supported, neither.
async fn rows(
    document: &Value,
    api: &str,
    seen: &BTreeSet<&str>,
    emulator: &ClerkEmulator,
) -> Result<BTreeMap<(bool, String), Row>> {
    let mut rows: BTreeMap<(bool, String), Row> = BTreeMap::new();
    let paths = document["paths"].as_object().ok_or("no paths")?;
    for (path, operations) in paths {
        let operations = operations.as_object().into_iter().flatten();
        for (method, operation) in operations {
            let method = method.to_uppercase();
            if !["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&method.as_str()) {
                continue;
            }
            let group = operation["tags"][0].as_str().unwrap_or("Other");
            let name = format!("{method} {path}");
            let beside = BESIDE.iter().any(|it| name.contains(it));
            let named = NAMED.contains(&group) && !beside;
            let row = rows.entry((!named, group.to_owned())).or_default();
            if seen.contains(format!("{api} {name}").as_str()) {
                row.answered += 1;
            } else if refuses(emulator, api, &method, path).await? {
                row.refused.push(name);
            } else {
                row.missing.push(name);
            }
        }
    }
    Ok(rows)
}

/// Whether the emulator says, in Clerk's shape, that it does not support an operation.
async fn refuses(emulator: &ClerkEmulator, api: &str, method: &str, path: &str) -> Result<bool> {
    let prefix = if api == "fapi" { "" } else { "/v1" };
    let path = path.replace(['{', '}'], "");
    let mut request = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()?
        .request(method.parse()?, format!("{}{prefix}{path}", emulator.url()));
    if api == "bapi" {
        request = request.bearer_auth(emulator.secret_key());
    }
    let answer = request.send().await?;
    let text = answer.text().await?;
    Ok(text.contains("The emulator does not support"))
}

/// Webhooks' events: those of payments and text messages are about what the emulator has not.
fn write_events(text: &mut String, document: &Value, seen: &BTreeSet<&str>) -> Result<()> {
    let all = document["x-webhooks"].as_object().ok_or("no webhooks")?;
    let others = ["paymentAttempt.", "subscription", "sms."];
    let is_other = |name: &str| others.iter().any(|it| name.starts_with(it));
    let (beside, named): (Vec<_>, Vec<_>) = all.keys().partition(|name| is_other(name));
    let told = |name: &&&String| seen.contains(format!("webhooks {name}").as_str());
    let count = named.iter().filter(told).count();
    writeln!(
        text,
        "**Webhooks:** {count} of {} events ({} %), sent as documented; the other {} are about payments and text messages.",
        named.len(),
        100 * count / named.len().max(1),
        beside.len(),
    )?;
    for name in named.iter().filter(|it| !told(it)) {
        writeln!(text, "\nNot yet: `{name}`")?;
    }
    writeln!(text)?;
    Ok(())
}

fn write_table(text: &mut String, title: &str, rows: &BTreeMap<(bool, String), Row>) -> Result<()> {
    let sum = |others: bool, count: fn(&Row) -> usize| -> usize {
        rows.iter()
            .filter(|((other, _), _)| *other == others)
            .map(|(_, row)| count(row))
            .sum()
    };
    let all = |row: &Row| row.answered + row.refused.len() + row.missing.len();
    let (answered, named) = (sum(false, |it| it.answered), sum(false, all));
    let share = 100 * answered / named.max(1);
    writeln!(
        text,
        "**{title}:** {answered} of {named} operations ({share} %) in the groups that the emulator stands in for;"
    )?;
    let (beside, others) = (sum(true, |it| it.answered), sum(true, all));
    writeln!(
        text,
        "of the other {others} it answers {beside}, and the rest with Clerk's error `resource_not_found`.\n"
    )?;
    writeln!(
        text,
        "| group | answered as documented | refused as not supported | neither |"
    )?;
    writeln!(text, "| --- | --- | --- | --- |")?;
    for ((other, group), row) in rows {
        let mark = if *other { " (out of scope)" } else { "" };
        let (answered, refused, missing) = (row.answered, row.refused.len(), row.missing.len());
        writeln!(
            text,
            "| {group}{mark} | {answered} | {refused} | {missing} |"
        )?;
    }
    let named = |(other, _): &&(bool, String)| !*other;
    let left: Vec<&String> = rows
        .iter()
        .filter(|(key, _)| named(key))
        .flat_map(|(_, row)| row.refused.iter().chain(&row.missing))
        .collect();
    for name in left {
        writeln!(text, "\nNot yet: `{name}`")?;
    }
    writeln!(text)?;
    Ok(())
}
