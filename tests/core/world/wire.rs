//! Answers over HTTP, as tests write them: `service(429, "TooManyRequests").header("retry-after", "5")`.

use serde_json::{Value, json};

use super::script::{Gate, Reply};
use super::{MOVED, TRIGGER};

/// What comes back for a request.
#[derive(Clone)]
pub(crate) enum Wire {
    Answer(AnswerOnWire),
    /// No answer; `sent` says whether the request may have left the browser.
    None {
        sent: bool,
    },
}

#[derive(Clone)]
pub(crate) struct AnswerOnWire {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Body,
    pub(crate) body_after_ms: f64,
    pub(crate) body_hangs: bool,
    /// Whether a run of the flow stands behind it, or may.
    pub(crate) ran: bool,
}

#[derive(Clone)]
pub(crate) enum Body {
    Json(Value),
    Text(&'static str),
    /// The connection breaks in the middle.
    Broken,
}

pub(crate) type HttpReply = Reply<Wire>;

fn answer(status: u16, body: Body, ran: bool) -> HttpReply {
    let headers = Vec::new();
    Reply::new(Wire::Answer(AnswerOnWire {
        status,
        headers,
        body,
        body_after_ms: 0.0,
        body_hangs: false,
        ran,
    }))
}

/// The flow's own answer, from a Response action: it ran.
pub(crate) fn flow(status: u16, body: Value) -> HttpReply {
    answer(status, Body::Json(body), true)
}

/// The flow's own answer in plain text.
pub(crate) fn flow_says(status: u16, text: &'static str) -> HttpReply {
    answer(status, Body::Text(text), true)
}

/// The flow's own answer, whose body breaks off.
pub(crate) fn breaks_off(status: u16) -> HttpReply {
    answer(status, Body::Broken, true)
}

/// The service's error. Below 500 it refused to start the flow.
pub(crate) fn service(status: u16, code: &str) -> HttpReply {
    let body = json!({"error": {"code": code, "message": format!("The service says {code}.")}});
    answer(status, Body::Json(body), status >= 500)
}

/// An error page that proves nothing about who wrote it: a gateway, or the flow.
pub(crate) fn gateway(status: u16) -> HttpReply {
    answer(status, Body::Text("<html>no</html>"), true)
}

/// The service's 401 with a challenge that the page can read, and no body in its shape.
pub(crate) fn challenge(www_authenticate: &str) -> HttpReply {
    answer(401, Body::Text(""), false).header("www-authenticate", www_authenticate)
}

/// What `listCallbackUrl` answers today.
pub(crate) fn listed(url: &str) -> HttpReply {
    json_body(json!({"response": {"value": url, "method": "GET"}, "httpStatusCode": "OK"}))
}

/// 200 with that JSON.
pub(crate) fn json_body(body: Value) -> HttpReply {
    answer(200, Body::Json(body), true)
}

/// The connection drops: nobody knows whether the request arrived.
pub(crate) fn drops() -> HttpReply {
    Reply::new(Wire::None { sent: true })
}

/// The browser refuses to send it.
pub(crate) fn refused_by_the_browser() -> HttpReply {
    Reply::new(Wire::None { sent: false })
}

/// The URL leads nowhere any more.
pub(crate) fn gone() -> HttpReply {
    service(404, "WorkflowNotFound")
}

/// The flow has a new trigger URL: the old one is gone and discovery names the new one.
pub(crate) fn moves(world: &super::World) {
    world.at(TRIGGER).always(|_| gone());
    world.listing.always(|_| listed(MOVED));
}

impl HttpReply {
    fn edit(mut self, change: impl FnOnce(&mut AnswerOnWire)) -> Self {
        if let Wire::Answer(answer) = &mut self.value {
            change(answer);
        }
        self
    }

    /// A header that CORS lets the page read.
    pub(crate) fn header(self, name: &str, value: &str) -> Self {
        self.edit(|answer| answer.headers.push((name.to_owned(), value.to_owned())))
    }

    /// The service's sentence.
    pub(crate) fn saying(self, message: &str) -> Self {
        self.edit(|answer| {
            if let Body::Json(body) = &mut answer.body {
                body["error"]["message"] = json!(message);
            }
        })
    }

    pub(crate) fn without_a_body(self) -> Self {
        self.edit(|answer| answer.body = Body::Text(""))
    }

    /// The service's 5xx before it started anything.
    pub(crate) fn without_a_run(self) -> Self {
        self.edit(|answer| answer.ran = false)
    }

    /// The body comes that many milliseconds after the head.
    pub(crate) fn body_after(self, ms: f64) -> Self {
        self.edit(|answer| answer.body_after_ms = ms)
    }

    /// The head comes and the body never does.
    pub(crate) fn body_hangs(self) -> Self {
        self.edit(|answer| answer.body_hangs = true)
    }
}

impl AnswerOnWire {
    pub(crate) async fn body_comes(&self, time: &std::rc::Rc<super::time::Time>) {
        if self.body_hangs {
            Gate::default().opened().await;
        }
        Reply::new(()).after(self.body_after_ms).come(time).await;
    }
}
