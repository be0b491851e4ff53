//! What was asked of the world, when, and what became of it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use entra_flow::port::{TokenAsk, Way};
use serde_json::Value;

/// One question to a port.
pub(crate) struct Asked {
    /// Milliseconds since the log was last cleared.
    pub(crate) at: f64,
    pub(crate) what: What,
    pub(crate) fate: Cell<Fate>,
}

/// What became of a question.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fate {
    Waiting,
    Answered(f64),
    /// Whoever asked let go of it.
    Dropped(f64),
}

#[derive(Clone)]
pub(crate) enum What {
    Token(TokenAsked),
    /// A `workflow` row, by its id.
    Row(String),
    /// Anything else of Dataverse's.
    Table(super::Asking),
    /// Anything asked of an operation's row, in words.
    Operation(String),
    Http(Rc<Sent>),
}

#[derive(Clone)]
pub(crate) struct TokenAsked {
    pub(crate) way: Way,
    pub(crate) ask: TokenAsk,
    pub(crate) account: Option<String>,
    pub(crate) login_hint: Option<String>,
    pub(crate) ambiguous: bool,
}

/// A request as it went out.
pub(crate) struct Sent {
    pub(crate) method: &'static str,
    pub(crate) url: String,
    pub(crate) bearer: Option<String>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<Value>,
    /// Whether this request started a run of the flow, or may have.
    pub(crate) ran: Cell<bool>,
}

impl Sent {
    /// Whether it called the flow, rather than asked for its URL or for the answer of a run.
    pub(crate) fn is_to_the_flow(&self) -> bool {
        !self.url.contains("/listCallbackUrl?") && !self.url.contains("/operations/")
    }
}

#[derive(Default)]
pub(crate) struct Log {
    entries: RefCell<Vec<Rc<Asked>>>,
    pub(crate) since: Cell<f64>,
}

impl Log {
    pub(crate) fn add(&self, now: f64, what: What) -> Rc<Asked> {
        let entry = Rc::new(Asked {
            at: now - self.since.get(),
            what,
            fate: Cell::new(Fate::Waiting),
        });
        self.entries.borrow_mut().push(entry.clone());
        entry
    }

    /// Forgets what was, and counts time from now on.
    pub(crate) fn clear(&self, now: f64) {
        self.since.set(now);
        self.entries.borrow_mut().clear();
    }

    pub(crate) fn all(&self) -> Vec<Rc<Asked>> {
        self.entries.borrow().clone()
    }

    pub(crate) fn tokens(&self) -> Vec<TokenAsked> {
        let of = |entry: &Rc<Asked>| {
            if let What::Token(asked) = &entry.what {
                Some(asked.clone())
            } else {
                None
            }
        };
        self.entries.borrow().iter().filter_map(of).collect()
    }

    /// What was asked of Dataverse, but for single flows' rows.
    pub(crate) fn tables(&self) -> Vec<super::Asking> {
        let of = |entry: &Rc<Asked>| {
            if let What::Table(asking) = &entry.what {
                Some(asking.clone())
            } else {
                None
            }
        };
        self.entries.borrow().iter().filter_map(of).collect()
    }

    pub(crate) fn requests(&self) -> Vec<Rc<Sent>> {
        let of = |entry: &Rc<Asked>| {
            if let What::Http(sent) = &entry.what {
                Some(sent.clone())
            } else {
                None
            }
        };
        self.entries.borrow().iter().filter_map(of).collect()
    }
}

impl Asked {
    /// One line: `400 POST with t1`.
    pub(crate) fn line(&self, url_name: impl Fn(&str) -> String) -> String {
        let what = match &self.what {
            What::Token(token) => {
                let way = match token.way {
                    Way::Silent => "silent",
                    Way::Sso => "sso",
                    Way::Popup => "popup",
                };
                let forced = if token.ask.force_refresh {
                    " forced"
                } else {
                    ""
                };
                let claims = if token.ask.claims.is_some() {
                    " with claims"
                } else {
                    ""
                };
                format!("{way}{forced}{claims}")
            }
            What::Row(_) => "row".to_owned(),
            What::Table(asking) => asking.line(),
            What::Operation(words) => words.clone(),
            What::Http(sent) => {
                let name = url_name(&sent.url);
                let name = if name == "list" {
                    name
                } else {
                    format!("{}{name}", sent.method)
                };
                match &sent.bearer {
                    Some(bearer) => format!("{name} with {}", super::token_name(bearer)),
                    None => format!("{name} without token"),
                }
            }
        };
        format!("{} {what}", self.at)
    }
}
