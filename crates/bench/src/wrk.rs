//! Load by [wrk](https://github.com/wg/wrk): many connections, each asking again as soon as it
//! is answered.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// Gives every request the next token; with "once", stops after the last one.
const SCRIPT: &str = r#"
local requests = {}
local last = 0
local once = false
function init(args)
    for token in io.lines(args[1]) do
        requests[#requests + 1] = wrk.format("GET", nil, { Authorization = "Bearer " .. token })
    end
    once = args[2] == "once"
end
function request()
    last = last % #requests + 1
    if once and last == #requests then
        wrk.thread:stop()
    end
    return requests[last]
end
"#;

/// How often a token is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Again and again, in turn.
    Often,
    /// Once; the rest of the time nobody asks.
    Once,
}

/// What a round of load found.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// Requests that were answered.
    pub requests: f64,
    /// Requests a second.
    pub per_second: f64,
    /// 99 of 100 answers came within so many milliseconds.
    pub p99: f64,
}

/// What a load needs on disk.
pub struct Script {
    lua: PathBuf,
    tokens: PathBuf,
    usage: Use,
}

impl Script {
    /// Asks with these tokens, kept in a file of this name.
    pub fn new(folder: &Path, name: &str, tokens: &[String], usage: Use) -> Result<Self> {
        let lua = folder.join("wrk.lua");
        std::fs::write(&lua, SCRIPT)?;
        let file = folder.join(name);
        std::fs::write(&file, tokens.join("\n"))?;
        Ok(Self {
            lua,
            tokens: file,
            usage,
        })
    }

    /// Loads `GET /api/users/me` from this many connections for this many seconds.
    pub fn run(&self, address: SocketAddr, connections: usize, seconds: u32) -> Result<Load> {
        let output = Command::new("wrk")
            .args(["-t1", "--latency"])
            .arg(format!("-c{connections}"))
            .arg(format!("-d{seconds}s"))
            .arg("-s")
            .arg(&self.lua)
            .arg(format!("http://{address}/api/users/me"))
            .arg("--")
            .arg(&self.tokens)
            .args((self.usage == Use::Once).then_some("once"))
            .output()
            .context("wrk is missing")?;
        let text = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() || text.contains("Non-2xx") || text.contains("Socket errors") {
            bail!("the load went wrong: {text}");
        }
        parse(&text).with_context(|| format!("wrk says something new: {text}"))
    }
}

fn parse(text: &str) -> Option<Load> {
    let value = |line: &str| line.split_whitespace().nth(1).map(str::to_owned);
    let find = |start: &str| {
        text.lines()
            .map(str::trim)
            .find(|line| line.starts_with(start))
    };
    let requests = text
        .lines()
        .find(|line| line.contains(" requests in "))?
        .split_whitespace()
        .next()?
        .parse()
        .ok()?;
    Some(Load {
        requests,
        per_second: value(find("Requests/sec:")?)?.parse().ok()?,
        p99: milliseconds(&value(find("99%")?)?)?,
    })
}

/// `850.00us`, `1.20ms`, `1.02s`
fn milliseconds(text: &str) -> Option<f64> {
    let number = |unit: &str| text.strip_suffix(unit)?.parse::<f64>().ok();
    number("us")
        .map(|n| n / 1000.0)
        .or_else(|| number("ms"))
        .or_else(|| number("s").map(|n| n * 1000.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_wrk_prints_is_understood() {
        let load = parse(
            "  1 threads and 64 connections\n  Latency Distribution\n     50%  850.00us\n     \
             99%    1.20ms\n  305034 requests in 5.00s, 92.80MB read\nRequests/sec:  60993.61\n",
        )
        .expect("understood");
        assert!((load.requests - 305_034.0).abs() < 0.1);
        assert!((load.per_second - 60_993.61).abs() < 0.1);
        assert!((load.p99 - 1.2).abs() < 0.001);
    }
}
