//! The few pages the emulator shows itself, beside its dashboard.

/// Text made safe for HTML.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

fn page(title: &str, body: &str) -> String {
    format!(
        r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }}
body {{ display: grid; min-height: 100dvh; place-items: center; margin: 0; padding: 1rem;
  box-sizing: border-box; background: light-dark(#f4f4f6, #131316);
  color: light-dark(#1c1c22, #eeeef0); }}
main {{ width: min(24rem, 100%); box-sizing: border-box; padding: 2rem; border-radius: 1rem;
  background: light-dark(#fff, #1f1f23);
  box-shadow: 0 1px 3px light-dark(#0003, #0008), 0 8px 30px light-dark(#0001, #0004); }}
h1 {{ margin: 0 0 .25rem; font-size: 1.25rem; }}
p {{ margin: 0 0 1.25rem; color: light-dark(#5c5c66, #a9a9b2); }}
label {{ display: block; margin-bottom: .9rem; font-size: .875rem; font-weight: 600; }}
input {{ display: block; width: 100%; box-sizing: border-box; margin-top: .3rem; padding: .55rem .7rem;
  border: 1px solid light-dark(#8a8a94, #6c6c76); border-radius: .5rem; font: inherit;
  font-weight: 400; background: transparent; color: inherit; }}
button, .button {{ display: block; width: 100%; box-sizing: border-box; padding: .6rem; border: 0;
  border-radius: .5rem; font: inherit; font-weight: 600; cursor: pointer; text-align: center;
  text-decoration: none; background: #4f46e5; color: #fff; }}
button.plain {{ margin-top: .5rem; background: transparent; color: inherit; }}
:focus-visible {{ outline: 2px solid #6c63ff; outline-offset: 2px; }}
</style>
<main>{body}</main>
</html>
"#
    )
}

/// The page of an OAuth provider.
pub fn provider_page(provider: &str, state: &str) -> String {
    let name = escaped(provider);
    let state = escaped(state);
    let body = format!(
        r#"<h1>Continue with {name}</h1>
<p>This page stands in for {name}. Enter the account to continue with.</p>
<form method="post" action="/v1/oauth/emulator?state={state}">
<label>Email address<input name="email" type="email" required autofocus autocomplete="off"></label>
<label>First name<input name="first_name" autocomplete="off"></label>
<label>Last name<input name="last_name" autocomplete="off"></label>
<button>Allow</button>
<button class="plain" name="deny" value="1" formnovalidate>Cancel</button>
</form>"#
    );
    page(&format!("Continue with {name}"), &body)
}

/// A page that says one thing.
pub fn notice(title: &str, text: &str) -> String {
    let (title, text) = (escaped(title), escaped(text));
    page(&title, &format!("<h1>{title}</h1><p>{text}</p>"))
}
