use std::cell::RefCell;

use js_sys::JsString;
use wasm_bindgen::prelude::*;

use super::{Browser, js};
use crate::model::{Foreign, Secret};
use crate::port::{Head, Http, ReadAs, Request, Unanswered, Unread};

#[wasm_bindgen]
extern "C" {
    // Not web-sys's: its RequestInit would take members from `Object.prototype`, and hand the headers to its setters.
    #[wasm_bindgen(js_name = Request)]
    type RequestObject;
    #[wasm_bindgen(constructor, catch, js_class = "Request")]
    fn of(url: &str, init: &JsValue) -> Result<RequestObject, JsValue>;

    #[wasm_bindgen(catch, js_name = fetch)]
    fn fetch(request: &RequestObject) -> Result<JsValue, JsValue>;
}

/// An answer, and the request's end: dropped before the body is read, it takes the connection with it.
pub(crate) struct Answer {
    response: JsValue,
    status: u16,
    connection: Connection,
}

struct Connection(RefCell<Option<web_sys::AbortController>>);

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
        let not_sent = |cause| Unanswered {
            sent: false,
            cause: Some(cause),
        };
        let controller = web_sys::AbortController::new().map_err(not_sent)?;
        let signal = controller.signal();
        let connection = Connection(RefCell::new(Some(controller)));
        let prepared = build(&request, &signal).map_err(|_| {
            not_sent(js_sys::TypeError::new("the browser refused to make the request").into())
        })?;
        let answered = js::settled(fetch(&prepared)).await;
        let unanswered = |cause| Unanswered {
            sent: true,
            cause: Some(cause),
        };
        let (response, status, headers) =
            response(answered.map_err(unanswered)?).map_err(unanswered)?;
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
        let value = js::call(headers, "get", &[name.into()]).ok()?;
        value.as_string().filter(|value| !value.is_empty())
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

fn build(request: &Request<'_>, signal: &web_sys::AbortSignal) -> Result<RequestObject, JsValue> {
    let mut headers: Vec<(String, JsValue)> = Vec::new();
    if let Some(bearer) = request.bearer {
        let value = ["Bearer ", bearer.expose()].concat();
        headers.push(("authorization".to_owned(), value.into()));
    }
    for (name, value) in request.headers {
        // Two spellings of a name would be sent as one list.
        headers.push((name.to_ascii_lowercase(), value.into()));
    }
    let headers: Vec<(&str, JsValue)> = headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.clone()))
        .collect();
    // Chromium asks for leave again before every request that is `no-store`, where it would remember the last
    // answer. Only what may be answered from the cache needs it.
    let cache = if request.method.takes_a_body() {
        JsValue::UNDEFINED
    } else {
        "no-store".into()
    };
    let init = js::bare(&[
        ("method", request.method.as_str().into()),
        ("headers", js::bare(&headers)),
        ("body", request.body.cloned().unwrap_or_default()),
        ("credentials", "omit".into()),
        // A redirect could lead a token to a host that nobody checked; a flow can't answer with one.
        ("redirect", "error".into()),
        ("cache", cache),
        ("signal", signal.into()),
    ]);
    RequestObject::of(request.url.expose(), &init)
}

/// The Response that `fetch` gave, if it is one, with its status and headers: a patched fetch may give
/// anything, so each is read once, and nothing of it is touched but through `js`.
fn response(value: JsValue) -> Result<(JsValue, u16, JsValue), JsValue> {
    // One that nobody may read, or that only says that there was none, has the status 0.
    let status = js::status(&value).filter(|status| *status > 0);
    let headers = js::get(&value, "headers").filter(|headers| js::method(headers, "get").is_some());
    match (status, headers) {
        (Some(status), Some(headers)) if js::tag(&value) == "[object Response]" => {
            Ok((value, status, headers))
        }
        _ => {
            Err(js_sys::TypeError::new("fetch gave something that is no readable Response").into())
        }
    }
}
