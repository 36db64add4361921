//! In a real browser: each method of a resource calls the right method of clerk-js with the right
//! arguments, answers what it promises, and turns a refusal into an error.
#![cfg(target_arch = "wasm32")]

mod methods;
mod reading;

use js_sys::Function;
use serde_json::Value;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test_configure;

wasm_bindgen_test_configure!(run_in_browser);

/// An object that has every method: it notes the call and answers `answer`, or refuses.
const EVERY_METHOD: &str = "
    const noted = (name) => (...args) => {
        window.calls.push(`${name}(${args.map((it) => JSON.stringify(it)).join(', ')})`);
        return window.refuses
            ? Promise.reject({status: 422, errors: [{code: 'form_code_incorrect', message: 'is incorrect',
                                                     meta: {paramName: 'code'}}]})
            : Promise.resolve(answer);
    };
    window.calls = [];
    return new Proxy({}, {get: (_, name) => name === '__internal_toSnapshot' ? () => ({}) : noted(name)});
";

/// A resource whose methods answer this.
fn every_method(answer: &Value) -> JsValue {
    Function::new_with_args("answer", EVERY_METHOD)
        .call1(&JsValue::NULL, &object(answer))
        .expect("a proxy")
}

fn object(of: &Value) -> JsValue {
    js_sys::JSON::parse(&of.to_string()).expect("JSON")
}

fn run(script: &str) -> JsValue {
    Function::new_no_args(script)
        .call0(&JsValue::NULL)
        .expect("the script runs")
}

/// The calls since this was last asked.
fn called() -> String {
    let calls = run("return window.calls.splice(0).join('; ')");
    calls.as_string().expect("a text")
}
