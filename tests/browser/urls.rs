//! What the trust check admits, held to the browser's own URL parser: what we trust is what `fetch` will open. The same
//! check runs natively against the crate `url`, on other URLs (`tests/properties/urls.rs`, `fuzz/`).

use std::collections::BTreeMap;

use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::choices::Choices;
use crate::pieces;
use crate::trust::{Fate, Parsed, check, clouds};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = URL)]
    type Url;

    #[wasm_bindgen(constructor, js_class = "URL", catch)]
    fn new(text: &str) -> Result<Url, JsValue>;

    #[wasm_bindgen(method, getter)]
    fn href(this: &Url) -> String;
    #[wasm_bindgen(method, getter)]
    fn protocol(this: &Url) -> String;
    #[wasm_bindgen(method, getter)]
    fn username(this: &Url) -> String;
    #[wasm_bindgen(method, getter)]
    fn password(this: &Url) -> String;
    #[wasm_bindgen(method, getter)]
    fn hostname(this: &Url) -> String;
    #[wasm_bindgen(method, getter)]
    fn port(this: &Url) -> String;
    #[wasm_bindgen(method, getter)]
    fn pathname(this: &Url) -> String;
    #[wasm_bindgen(method, getter)]
    fn search(this: &Url) -> String;
    #[wasm_bindgen(method, getter)]
    fn hash(this: &Url) -> String;
}

fn parse(text: &str) -> Option<Parsed> {
    let url = Url::new(text).ok()?;
    Some(Parsed {
        href: url.href(),
        protocol: url.protocol(),
        username: url.username(),
        password: url.password(),
        hostname: url.hostname(),
        port: url.port(),
        pathname: url.pathname(),
        search: url.search(),
        hash: url.hash(),
    })
}

/// Numbers that are the same in every run: `SplitMix64`.
struct Draw(u64);

impl Draw {
    fn bytes(&mut self) -> [u8; 48] {
        let mut bytes = [0; 48];
        for chunk in bytes.chunks_exact_mut(8) {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = self.0;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(mixed ^ (mixed >> 31)).to_le_bytes());
        }
        bytes
    }
}

#[test]
fn what_is_admitted_is_what_the_browser_opens_and_what_is_refused_is_no_form_of_the_services() {
    let clouds = clouds();
    let mut draw = Draw(2026);
    let mut fates = BTreeMap::<Fate, u32>::new();
    for _ in 0..30_000 {
        let text = pieces::url(&mut Choices::new(&draw.bytes()));
        let fate = check(&text, &clouds, &parse);
        *fates.entry(fate).or_default() += 1;
        // What fetch makes of it, from this page.
        let request = web_sys::Request::new_with_str(text.trim());
        match fate {
            Fate::Admitted => {
                assert_eq!(
                    request.unwrap().url(),
                    parse(text.trim()).unwrap().href,
                    "{text:?}"
                );
            }
            // Chromium takes every `xn--` label; other browsers may not.
            Fate::NoUrl => assert!(request.is_err(), "{text:?}"),
            _ => {}
        }
    }
    for fate in [
        Fate::Admitted,
        Fate::Refused,
        Fate::Spelling,
        Fate::Fragment,
        Fate::Backslash,
        Fate::OddHost,
    ] {
        assert!(
            fates.get(&fate).is_some_and(|count| *count >= 10),
            "{fates:?}"
        );
    }
    wasm_bindgen_test::console_log!("{fates:?}");
}
