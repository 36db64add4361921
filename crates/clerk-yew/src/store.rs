//! What the page knows of Clerk, and who wants to hear of changes.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::rc::{Rc, Weak};
use std::task::{Poll, Waker};

use clerk_claims::Authorization;
use wasm_bindgen::JsValue;

use crate::error::ClerkError;
use crate::js;
use crate::resources::{Organization, Session, User};
use crate::state::{Signed, Status};

/// Who is signed in, and what they may do: all that an app decides by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Identity {
    pub session_id: String,
    /// Without the ages of the factors, which grow from minute to minute
    pub authorization: Authorization,
}

/// Whoever is signed in. The resources are of this moment: clerk-js changes its own in place, and
/// what counts as a change is what they hold.
pub(crate) struct Known {
    pub identity: Rc<Identity>,
    /// Minutes since the first and the second factor were verified, -1 for never
    pub factor_verification_age: Option<(i64, i64)>,
    pub user: User,
    pub session: Session,
    /// The active one
    pub organization: Option<Organization>,
}

impl Known {
    /// What they may do now.
    pub fn authorization(&self) -> Authorization {
        let mut authorization = self.identity.authorization.clone();
        authorization.factor_verification_age = self.factor_verification_age;
        authorization
    }
}

/// What the page knows of Clerk at one moment.
pub(crate) struct Snapshot {
    pub status: Status,
    pub signed: Signed<Rc<Known>>,
    /// clerk-js, once it is loaded
    pub clerk: Option<JsValue>,
}

impl Snapshot {
    /// Before anything is known.
    pub fn loading() -> Self {
        Self::without(Status::Loading)
    }

    /// Without Clerk.
    pub fn without(status: Status) -> Self {
        Self {
            status,
            signed: Signed::Loading,
            clerk: None,
        }
    }

    /// Who is signed in, and what they may do.
    pub fn identity(&self) -> Signed<Rc<Identity>> {
        self.signed.as_ref().map(|known| known.identity.clone())
    }
}

/// Who is signed in, as clerk-js has it now; none while that is changing.
pub(crate) fn signed(clerk: &JsValue) -> Option<Signed<Rc<Known>>> {
    let (user, session) = (js::get(clerk, "user"), js::get(clerk, "session"));
    if user.is_undefined() || session.is_undefined() {
        return None;
    }
    if user.is_null() || session.is_null() {
        return Some(Signed::SignedOut);
    }
    let pending = js::string(&session, "status").as_deref() == Some("pending");
    let organization = js::member(clerk, "organization").unwrap_or_default();
    let known = Rc::new(Known {
        identity: Rc::new(Identity {
            session_id: js::string(&session, "id").unwrap_or_default(),
            authorization: authorization(&user, &session, &organization),
        }),
        factor_verification_age: factor_verification_age(&session),
        user: User::new(user),
        session: Session::new(session),
        organization: organization
            .is_object()
            .then(|| Organization::new(organization)),
    });
    Some(if pending {
        Signed::Pending(known)
    } else {
        Signed::SignedIn(known)
    })
}

fn authorization(user: &JsValue, session: &JsValue, organization: &JsValue) -> Authorization {
    let org_id = js::string(organization, "id");
    let membership = js::items(user, "organizationMemberships")
        .find(|it| org_id.is_some() && js::string(&js::get(it, "organization"), "id") == org_id)
        .unwrap_or_default();
    let claims = claims(session);
    let mut authorization = Authorization::default();
    authorization.user_id = js::string(user, "id");
    authorization.org_role = js::string(&membership, "role");
    authorization.org_slug = js::string(organization, "slug");
    authorization.org_permissions = js::items(&membership, "permissions")
        .filter_map(|it| it.as_string())
        .collect();
    authorization.features = js::string(&claims, "fea");
    authorization.plans = js::string(&claims, "pla");
    authorization.org_id = org_id;
    authorization
}

/// The claims of the newest session token; `undefined` when there is none yet.
pub(crate) fn claims(session: &JsValue) -> JsValue {
    let token = js::get(&js::get(session, "lastActiveToken"), "jwt");
    js::get(&token, "claims")
}

fn factor_verification_age(session: &JsValue) -> Option<(i64, i64)> {
    // Clerk writes whole minutes.
    #[allow(clippy::cast_possible_truncation)]
    let mut ages =
        js::items(session, "factorVerificationAge").map(|it| it.as_f64().map(|it| it as i64));
    Some((ages.next()??, ages.next()??))
}

type Subscriber = dyn Fn(&Snapshot);

/// The newest snapshot and those who follow it.
pub(crate) struct Store {
    now: RefCell<Rc<Snapshot>>,
    subscribers: RefCell<Vec<Weak<Subscriber>>>,
    waiting: RefCell<Vec<Waker>>,
    /// How often something was told
    told: Cell<u32>,
}

impl Store {
    pub fn new(now: Snapshot) -> Self {
        Self {
            now: RefCell::new(Rc::new(now)),
            subscribers: RefCell::default(),
            waiting: RefCell::default(),
            told: Cell::default(),
        }
    }

    pub fn now(&self) -> Rc<Snapshot> {
        self.now.borrow().clone()
    }

    /// Something may have changed.
    pub fn set(&self, snapshot: Snapshot) {
        let snapshot = Rc::new(snapshot);
        self.now.replace(snapshot.clone());
        self.told.set(self.told.get().wrapping_add(1));
        let told = self.told.get();
        // Cloned: whoever hears of a change may subscribe, or bring about the next one.
        let subscribers = self.subscribers.borrow().clone();
        for subscriber in subscribers.iter().filter_map(Weak::upgrade) {
            if self.told.get() != told {
                // A newer snapshot has been told to everybody in the meantime.
                return;
            }
            subscriber(&snapshot);
        }
        self.waiting.take().into_iter().for_each(Waker::wake);
    }

    /// Calls back with each snapshot for as long as the answer lives.
    pub fn subscribe(&self, subscriber: impl Fn(&Snapshot) + 'static) -> Rc<Subscriber> {
        let subscriber: Rc<Subscriber> = Rc::new(subscriber);
        let mut subscribers = self.subscribers.borrow_mut();
        subscribers.retain(|it| it.strong_count() > 0);
        subscribers.push(Rc::downgrade(&subscriber));
        subscriber
    }

    /// clerk-js, or why there is none; none while it loads.
    pub fn loaded(&self) -> Option<Result<JsValue, ClerkError>> {
        let now = self.now.borrow();
        match (&now.status, &now.clerk) {
            (Status::Failed(error), _) => Some(Err(error.clone())),
            (_, clerk) => clerk.clone().map(Ok),
        }
    }

    /// Waits for clerk-js.
    pub async fn load(&self) -> Result<JsValue, ClerkError> {
        poll_fn(|context| {
            let loaded = self.loaded();
            if loaded.is_none() {
                self.waiting.borrow_mut().push(context.waker().clone());
            }
            loaded.map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }
}
