//! clerk-js and its UI, as browsers get them.

use std::io::Read;
use std::path::Path;

use clerk_emulator::config::Config;
use flate2::read::GzDecoder;
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Method, Response};
use tempfile::TempDir;

use crate::world::World;

const CLERK: &str = "/npm/@clerk/clerk-js@6.40.0/dist/clerk.browser.js";
const ICONS: &str = "https://img.clerk.com/static/";

/// A script that is worth compressing.
fn script() -> String {
    "export const clerk = (key) => key;\n".repeat(500)
}

/// An emulator that has these files of clerk-js 6.40.0 and of its UI 1.36.0.
async fn serving(directory: &Path, files: &[(&str, &str)]) -> World {
    for (file, content) in files {
        let (package, version) = match file.split('/').next() {
            Some("ui") => ("ui", "1.36.0"),
            _ => ("clerk-js", "6.40.0"),
        };
        let rest = file.split_once('/').expect("a package").1;
        let path = directory
            .join("@clerk")
            .join(package)
            .join(version)
            .join(rest);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, content).expect("a file");
    }
    let config =
        Config::read(|name| (name == "EMULATOR_SDK_DIR").then(|| directory.as_os_str().to_owned()));
    let mut config = config.expect("a configuration");
    config.ephemeral = true;
    config.addr.set_port(0);
    World::on(&config).await
}

/// An emulator that has clerk-js itself; its folder, which it needs, and the script.
async fn serving_clerk() -> (TempDir, String, World) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let script = script();
    let files = [("clerk-js/dist/clerk.browser.js", script.as_str())];
    let world = serving(directory.path(), &files).await;
    (directory, script, world)
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers
        .get(name)
        .map_or("-", |value| value.to_str().expect("text"))
}

async fn get(world: &World, path: &str, headers: &[(&str, &str)]) -> (Response, HeaderMap) {
    let answer = world.send(Method::GET, path, headers).await;
    let headers = answer.headers().clone();
    (answer, headers)
}

/// What a browser makes of the answer.
async fn read(answer: Response) -> String {
    let encoding = answer.headers().get("content-encoding").cloned();
    let bytes = answer.bytes().await.expect("a body");
    let mut text = String::new();
    match encoding.as_ref().map(HeaderValue::as_bytes) {
        Some(b"br") => brotli::Decompressor::new(&bytes[..], 4096).read_to_string(&mut text),
        Some(b"gzip") => GzDecoder::new(&bytes[..]).read_to_string(&mut text),
        _ => (&bytes[..]).read_to_string(&mut text),
    }
    .expect("what it says it is");
    text
}

#[tokio::test]
async fn a_script_comes_in_the_smallest_encoding_that_the_browser_takes() {
    let (_directory, script, world) = serving_clerk().await;
    let mut tags = Vec::new();
    for (accepted, encoding) in [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("identity", "-"),
        ("", "-"),
    ] {
        // The second time it is there already.
        for _ in 0..2 {
            let (answer, headers) = get(&world, CLERK, &[("accept-encoding", accepted)]).await;
            assert_eq!(answer.status(), 200);
            assert_eq!(header(&headers, "content-encoding"), encoding, "{accepted}");
            assert_eq!(header(&headers, "vary"), "accept-encoding");
            assert_eq!(header(&headers, "content-type"), "text/javascript");
            assert_eq!(header(&headers, "access-control-allow-origin"), "*");
            assert_eq!(read(answer).await, script, "{accepted}");
            tags.push((encoding, header(&headers, "etag").to_owned()));
        }
    }
    let (answer, headers) = get(&world, CLERK, &[]).await;
    assert_eq!(header(&headers, "content-encoding"), "-");
    assert_eq!(read(answer).await, script);
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), 3, "one for each encoding: {tags:?}");
}

#[tokio::test]
async fn an_exact_version_is_kept_for_good_and_a_major_one_asked_for_again() {
    let (directory, _, world) = serving_clerk().await;
    let brotli = ("accept-encoding", "br");
    let (_, headers) = get(&world, CLERK, &[brotli]).await;
    let for_good = "public, max-age=31536000, immutable";
    assert_eq!(header(&headers, "cache-control"), for_good);
    let major = CLERK.replace("6.40.0", "6");
    let (_, headers) = get(&world, &major, &[brotli]).await;
    assert_eq!(header(&headers, "cache-control"), "no-cache");

    let tag = header(&headers, "etag");
    for (known, status) in [
        (tag.to_owned(), 304),
        (format!("W/{tag}"), 304),
        (format!("\"other\", {tag}"), 304),
        ("*".to_owned(), 304),
        ("\"other\"".to_owned(), 200),
        (tag.replace("-br", "-gzip"), 200),
    ] {
        let asked = [brotli, ("if-none-match", known.as_str())];
        let (answer, headers) = get(&world, &major, &asked).await;
        assert_eq!(answer.status(), status, "{known}");
        assert_eq!(header(&headers, "etag"), tag);
        assert_eq!(header(&headers, "vary"), "accept-encoding");
        assert_eq!(header(&headers, "cache-control"), "no-cache");
        let text = read(answer).await;
        assert_eq!(text.is_empty(), status == 304, "{known}");
    }

    // A newer version of that major is another file.
    let newer = directory.path().join("@clerk/clerk-js/6.41.0/dist");
    std::fs::create_dir_all(&newer).expect("a folder");
    std::fs::write(newer.join("clerk.browser.js"), "newer").expect("a file");
    let asked = [brotli, ("if-none-match", tag)];
    let (answer, _) = get(&world, &major, &asked).await;
    assert_eq!(read(answer).await, "newer");
}

#[tokio::test]
async fn a_head_says_what_a_get_would_and_a_part_is_not_sent() {
    let (_directory, script, world) = serving_clerk().await;
    for accepted in ["br", "gzip", "identity"] {
        let asked = [("accept-encoding", accepted)];
        let (answer, headers) = get(&world, CLERK, &asked).await;
        let length = answer.bytes().await.expect("a body").len();
        assert_eq!(header(&headers, "content-length"), length.to_string());
        let answer = world.send(Method::HEAD, CLERK, &asked).await;
        let mut of_head = answer.headers().clone();
        of_head.remove("date");
        let mut of_get = headers;
        of_get.remove("date");
        assert_eq!(of_head, of_get, "{accepted}");
        assert_eq!(answer.bytes().await.expect("a body").len(), 0);

        let range = [asked[0], ("range", "bytes=10-19")];
        let (answer, _) = get(&world, CLERK, &range).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(read(answer).await, script);
    }
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
        let answer = world.send(method, CLERK, &[]).await;
        assert_eq!(answer.status(), 405);
        assert_eq!(header(answer.headers(), "allow"), "GET, HEAD");
    }
}

#[tokio::test]
async fn the_icon_of_a_provider_comes_from_the_emulator() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let script = format!("const icon = (id) => `{ICONS}${{id}}.svg`;");
    let world = serving(directory.path(), &[("ui/dist/ui.browser.js", &script)]).await;
    let path = "/npm/@clerk/ui@1/dist/ui.browser.js";
    let own = format!("{}/v1/images/static/", world.url());
    let through_proxy = [("clerk-proxy-url", "http://localhost:8080/__clerk")];
    for accepted in ["br", "gzip", "identity"] {
        let accepted = ("accept-encoding", accepted);
        let (answer, _) = get(&world, path, &[accepted]).await;
        assert_eq!(read(answer).await, script.replace(ICONS, &own));
        let (answer, _) = get(&world, path, &[accepted, through_proxy[0]]).await;
        let proxied = script.replace(ICONS, "/__clerk/v1/images/static/");
        assert_eq!(read(answer).await, proxied);
    }
    let icon = world.http.get(format!("{own}google.svg")).send().await;
    let icon = icon.expect("an answer");
    assert_eq!(icon.headers()["content-type"], "image/svg+xml");
    assert!(icon.text().await.expect("text").contains(">G<"));
}

/// What is read is kept by its name: another one would be kept again.
#[tokio::test]
async fn a_file_has_one_name() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let files = [("clerk-js/dist/clerk.browser.js", "clerk")];
    let world = serving(directory.path(), &files).await;
    for (path, status) in [
        ("dist/clerk.browser.js", 200),
        ("dist/clerk%2Ebrowser.js", 404),
        ("dist/%63lerk.browser.js", 404),
        ("dist//clerk.browser.js", 404),
        ("dist/./clerk.browser.js", 404),
        ("./dist/clerk.browser.js", 404),
        ("dist/../dist/clerk.browser.js", 404),
        ("/dist/clerk.browser.js", 404),
    ] {
        let answer = raw(&world, &format!("/npm/@clerk/clerk-js@6/{path}")).await;
        let expected = format!("HTTP/1.1 {status} ");
        assert!(answer.starts_with(&expected), "{path}: {answer}");
    }
}

#[tokio::test]
async fn nothing_outside_the_packages_is_served() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let files = [
        ("clerk-js/dist/clerk.browser.js", "clerk"),
        ("clerk-js/dist/index.html", "a page"),
    ];
    let sdk = directory.path().join("sdk");
    let world = serving(&sdk, &files).await;
    std::fs::write(directory.path().join("secret"), "secret").expect("a file");
    std::fs::write(sdk.join("secret"), "secret").expect("a file");
    for path in [
        "/secret",
        "/@clerk/../secret",
        "/@clerk/clerk-js@6/../../../secret",
        "/@clerk/clerk-js@6/../../../../secret",
        "/@clerk/clerk-js@6/%2e%2e/%2e%2e/%2e%2e/secret",
        "/@clerk/clerk-js@6/..%2f..%2f..%2fsecret",
        "/@clerk/clerk-js@6/dist/..%5c..%5c..%5csecret",
        "/@clerk/clerk-js@../secret",
        "/@clerk/clerk-js@%2e%2e/secret",
        "/@clerk/..@6/secret",
        "/@clerk/clerk-js@6/dist",
        "/@clerk/clerk-js@6/dist/",
        "/@clerk/clerk-js@6/",
        "/@clerk/clerk-js@6",
        "/@clerk/clerk-js@6/dist/%00",
        "/@clerk/clerk-js@6//etc/passwd",
        "/@clerk/clerk-js@6/dist/clerk.browser.js/x",
        "/@clerk/clerk-js@7/dist/clerk.browser.js",
    ] {
        let answer = raw(&world, &format!("/npm{path}")).await;
        assert!(answer.starts_with("HTTP/1.1 404 "), "{path}: {answer}");
        assert!(answer.contains("resource_not_found"), "{path}: {answer}");
    }
    let long = format!("/npm/@clerk/clerk-js@6/dist/{}.js", "x".repeat(300));
    assert!(raw(&world, &long).await.starts_with("HTTP/1.1 404 "));
}

/// The answer to a path exactly as it is written; HTTP clients tidy it up.
async fn raw(world: &World, path: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let host = world.url().trim_start_matches("http://");
    let mut stream = tokio::net::TcpStream::connect(host)
        .await
        .expect("a connection");
    let head = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    answer
}

#[tokio::test]
async fn json_is_compressed_for_who_takes_it() {
    let world = World::new().await;
    let plain = world.send(Method::GET, "/v1/environment", &[]).await;
    assert_eq!(header(plain.headers(), "content-encoding"), "-");
    let plain = plain.bytes().await.expect("a body");
    let both = [("accept-encoding", "gzip, br")];
    let packed = world.send(Method::GET, "/v1/environment", &both).await;
    assert_eq!(header(packed.headers(), "content-encoding"), "gzip");
    let packed = packed.bytes().await.expect("a body");
    assert!(packed.len() * 2 < plain.len(), "{} bytes", packed.len());
    let mut unpacked = Vec::new();
    let read = GzDecoder::new(&packed[..]).read_to_end(&mut unpacked);
    read.expect("gzip");
    assert_eq!(unpacked, plain);
}
