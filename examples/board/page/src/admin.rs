//! What an admin of the organization sees.

use board_shared::Count;
use clerk_yew::resources::{GetMemberships, OrganizationMembership};
use clerk_yew::{OrganizationLists, Paging, use_auth, use_organization, use_reverification};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::api;

/// The members with how much each wrote, and a button that clears all notes.
#[component]
pub fn Admin() -> Html {
    let auth = use_auth();
    let reverification = use_reverification();
    let members = Paging::new(GetMemberships::new().page_size(20));
    let organization = use_organization(OrganizationLists::new().memberships(members));
    let counts = use_state(Vec::<Count>::new);
    let said = use_state(String::new);

    {
        let (auth, counts, said) = (auth.clone(), counts.setter(), said.setter());
        use_effect_with(auth.org_id().map(str::to_owned), move |_| {
            spawn_local(async move {
                match api::counts(&auth).await {
                    Ok(all) => counts.set(all),
                    Err(error) => said.set(error.to_string()),
                }
            });
        });
    }
    let clear = {
        let (counts, said) = (counts.setter(), said.setter());
        Callback::from(move |_| {
            let (auth, reverification) = (auth.clone(), reverification.clone());
            let (counts, said) = (counts.clone(), said.clone());
            spawn_local(async move {
                match reverification.run(|| api::clear(&auth)).await {
                    Ok(()) => {
                        counts.set(Vec::new());
                        said.set("All notes are gone.".to_owned());
                    }
                    Err(error) => said.set(error.to_string()),
                }
            });
        })
    };
    let written = |author: Option<String>| {
        let mine = counts.iter().find(|it| Some(&it.author) == author.as_ref());
        mine.map_or(0, |it| it.notes)
    };
    html! {
        <>
            <h1>{ "Admin" }</h1>
            <ul class="notes">
                { for organization.memberships.data.iter().filter_map(OrganizationMembership::public_user_data).map(|who| html! {
                    <li>{ who.identifier() }{ ": " }{ written(who.user_id()) }</li>
                }) }
            </ul>
            <button onclick={clear}>{ "Clear all notes" }</button>
            <p role="status">{ (*said).clone() }</p>
        </>
    }
}
