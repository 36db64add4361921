//! The person: as the database holds them, live, to be edited in place.
//!
//! A component of its own kind: what it does is one list of messages, and a hook for each would
//! cost some kilobytes of wasm.

mod details;
mod edit;
mod editor;
mod status;
mod view;

use gloo_timers::callback::Interval;
use shared::User;
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::components::small_spinner;
use crate::draft::Keeper;
use crate::task::Task;
use crate::user_provider::CurrentUser;
use editor::{Act, Editor, Saving, values};
use status::Status;

/// How often "2 minutes ago" is looked at again, in milliseconds.
const MINUTE: u32 = 60_000;

/// What a [`Profile`] takes.
#[derive(Properties, PartialEq)]
pub struct ProfileProps {
    /// The row
    pub user: User,
    /// Its version
    pub version: i64,
    /// Where the person's picture is, if there is one
    pub picture: Option<String>,
    /// The way to the server, and whether changes arrive
    pub current: CurrentUser,
}

/// The person, and what they can change of themselves.
pub struct Profile {
    editor: Editor,
    keeper: Keeper,
    status: Status,
    copied: &'static str,
    first_field: NodeRef,
    edit_button: NodeRef,
    /// What the focus was given for last
    focused_for: Focus,
    task: Option<Task>,
    _ticks: Interval,
}

/// Whether somebody edits, and whether that is a conflict.
type Focus = (bool, bool);

/// Something that happens.
pub enum Message {
    /// To the edit
    Act(Act),
    /// The person saves.
    Save,
    /// This was copied.
    Copied(&'static str),
    /// Time has passed, or the network came or went.
    Look,
}

impl Profile {
    fn focus(&self) -> Focus {
        let conflict = matches!(self.editor.saving, Saving::Conflict(_));
        (self.editor.is_open(), conflict)
    }

    fn is_saving(&self, ctx: &Context<Self>) -> bool {
        self.editor.saving == Saving::Yes || ctx.props().current.state().is_pending
    }

    /// What the row shows, which may be an edit that is not saved yet.
    fn row(&mut self, ctx: &Context<Self>) {
        let ProfileProps { user, current, .. } = ctx.props();
        self.act(if current.state().is_pending {
            Act::Waiting(values(user))
        } else {
            Act::Row(values(user))
        });
    }

    /// Something happens to the edit; what is not saved is kept.
    fn act(&mut self, act: Act) {
        self.editor.act(act);
        self.keeper.keep(self.editor.unsaved());
    }

    fn save(&mut self, ctx: &Context<Self>) {
        let ProfileProps { user, version, .. } = ctx.props();
        let (Some(Ok(update)), Some(draft)) = (self.editor.update(user), &self.editor.draft) else {
            return self.act(Act::Try);
        };
        if self.editor.saving == Saving::Yes {
            return;
        }
        // What was chosen in a conflict goes upon the row that it was chosen by.
        let upon = if self.focus().1 {
            *version
        } else {
            draft.version
        };
        self.act(Act::Send(update.clone(), upon));
        let (link, current) = (ctx.link().clone(), ctx.props().current.clone());
        self.task = Some(Task::spawn(async move {
            link.send_message(Message::Act(match current.save(update, upon).await {
                Ok(()) => Act::Saved,
                Err(error) => Act::Refuse(error),
            }));
        }));
    }
}

impl Component for Profile {
    type Message = Message;
    type Properties = ProfileProps;

    fn create(ctx: &Context<Self>) -> Self {
        let ProfileProps { user, current, .. } = ctx.props();
        let look = ctx.link().callback(|()| Message::Look);
        let tick = look.clone();
        let keeper = Keeper::of(&user.clerk_id);
        let editor = Editor::new(values(user), keeper.draft().cloned());
        let mut profile = Self {
            focused_for: Focus::default(),
            editor,
            keeper,
            status: Status::new(current.state().link, look),
            copied: "",
            first_field: NodeRef::default(),
            edit_button: NodeRef::default(),
            task: None,
            _ticks: Interval::new(MINUTE, move || tick.emit(())),
        };
        profile.row(ctx);
        // What is there from the beginning takes the focus from nothing.
        profile.focused_for = profile.focus();
        profile
    }

    fn update(&mut self, ctx: &Context<Self>, message: Message) -> bool {
        match message {
            // An edit begins upon what is saved.
            Message::Act(Act::Edit(_)) if self.is_saving(ctx) => {}
            Message::Act(act) => self.act(act),
            Message::Save => self.save(ctx),
            Message::Copied(field) => self.copied = field,
            Message::Look => self.status.look(ctx.props().current.state().link),
        }
        true
    }

    fn changed(&mut self, ctx: &Context<Self>, _: &ProfileProps) -> bool {
        self.row(ctx);
        self.status.look(ctx.props().current.state().link);
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let ProfileProps {
            user,
            version,
            picture,
            current,
        } = ctx.props();
        let (link, upon) = (ctx.link(), *version);
        let act = link.callback(Message::Act);
        let is_edited = self.editor.is_open();
        let is_saving = self.is_saving(ctx);
        html! {
            <section class="card profile" aria-label="Your profile">
                if is_edited {
                    { edit::form(&self.editor, user, self.status.online, &self.first_field, &act,
                        link.callback(|event: SubmitEvent| {
                            event.prevent_default();
                            Message::Save
                        })) }
                } else {
                    { view::person(&self.editor, user, picture.clone(), self.status.view()) }
                }
                <div class="actions">
                    if !is_edited {
                        // Disabled, it could not have the focus.
                        <button type="button" class="button" ref={&self.edit_button}
                            aria-disabled={is_saving.to_string()}
                            onclick={act.reform(move |_| Act::Edit(upon))}>
                            { "Edit" }
                        </button>
                    }
                    <p class="said" role="status">
                        if !is_saving || !self.editor.said.is_empty() {
                            { self.editor.said }
                        } else if self.status.is_down() {
                            { "Not saved yet. It will be saved once the connection is back." }
                        } else {
                            { small_spinner("Saving…") }
                        }
                    </p>
                </div>
                { details::details(user, upon, current.jwt_template(), self.copied, &link.callback(Message::Copied)) }
            </section>
        }
    }

    /// The focus goes where the person goes on: into the form, and back to what opened it.
    fn rendered(&mut self, _: &Context<Self>, _: bool) {
        let now = self.focus();
        if self.focused_for != now {
            self.focused_for = now;
            let target = if now.0 {
                &self.first_field
            } else {
                &self.edit_button
            };
            if let Some(target) = target.cast::<HtmlElement>() {
                let _ = target.focus();
            }
        }
    }
}
