//! The Backend API (<https://clerk.com/docs/reference/backend-api>), one file for each resource.

pub mod email_addresses;
pub mod instance;
pub mod invitations;
pub mod lists;
pub mod organizations;
pub mod roles;
pub mod sessions;
pub mod templates;
pub mod tokens;
pub mod users;
pub mod waitlist;

use serde_json::Value;

use crate::error::ClerkError;
use crate::scope::{Answer, Reply, Scope};
use crate::view;

/// The wanted part of a list, with the number of all.
fn paginated<T>(
    scope: &Scope<'_>,
    all: &[T],
    show: impl Fn(&T) -> Result<Value, ClerkError>,
) -> Answer {
    let all = scope.call.fitting(all);
    let shown = part(scope, all, show)?;
    Ok(Reply::Plain(view::paginated(&shown, all.len())))
}

/// The wanted part of a list: an array, or with the number of all where the call asks for that.
fn listed<T>(
    scope: &Scope<'_>,
    all: &[T],
    show: impl Fn(&T) -> Result<Value, ClerkError>,
) -> Answer {
    if scope.call.query("paginated") == Some("true") {
        return paginated(scope, all, show);
    }
    let all = scope.call.fitting(all);
    Ok(Reply::Plain(part(scope, all, show)?.into()))
}

/// Whether something is among the values of a filter, by any of its names. A value that begins
/// with `-` excludes.
fn selected(wanted: &[&str], own: &[&str]) -> bool {
    let (not, only): (Vec<&str>, Vec<&str>) = wanted.iter().partition(|it| it.starts_with('-'));
    let is_own = |it: &&str| {
        let it = it.trim_start_matches(['+', '-', ' ']);
        own.iter().any(|own| own.eq_ignore_ascii_case(it))
    };
    !not.iter().any(is_own) && (only.is_empty() || only.iter().any(is_own))
}

fn part<T>(
    scope: &Scope<'_>,
    all: &[T],
    show: impl Fn(&T) -> Result<Value, ClerkError>,
) -> Result<Vec<Value>, ClerkError> {
    let page = scope.call.page();
    let wanted = all.iter().skip(page.offset).take(page.limit);
    wanted.map(show).collect()
}

/// Orders a list as `order_by` says: a field of the shown record, with `-` newest or last first.
fn ordered(
    scope: &Scope<'_>,
    mut all: Vec<Value>,
    fields: &[&str],
) -> Result<Vec<Value>, ClerkError> {
    let Some(order) = scope.call.query("order_by") else {
        return Ok(all);
    };
    let field = order.trim_start_matches(['-', '+', ' ']);
    if !fields.contains(&field) {
        return Err(ClerkError::invalid(
            "order_by",
            format!("order_by must be one of {}.", fields.join(", ")),
        ));
    }
    let key = |it: &Value| match &it[field] {
        Value::Number(number) => (number.as_i64().unwrap_or(0), String::new()),
        value => (0, value.as_str().unwrap_or_default().to_lowercase()),
    };
    all.sort_by_cached_key(key);
    if order.starts_with('-') {
        all.reverse();
    }
    Ok(all)
}
