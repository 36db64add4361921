//! Looking for people.

use serde_json::{Value, json};

use crate::backend::ordered;
use crate::error::ClerkError;
use crate::model::{Membership, User};
use crate::scope::{Answer, Reply, Scope};
use crate::store::{ALL, Page};

use super::shown;

/// What a list of people may be limited to; exact ones are found without looking at everybody.
fn candidates(scope: &Scope<'_>) -> Result<Option<Vec<User>>, ClerkError> {
    let mut found: Option<Vec<User>> = None;
    let mut add = |users: Vec<User>| found.get_or_insert_default().extend(users);
    for (param, index) in [
        ("email_address", "email"),
        ("username", "username"),
        ("external_id", "external_id"),
    ] {
        for value in scope.call.query_all(param) {
            if value.starts_with('-') {
                continue;
            }
            let folded = if index == "external_id" {
                value.trim_start_matches('+').to_owned()
            } else {
                value.to_lowercase()
            };
            add(scope.tx.find::<User>(index, &folded)?.into_iter().collect());
        }
    }
    for value in scope.call.query_all("user_id") {
        if !value.starts_with('-') {
            let id = value.trim_start_matches('+');
            add(scope.tx.get::<User>(id)?.into_iter().collect());
        }
    }
    for value in scope.call.query_all("organization_id") {
        if !value.starts_with('-') {
            let id = value.trim_start_matches('+');
            for it in scope
                .tx
                .list::<Membership>("organization", id, Page::WHOLE)?
            {
                add(scope.tx.get::<User>(&it.user_id)?.into_iter().collect());
            }
        }
    }
    let asked = [
        "email_address",
        "username",
        "external_id",
        "user_id",
        "organization_id",
    ];
    if found.is_none()
        && asked.iter().any(|name| {
            scope
                .call
                .query_all(name)
                .iter()
                .any(|value| !value.starts_with('-'))
        })
    {
        found = Some(Vec::new());
    }
    Ok(found)
}

/// Whether a person fits every filter of the call.
fn fits(scope: &Scope<'_>, user: &User) -> bool {
    let call = scope.call;
    let text = |value: Option<&str>| value.unwrap_or_default().to_lowercase();
    let contains = |param: &str, haystacks: &[String]| {
        call.query(param).is_none_or(|query| {
            let query = query.to_lowercase();
            haystacks.iter().any(|it| it.contains(&query))
        })
    };
    let emails: Vec<String> = user
        .email_addresses
        .iter()
        .map(|it| it.email_address.to_lowercase())
        .collect();
    let username = text(user.username.as_deref());
    let name = text(user.full_name().as_deref());
    let mut all = emails.clone();
    all.extend([
        username.clone(),
        name.clone(),
        user.id.to_lowercase(),
        text(user.external_id.as_deref()),
    ]);
    let number = |param: &str| call.query(param).and_then(|it| it.parse::<i64>().ok());
    let before = |param: &str, at: Option<i64>| {
        number(param).is_none_or(|limit| at.is_some_and(|at| at < limit))
    };
    let after = |param: &str, at: Option<i64>| {
        number(param).is_none_or(|limit| at.is_some_and(|at| at > limit))
    };
    let excluded = call
        .query_all("user_id")
        .iter()
        .any(|it| it.strip_prefix('-') == Some(&user.id));
    let provider = call.query("provider").is_none_or(|provider| {
        user.external_accounts.iter().any(|it| {
            let id = call.query("provider_user_id");
            it.strategy == provider && id.is_none_or(|id| it.provider_user_id == id)
        })
    });
    !excluded
        && provider
        && contains("query", &all)
        && contains("email_address_query", &emails)
        && contains("username_query", &[username])
        && contains("name_query", &[name])
        && call
            .query("banned")
            .is_none_or(|it| (it == "true") == user.banned)
        && before("created_at_before", Some(user.created_at))
        && after("created_at_after", Some(user.created_at))
        && before("last_active_at_before", user.last_active_at)
        && after("last_active_at_after", user.last_active_at)
        && after("last_active_at_since", user.last_active_at)
        && before("last_sign_in_at_before", user.last_sign_in_at)
        && after("last_sign_in_at_after", user.last_sign_in_at)
}

const FILTERS: [&str; 14] = [
    "query",
    "email_address_query",
    "username_query",
    "name_query",
    "banned",
    "provider",
    "created_at_before",
    "created_at_after",
    "last_active_at_before",
    "last_active_at_after",
    "last_active_at_since",
    "last_sign_in_at_before",
    "last_sign_in_at_after",
    "user_id",
];

/// Everybody that the call is about; none when that is simply everybody.
fn filtered(scope: &Scope<'_>) -> Result<Option<Vec<User>>, ClerkError> {
    let found = candidates(scope)?;
    let plain = FILTERS
        .iter()
        .all(|name| scope.call.query_all(name).is_empty());
    let mut all = match found {
        None if plain => return Ok(None),
        None => scope.tx.list::<User>(ALL.0, ALL.1, Page::WHOLE)?,
        Some(found) => found,
    };
    all.retain(|user| fits(scope, user));
    all.sort_by(|a, b| {
        b.created_at
            .cmp(&a.created_at)
            .then_with(|| b.id.cmp(&a.id))
    });
    all.dedup_by(|a, b| a.id == b.id);
    Ok(Some(all))
}

/// `GET …`
pub fn list(scope: &mut Scope<'_>) -> Answer {
    let page = scope.call.page();
    let order = scope.call.query("order_by").unwrap_or("-created_at");
    let by_age = ["-created_at", "created_at", "+created_at", " created_at"].contains(&order);
    let users = match filtered(scope)? {
        // The usual list needs to look at its page only.
        None if by_age => {
            let page = Page {
                oldest_first: !order.starts_with('-'),
                ..page
            };
            let users = scope.tx.list::<User>(ALL.0, ALL.1, page)?;
            return part(scope, &users);
        }
        None => scope.tx.list::<User>(ALL.0, ALL.1, Page::WHOLE)?,
        Some(users) => users,
    };
    let shown: Result<Vec<Value>, ClerkError> = users.iter().map(|it| shown(scope, it)).collect();
    let fields = [
        "created_at",
        "updated_at",
        "email_address",
        "first_name",
        "last_name",
        "username",
        "last_active_at",
        "last_sign_in_at",
        "web3wallet",
        "phone_number",
    ];
    let shown = ordered(scope, shown?, &fields)?;
    let wanted: Vec<Value> = shown
        .into_iter()
        .skip(page.offset)
        .take(page.limit)
        .collect();
    Ok(Reply::Plain(wanted.into()))
}

fn part(scope: &Scope<'_>, users: &[User]) -> Answer {
    let shown: Result<Vec<Value>, ClerkError> = users.iter().map(|it| shown(scope, it)).collect();
    Ok(Reply::Plain(shown?.into()))
}

/// `GET …/count`
pub fn count(scope: &mut Scope<'_>) -> Answer {
    let total = match filtered(scope)? {
        Some(users) => users.len(),
        None => scope.tx.count::<User>(ALL.0, ALL.1)?,
    };
    Ok(Reply::Plain(
        json!({ "object": "total_count", "total_count": total }),
    ))
}
