//! A stand-in that notes every call, and what the tests do with it.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, HtmlElement};
use yew::AppHandle;
use yew::prelude::*;

use crate::stand_in::{fresh_page, holds, run, said, settled, show, until};

/// Makes the stand-in note every call: in `calls` as `[method, argument]`, and what is mounted in
/// `mounted`, by element.
pub const RECORDER: &str = "
    window.calls = [];
    window.mounted = new Map();
    window.errors = [];
    const rendered = ['SignIn', 'SignUp', 'UserButton', 'UserProfile', 'UserAvatar', 'Waitlist',
        'OrganizationSwitcher', 'OrganizationProfile', 'OrganizationList', 'CreateOrganization',
        'PricingTable', 'APIKeys', 'TaskChooseOrganization', 'TaskSetupMFA', 'TaskResetPassword'];
    const methods = rendered.map((it) => ['mount' + it, 'unmount' + it]);
    methods.push(['__internal_mountOAuthConsent', '__internal_unmountOAuthConsent']);
    for (const [mount, unmount] of methods) {
        window.Clerk[mount] = (node, props) => {
            if (window.refuse) throw new Error('not allowed here');
            window.calls.push([mount, props]); window.mounted.set(node, props);
        };
        window.Clerk[unmount] = (node) => { window.calls.push([unmount]); window.mounted.delete(node); };
    }
    for (const name of ['openGoogleOneTap', 'closeGoogleOneTap', 'openSignIn', 'openSignUp',
        'openInviteMembers', 'redirectToSignIn', 'redirectToSignUp', 'redirectToTasks',
        'redirectToAfterSignOut', 'redirectToUserProfile', 'redirectToOrganizationProfile',
        'redirectToCreateOrganization', 'signOut', 'authenticateWithMetamask']) {
        window.Clerk[name] = (...all) => { window.calls.push([name, ...all]); };
    }
    window.Clerk.handleRedirectCallback = async (options) => {
        window.calls.push(['handleRedirectCallback', options]);
        if (window.refuse) throw new Error('no sign-in is under way');
    };
    window.Clerk.__internal_updateProps = ({node, props, ...rest}) => {
        window.calls.push(['update', props ?? rest]);
        if (node) window.mounted.set(node, props);
    };
    window.props = () => [...window.mounted.values()][0];
    window.inAnOrganization = (role, permissions, claims = {}) => window.Clerk.become(
        window.person({organizationMemberships: [{organization: {id: 'org_1'}, role, permissions}]}),
        {id: 'sess_1', status: 'active', factorVerificationAge: [5, -1],
            lastActiveToken: {jwt: {claims}}},
        {id: 'org_1', slug: 'acme'});
    window.somebody = (status = 'active') => window.Clerk.become(
        window.person(), {id: 'sess_1', status, factorVerificationAge: [5, -1]});
";

/// An app, loaded, whose Clerk notes what is asked of it.
pub async fn recorded<C: BaseComponent<Properties = ()>>() -> (Element, AppHandle<C>) {
    let shown = before_loading::<C>().await;
    run("window.finishLoad()");
    settled().await;
    shown
}

/// The same, while Clerk is loading.
pub async fn before_loading<C: BaseComponent<Properties = ()>>() -> (Element, AppHandle<C>) {
    fresh_page();
    run(RECORDER);
    run("delete window.refuse; delete window.setStep;");
    let shown = show::<C>();
    until("Clerk to be asked to load", || holds("window.finishLoad")).await;
    shown
}

/// The calls of some methods so far, as JSON.
pub fn calls() -> String {
    said("JSON.stringify(window.calls)")
}

/// The app goes: everything is taken away.
pub async fn gone<C: BaseComponent<Properties = ()>>(root: &Element, app: AppHandle<C>) {
    app.destroy();
    settled().await;
    root.remove();
}

/// A number that the test sets by `window.setStep(…)`.
#[hook]
pub fn use_step() -> u32 {
    let step = use_state(|| 0_u32);
    let setter = step.setter();
    use_effect_with((), move |()| {
        let set = Closure::<dyn Fn(u32)>::new(move |to| setter.set(to)).into_js_value();
        let _ = js_sys::Reflect::set(&js_sys::global(), &"setStep".into(), &set);
    });
    *step
}

pub async fn step(to: u32) {
    run(&format!("window.setStep({to})"));
    settled().await;
}

pub fn click(root: &Element, selector: &str) {
    let element = root.query_selector(selector).expect("a selector");
    let element: HtmlElement = element.expect("it is there").unchecked_into();
    element.click();
}
