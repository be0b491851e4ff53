use std::cell::RefCell;
use std::rc::Rc;

use js_sys::JsString;
use wasm_bindgen::prelude::*;

use super::host::fetch_with;
use super::{Browser, js};
use crate::model::{Foreign, Secret};
use crate::port::{Head, Http, ReadAs, Request, Unanswered, Unread};

#[wasm_bindgen]
extern "C" {
    type AbortController;
    #[wasm_bindgen(constructor, catch)]
    fn new() -> Result<AbortController, JsValue>;
    #[wasm_bindgen(method)]
    fn abort(this: &AbortController);
}

// `fetch` by itself. gloo-net would make three Requests, a URL and a list of parameters for each, which is most of
// what a warm call cost, and its own `send` traps when fetch rejects with something that is not an Error.
#[wasm_bindgen(module = "/src/browser/shim.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = requestInit)]
    fn request_init(
        controller: &AbortController,
        method: &str,
        headers: &str,
        body: &JsValue,
        uncached: bool,
    ) -> Result<JsValue, JsValue>;

    fn refuses(url: &str, init: &JsValue) -> bool;

    #[wasm_bindgen(js_name = headersOf)]
    fn headers_of(response: &JsValue) -> Option<JsValue>;

    fn header(headers: &JsValue, name: &str) -> Option<String>;
}

/// An answer, and the request's end: dropped before the body is read, it takes the connection with it.
pub(crate) struct Answer {
    response: JsValue,
    status: u16,
    connection: Connection,
}

struct Connection(RefCell<Option<Rc<AbortController>>>);

impl Connection {
    /// The body was read to its end, or its reader ends it from now on.
    fn release(&self) {
        self.0.take();
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(controller) = self.0.take() {
            controller.abort();
        }
    }
}

impl Http for Browser {
    type Answer = Answer;

    async fn send(&self, request: Request<'_>) -> Result<Head<Answer>, Unanswered> {
        let failed = |sent, cause| Unanswered {
            sent,
            cause: Some(cause),
        };
        let controller = Rc::new(AbortController::new().map_err(|cause| failed(false, cause))?);
        // From here on whoever drops the call ends its request.
        let connection = Connection(RefCell::new(Some(controller.clone())));
        // In the browser's words it may quote the URL, or a header.
        let refused = || {
            let cause = js_sys::TypeError::new("the browser refused to make the request");
            failed(false, cause.into())
        };
        let url = request.url.expose();
        let init = init(&controller, &request).map_err(|_| refused())?;
        let answered = match js::settled(fetch_with(url, &init)).await {
            Ok(answered) => answered,
            Err(_) if refuses(url, &init) => return Err(refused()),
            Err(cause) => return Err(failed(true, cause)),
        };
        let (response, status, headers) =
            response(answered).map_err(|cause| failed(true, cause))?;
        Ok(Head {
            status,
            headers,
            answer: Answer {
                response,
                status,
                connection,
            },
        })
    }

    fn header(&self, headers: &Foreign, name: &str) -> Option<String> {
        header(headers, name)
    }

    fn with_member(&self, body: &Foreign, name: &str, value: &Secret) -> Option<Foreign> {
        let body = body.clone();
        let object = js::parse_json(&body).ok()?;
        let members = js::entries(&object).ok()?;
        if js::tag(&object) != "[object Object]" || members.iter().any(|(own, _)| own == name) {
            return None;
        }
        // Into the text: written anew, the rest of it could change.
        let json = |text: &str| js::to_json(&text.into()).ok()??.as_string();
        let end = if members.is_empty() { "" } else { "," };
        let start = ["{", &json(name)?, ":", &json(value.expose())?, end].concat();
        let body = body.dyn_into::<JsString>().ok()?.trim_start();
        let rest = body.slice(1, body.length());
        Some(JsString::from(start).concat(&rest).into())
    }

    async fn read(&self, answer: &Answer, how: ReadAs) -> Result<Foreign, Unread> {
        let broken = |cause| {
            Unread::Broken(Unanswered {
                sent: true,
                cause: Some(cause),
            })
        };
        let response = &answer.response;
        let has_no_body =
            matches!(answer.status, 204 | 205 | 304) || js::get(response, "body").is_none();
        let name = match how {
            ReadAs::Stream => {
                answer.connection.release();
                return Ok(js::get(response, "body").unwrap_or(JsValue::NULL));
            }
            ReadAs::Blob => "blob",
            ReadAs::ArrayBuffer => "arrayBuffer",
            ReadAs::Text | ReadAs::Json if has_no_body => {
                return Ok(JsValue::UNDEFINED);
            }
            ReadAs::Text | ReadAs::Json => "text",
        };
        let body = js::settled(js::call(response, name, &[]))
            .await
            .map_err(broken)?;
        answer.connection.release();
        if how != ReadAs::Json {
            return Ok(body);
        }
        if js::is_empty(&body) {
            return Ok(JsValue::UNDEFINED);
        }
        js::parse_json(&body).map_err(|cause| Unread::NotJson {
            text: body,
            cause: Some(cause),
        })
    }

    async fn read_error(&self, answer: &Answer) -> Option<Foreign> {
        let copy = js::call(&answer.response, "clone", &[]).ok()?;
        let text = js::settled(js::call(&copy, "text", &[])).await.ok()?;
        match js::parse_json(&text) {
            Ok(data) => Some(data),
            Err(_) if js::is_empty(&text) => None,
            Err(_) => Some(text),
        }
    }
}

fn init(controller: &AbortController, request: &Request<'_>) -> Result<JsValue, JsValue> {
    let body = request.body.cloned().unwrap_or_default();
    request_init(
        controller,
        request.method.as_str(),
        &lines(request),
        &body,
        !request.method.takes_a_body(),
    )
}

/// Names and values in turns, each on a line: neither has a line break in it.
fn lines(request: &Request<'_>) -> String {
    let mut lines = String::new();
    let mut add = |name: &str, value: &[&str]| {
        lines.push_str(name);
        lines.push('\n');
        value.iter().for_each(|part| lines.push_str(part));
        lines.push('\n');
    };
    if let Some(bearer) = request.bearer {
        add("authorization", &["Bearer ", bearer.expose()]);
    }
    for (name, value) in request.headers {
        // One header for a name, in whatever case it stands.
        add(&name.to_ascii_lowercase(), &[value]);
    }
    lines
}

/// The Response that `fetch` gave, if it is one, with its status and headers: a patched fetch may give
/// anything, so each is read once, and nothing of it is touched but through `js`.
fn response(value: JsValue) -> Result<(JsValue, u16, JsValue), JsValue> {
    // One that nobody may read, or that only says that there was none, has the status 0.
    let status = js::status(&value).filter(|status| *status > 0);
    match (status, headers_of(&value)) {
        (Some(status), Some(headers)) => Ok((value, status, headers)),
        _ => {
            Err(js_sys::TypeError::new("fetch gave something that is no readable Response").into())
        }
    }
}
