//! Looking for people.

use serde_json::{Value, json};

use crate::backend::{ordered, selected};
use crate::error::ClerkError;
use crate::model::{Membership, User};
use crate::scope::call::Call;
use crate::scope::{Answer, Reply, Scope};
use crate::store::{ALL, Page};

use super::shown;

/// The filters that an index answers, so that not everybody has to be looked at.
const INDEXED: [(&str, &str); 3] = [
    ("email_address", "email"),
    ("username", "username"),
    ("external_id", "external_id"),
];

/// Whom a filter names, if one does that; [`fits`] decides.
fn candidates(scope: &Scope<'_>) -> Result<Option<Vec<User>>, ClerkError> {
    let named = |param: &str| {
        let all = scope.call.query_all(param).into_iter();
        all.filter(|it| !it.starts_with('-'))
            .map(|it| it.trim_start_matches(['+', ' ']))
            .collect::<Vec<_>>()
    };
    let mut found: Vec<User> = Vec::new();
    let ids = named("user_id");
    for id in &ids {
        found.extend(scope.tx.get(id)?);
    }
    if !ids.is_empty() {
        return Ok(Some(found));
    }
    for (param, index) in INDEXED {
        let values = named(param);
        for value in &values {
            let value = match index {
                "external_id" => (*value).to_owned(),
                _ => value.to_lowercase(),
            };
            found.extend(scope.tx.find(index, &value)?);
        }
        if !values.is_empty() {
            return Ok(Some(found));
        }
    }
    let organizations = named("organization_id");
    for id in &organizations {
        let members: Vec<Membership> = scope.tx.list("organization", id, Page::WHOLE)?;
        for it in members {
            found.extend(scope.tx.get(&it.user_id)?);
        }
    }
    Ok((!organizations.is_empty()).then_some(found))
}

/// Whether a person fits every filter of the call.
pub fn fits(call: &Call, user: &User) -> bool {
    let text = |value: Option<&str>| value.unwrap_or_default().to_lowercase();
    let contains = |param: &str, haystacks: &[String]| {
        call.query(param).is_none_or(|query| {
            let query = query.to_lowercase();
            haystacks.iter().any(|it| it.contains(&query))
        })
    };
    let exactly = |param: &str, own: &[&str]| selected(&call.query_all(param), own);
    let emails: Vec<&str> = user
        .email_addresses
        .iter()
        .map(|it| it.email_address.as_str())
        .collect();
    let folded: Vec<String> = emails.iter().map(|it| it.to_lowercase()).collect();
    let username = text(user.username.as_deref());
    let name = text(user.full_name().as_deref());
    let mut all = folded.clone();
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
    let provider = call.query("provider").is_none_or(|provider| {
        let ids = call.query_all("provider_user_id");
        let mut own = user.external_accounts.iter();
        own.any(|it| it.strategy == provider && selected(&ids, &[&it.provider_user_id]))
    });
    provider
        && exactly("user_id", &[&user.id])
        && exactly("email_address", &emails)
        && exactly("username", user.username.as_deref().as_slice())
        && exactly("external_id", user.external_id.as_deref().as_slice())
        && contains("query", &all)
        && contains("email_address_query", &folded)
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

/// Everybody that the call is about; none when that is simply everybody.
fn filtered(scope: &Scope<'_>) -> Result<Option<Vec<User>>, ClerkError> {
    if !scope.call.has_filters() {
        return Ok(None);
    }
    let mut all = match candidates(scope)? {
        Some(found) => found,
        None => scope.tx.list::<User>(ALL.0, ALL.1, Page::WHOLE)?,
    };
    all.retain(|user| fits(scope.call, user));
    let organizations = scope.call.query_all("organization_id");
    if !organizations.is_empty() {
        let mut members = Vec::new();
        for user in all {
            let own: Vec<Membership> = scope.tx.list("user", &user.id, Page::WHOLE)?;
            let own: Vec<&str> = own.iter().map(|it| it.organization_id.as_str()).collect();
            if selected(&organizations, &own) {
                members.push(user);
            }
        }
        all = members;
    }
    all.sort_by(|a, b| {
        b.created_at
            .cmp(&a.created_at)
            .then_with(|| b.id.cmp(&a.id))
    });
    all.dedup_by(|a, b| a.id == b.id);
    Ok(Some(scope.call.fitting(&all).to_vec()))
}

/// `GET …`
pub fn list(scope: &mut Scope<'_>) -> Answer {
    let page = scope.call.page();
    let order = scope.call.query("order_by").unwrap_or("-created_at");
    let by_age = ["-created_at", "created_at", "+created_at", " created_at"].contains(&order);
    let after = scope.call.query("starting_after");
    if after.is_some() && !by_age {
        return Err(ClerkError::invalid(
            "starting_after",
            "starting_after can only be used when ordering by created_at.",
        ));
    }
    let users = match filtered(scope)? {
        // The usual list needs to look at its page only.
        None if by_age && after.is_none() => {
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
    let offset = match after {
        Some(id) => shown.iter().position(|it| it["id"] == id).map(|at| at + 1),
        None => Some(page.offset),
    };
    let offset = offset.ok_or_else(|| ClerkError::not_found("The user of starting_after"))?;
    let wanted: Vec<Value> = shown.into_iter().skip(offset).take(page.limit).collect();
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
