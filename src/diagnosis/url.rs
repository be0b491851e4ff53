//! The trigger URL: whether it can be had, and what it looks like.

use std::cell::Cell;

use super::Walk;
use super::report::Outcome;
use super::who::User;
use crate::discovery::Found;
use crate::model::{ErrorCode, FlowError, FlowRef, Foreign, SchemaName, Stage};
use crate::policy::text::filled;
use crate::policy::trust::TrustedUrl;
use crate::port::World;

/// What a URL tells by itself.
const URL_CHECKS: [&str; 3] = ["callbackUrl.trusted", "callbackUrl.host", "callbackUrl.sas"];

impl<W: World> Walk<W> {
    pub(super) async fn discovered(
        &self,
        flow: &FlowRef,
        known: Option<(Foreign, User)>,
    ) -> Option<TrustedUrl> {
        let report = &self.report;
        self.at.set("callbackUrl");
        let Some((row, user)) = known else {
            report.skip("callbackUrl", "It can't be asked for: see above.");
            for name in URL_CHECKS {
                report.skip(name, "There is no URL to look at.");
            }
            return None;
        };
        let (discovery, stage) = (&self.quiet.discovery, Cell::new(Stage::Discovery));
        let end_ms = self.quiet.world.now_ms() + self.quiet.settings.timeout_ms;
        let outcome = discovery
            .list(flow, &row, user.bearer, &stage, end_ms)
            .await;
        self.found(outcome, "The flow service gave it out.", true)
    }

    pub(super) async fn read(&self, name: &SchemaName) -> Option<TrustedUrl> {
        self.at.set("callbackUrl");
        let outcome = self.quiet.variables.ask(name).outcome().await;
        self.found(
            outcome,
            &filled("The environment variable {} holds one.", &[name.as_str()]),
            false,
        )
    }

    pub(super) fn found(
        &self,
        outcome: Result<Found, FlowError>,
        whence: &str,
        discovered: bool,
    ) -> Option<TrustedUrl> {
        let report = &self.report;
        match outcome {
            Ok(found) => {
                report.pass("callbackUrl", whence);
                self.form(&found.url, discovered);
                Some(found.url)
            }
            Err(error) if error.code == ErrorCode::UntrustedUrl => {
                report.pass("callbackUrl", whence);
                self.untrusted(&error);
                None
            }
            Err(error) => {
                report.error("callbackUrl", &error);
                for name in URL_CHECKS {
                    report.skip(name, "There is no URL to look at.");
                }
                None
            }
        }
    }

    pub(super) fn given(&self, url: &str) -> Option<TrustedUrl> {
        self.report.pass("callbackUrl", "It was given.");
        match self.quiet.trusted(url) {
            Ok(url) => {
                self.form(&url, false);
                Some(url)
            }
            Err(error) => {
                self.untrusted(&error);
                None
            }
        }
    }

    pub(super) fn untrusted(&self, error: &FlowError) {
        let [trusted, others @ ..] = URL_CHECKS;
        self.report.error(trusted, error);
        for name in others {
            self.report.skip(name, "The URL is not trusted.");
        }
    }

    pub(super) fn form(&self, url: &TrustedUrl, discovered: bool) {
        let report = &self.report;
        let [trusted, old, sas] = URL_CHECKS;
        let host = url.host();
        report.pass(trusted, &filled("{} is the flow service's.", &[host]));
        // The hosts of sovereign clouds were not stopped.
        let is_old = self.quiet.settings.cloud.name() == "public"
            && host.to_ascii_lowercase().ends_with(".logic.azure.com");
        if is_old {
            let outcome = if discovered {
                Outcome::Warn
            } else {
                Outcome::Fail
            };
            report.add(
                old,
                outcome,
                "The URL is of the old form (logic.azure.com), which stopped on 2025-11-30 in most environments.",
                "Call the flow by its workflowId, or take its URL from the trigger again: the new one is on api.powerplatform.com.",
            );
        } else {
            report.pass(old, "The URL is of today's form.");
        }
        if url.has_sas() {
            let outcome = if self.sas_allowed {
                Outcome::Warn
            } else {
                Outcome::Fail
            };
            report.add(
                sas,
                outcome,
                "The URL carries a SAS signature: anyone who has it can run the flow.",
                ErrorCode::SasRefused.hint(),
            );
        } else {
            report.pass(sas, "The URL is no SAS URL; the token decides.");
        }
    }
}
