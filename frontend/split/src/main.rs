//! Splits the page's wasm where the program says so: `split LINKED.wasm FOLDER NAME` makes in the folder
//! `NAME.wasm`, for wasm-bindgen, one `split_….wasm` for each chunk, and the script that loads them.
//!
//! A package of its own, because only the release needs it: it takes as long to compile as all the
//! project's commands.

use std::path::Path;
use std::{env, fs};

use anyhow::{Context, Result, anyhow, bail};
use wasm_split_cli_support::{Options, transform};

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [linked, folder, name] = &arguments[..] else {
        bail!("usage: split LINKED.wasm FOLDER NAME");
    };
    let linked = fs::read(linked).with_context(|| format!("{linked} cannot be read"))?;
    let main = Path::new(folder).join(format!("{name}.wasm"));
    let script = format!("./{name}.js");
    let mut options = Options::new(&linked);
    options.output_dir = Path::new(folder);
    options.main_out_path = &main;
    options.main_module = &script;
    options.link_name = "./chunks.js";
    transform(options).map_err(|error| anyhow!("{error:#}"))?;
    Ok(())
}
