//! Walks the chain of a call without running the flow, and says link by link what holds and what to do.
//!
//! Nothing is taken from a cache and no window opens. A token is looked into here and nowhere else, and no text of
//! the report has it, a signature, or anything of a definition but its trigger's settings.
//!
//! `report` is what is said, `who`, `flow` and `url` the links in their order.

mod flow;
mod report;
mod url;
mod who;

use std::cell::Cell;
use std::rc::Rc;

use futures_util::FutureExt;

use crate::call::Target;
use crate::client::Client;
use crate::limits::within;
use crate::model::ErrorCode;
use crate::policy::text::{after, filled};
use crate::policy::trust::TrustedUrl;
use crate::port::{PolicyWatch, World};
use crate::settings::{CacheScope, Interaction, Settings};

pub use report::{Check, Diagnosis, Outcome};

/// Milliseconds after which a host that was knocked at counts as silent.
const KNOCK_MS: f64 = 5_000.0;
/// A violation is told in a task of its own, after the request has failed.
const EVENT_MS: f64 = 50.0;

impl<W: World> Client<W> {
    /// Walks the chain of a call to the flow, without running it.
    pub async fn diagnose(&self, target: &Target) -> Rc<Diagnosis> {
        // A client of its own: it knows nothing yet, asks nobody, and takes a signed URL to tell of it.
        let settings = Settings {
            interaction: Interaction::None,
            sas_allowed: true,
            cache: CacheScope::None,
            ..(*self.settings).clone()
        };
        let walk = Walk {
            quiet: Client::new(self.world.clone(), Rc::new(settings)),
            sas_allowed: self.settings.sas_allowed,
            report: Rc::default(),
            at: Cell::new("host"),
            watch: self.world.watch_policy(),
        };
        let time = self.settings.timeout_ms;
        if within(&*self.world, time, walk.all(target).boxed_local())
            .await
            .is_none()
        {
            walk.report.fail(
                walk.at.get(),
                "No answer within timeoutMs.",
                ErrorCode::Timeout.hint(),
            );
            walk.policy();
        }
        walk.report
    }
}

struct Walk<W> {
    quiet: Client<W>,
    sas_allowed: bool,
    report: Rc<Diagnosis>,
    /// The check that is under way, should time run out.
    at: Cell<&'static str>,
    watch: Box<dyn PolicyWatch>,
}

impl<W: World> Walk<W> {
    async fn all(&self, target: &Target) {
        const RUNS: &str = concat!("entra-flow ", env!("CARGO_PKG_VERSION"), " runs.");
        self.report.pass("module", RUNS);
        let org = self.host().await;
        self.account();
        let user = self.token(org.as_ref()).await;
        let url = match target {
            Target::Flow(flow) => {
                let row = self.flow(flow, user.as_ref()).await;
                self.discovered(flow, row.zip(user)).await
            }
            Target::Variable(name) => {
                self.no_row(
                    "An environment variable was named: it does not tell which flow is behind it.",
                );
                self.read(name).await
            }
            Target::Url(url) => {
                self.no_row("A URL was given: it does not tell which flow is behind it.");
                self.given(url)
            }
        };
        self.reach(url).await;
        self.policy();
    }

    /// Whether the page gets through to the trigger's host, or at least to the flow service's.
    async fn reach(&self, url: Option<TrustedUrl>) {
        const NAME: &str = "reach";
        self.at.set(NAME);
        let world = &self.quiet.world;
        let Some(url) = url.or_else(|| self.quiet.discovery.asked_at()) else {
            return self.report.skip(NAME, "There is no host to ask.");
        };
        let answered = within(&**world, KNOCK_MS, world.knock(&url).boxed_local()).await;
        world.sleep(EVENT_MS).await;
        if answered == Some(true) {
            self.report
                .pass(NAME, &filled("{} answers.", &[url.host()]));
        } else {
            self.report.fail(
                NAME,
                &filled(
                    "{} does not answer, or the page may not ask it.",
                    &[url.host()],
                ),
                ErrorCode::Network.hint(),
            );
        }
    }

    fn policy(&self) {
        const NAME: &str = "csp";
        let report = &self.report;
        let seen = self.watch.seen();
        if seen.is_empty() {
            return report.pass(
                NAME,
                "The page's content security policy blocked none of this.",
            );
        }
        let blocks = seen.iter().any(|violation| !violation.only_reported)
            && ["token", "callbackUrl", "reach"]
                .into_iter()
                .any(|name| report.failed(name));
        let mut told = String::new();
        for violation in &seen {
            let verb = if violation.only_reported {
                " reports "
            } else {
                " blocks "
            };
            let line = [&violation.directive, verb, origin_of(&violation.blocked)].concat();
            if after(&told, &line).is_none() {
                told.push_str(if told.is_empty() { "" } else { ", " });
                told.push_str(&line);
            }
        }
        report.add(
            NAME,
            if blocks { Outcome::Fail } else { Outcome::Warn },
            &filled("The page's content security policy: {}.", &[&told]),
            "Ask an admin to allow these hosts in the named directive of the environment's content security policy (Power Platform admin center → Environment → Settings → Privacy + Security).",
        );
    }
}

/// A blocked URL without its path and query, where a signature may be.
fn origin_of(url: &str) -> &str {
    let Some(rest) = after(url, "://") else {
        return url.split(['?', '/', ' ']).next().unwrap_or_default();
    };
    let authority = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let end = url
        .len()
        .saturating_sub(rest.len())
        .saturating_add(authority);
    url.split_at(end).0
}
