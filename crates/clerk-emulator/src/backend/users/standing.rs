//! Who may sign in: bans and locks.

use crate::error::ClerkError;
use crate::model::User;
use crate::rules::{accounts, sessions};
use crate::scope::{Answer, Reply, Scope};

use super::{answer, find, save, shown};

fn set_banned(scope: &mut Scope<'_>, mut user: User, banned: bool) -> Result<User, ClerkError> {
    user.banned = banned;
    if banned {
        sessions::end_all(scope, &user.id, None)?;
    }
    accounts::save(scope, &mut user)?;
    Ok(user)
}

/// `POST …/{id}/ban`: all sessions end, and no new one begins.
pub fn ban(scope: &mut Scope<'_>) -> Answer {
    let user = find(scope)?;
    let user = set_banned(scope, user, true)?;
    answer(scope, &user)
}

/// `POST …/{id}/unban`
pub fn unban(scope: &mut Scope<'_>) -> Answer {
    let user = find(scope)?;
    let user = set_banned(scope, user, false)?;
    answer(scope, &user)
}

fn set_all_banned(scope: &mut Scope<'_>, banned: bool) -> Answer {
    let ids = scope.call.texts("user_ids");
    if ids.is_empty() {
        return Err(ClerkError::missing("user_ids"));
    }
    let mut all = Vec::new();
    for id in ids {
        let user: User = scope.tx.need(&id)?;
        let user = set_banned(scope, user, banned)?;
        all.push(shown(scope, &user)?);
    }
    Ok(Reply::Plain(all.into()))
}

/// `POST …/ban`
pub fn ban_all(scope: &mut Scope<'_>) -> Answer {
    set_all_banned(scope, true)
}

/// `POST …/unban`
pub fn unban_all(scope: &mut Scope<'_>) -> Answer {
    set_all_banned(scope, false)
}

/// `POST …/{id}/lock`
pub fn lock(scope: &mut Scope<'_>) -> Answer {
    let mut user = find(scope)?;
    let minutes = i64::from(scope.settings.lockout_minutes.max(1));
    user.locked_until = Some(scope.now + minutes * 60_000);
    save(scope, user)
}

/// `POST …/{id}/unlock`
pub fn unlock(scope: &mut Scope<'_>) -> Answer {
    let mut user = find(scope)?;
    user.locked_until = None;
    user.failed_attempts = 0;
    save(scope, user)
}
