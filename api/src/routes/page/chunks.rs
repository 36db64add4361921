//! Which files Clerk's UI loads for a form. Its bundler names them by hash, and only the UI's own
//! script knows the names: `("a name for each number")[e]||e)+"_ui_"+i.h().slice(0,6)+"_1.36.0.js"`.
//! Pure.

/// The script that knows the names, below Clerk's `/npm/`.
pub const UI: &str = "@clerk/ui@1/dist/ui.browser.js";

/// Parts that stand around every form, which waits for them.
const AROUND: [&str; 2] = ["Portal", "MountedSubscriptionDetailDrawer"];

/// How many files a form may have; the sign-in form has eight.
const MOST: usize = 16;

/// The files of this component, below `/npm/`, in the order in which the script asks for them.
/// None when the script is not as it was when this was written.
pub fn of(script: &str, component: &str) -> Option<Vec<String>> {
    let (before, after) = script.split_once(r#"+"_ui_"+"#)?;
    let names = before.rsplit_once("({")?.1.split_once("})")?.0;
    let version = plain(between(after, r#".slice(0,6)+"_"#, r#".js""#)?)?;
    let hash = plain(between(after, r#".h=()=>""#, "\"")?.get(..6)?)?;
    let loads = between(script, &format!("{component}:()=>Promise.all(["), "])")?;
    let mut all: Vec<_> = loads.split(',').collect();
    let parts = AROUND.iter().filter_map(|part| lazily(script, part));
    for load in parts.flat_map(|loads| loads.split(',')) {
        if !all.contains(&load) {
            all.push(load);
        }
    }
    if all.len() > MOST {
        return None;
    }
    let file = |load: &str| {
        let number = plain(between(load, ".e(", ")")?)?;
        let mut pairs = names.split(',').filter_map(|it| it.split_once(':'));
        let name = pairs.find(|(it, _)| *it == number);
        let name = name.map_or(Some(number), |(_, it)| plain(it.trim_matches('"')))?;
        Some(format!(
            "@clerk/ui@{version}/dist/{name}_ui_{hash}_{version}.js"
        ))
    };
    all.into_iter().map(file).collect()
}

/// What the script loads for this part when it is first shown.
fn lazily<'a>(script: &'a str, part: &str) -> Option<&'a str> {
    let (before, _) = script.split_once(&format!("default:e.{part}}}"))?;
    let (loads, _) = before.rsplit_once("Promise.all([")?.1.split_once("])")?;
    Some(loads)
}

/// What stands between these two, the first time.
fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    Some(text.split_once(start)?.1.split_once(end)?.0)
}

/// The text, if it may stand in the name of a file: nothing that could lead elsewhere, or end a
/// header's value.
fn plain(text: &str) -> Option<&str> {
    let fits = |it: u8| it.is_ascii_alphanumeric() || b"-.".contains(&it);
    let is_short = (1..=64).contains(&text.len());
    (is_short && text.bytes().all(fits) && !text.contains("..")).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As in `@clerk/ui` 1.36.0, shortened.
    const SCRIPT: &str = r#"let a={SignIn:()=>Promise.all([r.e(26),r.e(8746),r.e(8010)]).then(r.bind(r,29189)),
        SignUp:()=>Promise.all([r.e(26),r.e(6666)]).then(r.bind(r,65995)),
        UserAvatar:()=>r.e(1058)};f=(0,u.lazy)(()=>Promise.all([r.e(26),r.e(3736)])
        .then(r.bind(r,12616)).then(e=>({default:e.Portal})));i.o({a:1}),i.u=e=>""+(({1058:"useravatar",26:"framework",
6666:"ui-common",8010:"signin"})[e]||e)+"_ui_"+i.h().slice(0,6)+"_1.36.0.js",
        i.h=()=>"58d0c711908d2399",i.g=1"#;

    #[test]
    fn a_form_s_files_are_named_as_its_script_names_them() {
        let files = |component| of(&SCRIPT.replace(",\n6666", ",6666"), component);
        let named = |names: &[&str]| {
            let file = |it| format!("@clerk/ui@1.36.0/dist/{it}_ui_58d0c7_1.36.0.js");
            Some(names.iter().map(file).collect::<Vec<_>>())
        };
        assert_eq!(
            files("SignIn"),
            named(&["framework", "8746", "signin", "3736"])
        );
        assert_eq!(files("SignUp"), named(&["framework", "ui-common", "3736"]));
        assert_eq!(files("Waitlist"), None);
    }

    #[test]
    fn another_script_names_nothing() {
        for (from, to) in [
            ("\"_ui_\"", "\"_\""),
            ("58d0c711908d2399", "58d"),
            ("58d0c711908d2399", "58d0>c11908d2399"),
            ("_1.36.0.js", "_1.36.0>; rel=x.js"),
            ("_1.36.0.js", "_...js"),
            ("framework", "../../../v1/client"),
            ("r.e(26)", "r.e()"),
            ("r.e(26)", &"r.e(26),".repeat(MOST)),
        ] {
            let script = SCRIPT.replace(from, to);
            assert_ne!(script, SCRIPT, "{from}");
            assert_eq!(of(&script, "SignIn"), None, "{to}");
        }
        for end in 0..SCRIPT.len() - 20 {
            let _ = of(&SCRIPT[..end], "SignIn");
        }
    }
}
