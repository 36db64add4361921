//! `cargo xtask fuzz`: lets [Schemathesis](https://schemathesis.readthedocs.io) try to break the
//! running API by its own description. Fails when it succeeds.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use bench::issuer::Issuer;
use bench::server::{Server, api, free_address};

/// The person that the description's examples name: the token is theirs.
const PERSON: &str = "user_2abc";
/// How many cases each operation gets from each generator, unless `FUZZ_CASES` says otherwise.
const CASES: &str = "300";

fn main() -> Result<()> {
    let schemathesis =
        std::env::var_os("SCHEMATHESIS").map_or("schemathesis".into(), PathBuf::from);
    let cases = std::env::var("FUZZ_CASES").unwrap_or_else(|_| CASES.to_owned());
    let folder = tempfile::tempdir()?;
    let issuer = Issuer::new()?;
    let address = free_address()?;
    let database = format!("sqlite://{}/app.db?mode=rwc", folder.path().display());
    let variables = [
        ("CLERK_JWT_KEY", issuer.public_pem.as_str()),
        // base64 of "a secret of the tests, no more"
        (
            "CLERK_WEBHOOK_SIGNING_SECRET",
            "whsec_YSBzZWNyZXQgb2YgdGhlIHRlc3RzLCBubyBtb3Jl",
        ),
    ];
    let mut command = api(address, &database, &variables);
    let server = Server::start("the API", &mut command, address, "/readyz")?;
    let token = issuer.token(PERSON)?;
    let run = |what: &[&str]| {
        let rules = concat!(env!("CARGO_MANIFEST_DIR"), "/schemathesis.toml");
        let status = Command::new(&schemathesis)
            .args(["--config-file", rules, "run"])
            .arg(format!("http://{address}/api/openapi.json"))
            .args(["--checks", "all", "--max-examples", &cases])
            .args(["--request-timeout", "20"])
            // A live query ends with its token: there is nothing to wait for.
            .args(["--exclude-path", "/api/users/me/events"])
            .args(what)
            .arg("-H")
            .arg(format!("Authorization: Bearer {token}"))
            .current_dir(folder.path())
            .status()
            .context("schemathesis does not start")?;
        if !status.success() {
            bail!("schemathesis found something; what it printed above says what");
        }
        Ok(())
    };
    // A deleted person does not come back: first what the living may do.
    run(&["--exclude-method", "DELETE"])?;
    run(&[])?;
    drop(server);
    Ok(())
}
