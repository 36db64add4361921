//! The API's paths of a person's row, as the page calls them. A test of the API compares them with
//! its routes.

use live::{Mutation, Query};
use serde::{Deserialize, Serialize};

use crate::user::{PutUser, User};

/// Whose row: Clerk's id of the caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClerkId {
    /// `user_…`
    pub clerk_id: String,
}

/// The caller's row.
pub const ME: Query<(), User> = Query::get("/api/users/me");

/// The caller's row, by their id.
pub const GET: Query<ClerkId, User> = Query::get("/api/users/{clerkId}");

/// The caller's row, which is made if there is none.
pub const GET_OR_CREATE: Mutation<(), (), User> = Mutation::post("/api/users");

/// Writes email address and name.
pub const PUT: Mutation<ClerkId, PutUser, User> = Mutation::put("/api/users/{clerkId}");

/// Deletes email address and name.
pub const DELETE: Mutation<ClerkId, (), ()> = Mutation::delete("/api/users/{clerkId}");
