//! What a diagnosis says: checks, in the order of a call.

use std::cell::RefCell;

use crate::model::FlowError;
use crate::policy::redact::redact;

/// What a check came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It holds.
    Pass,
    /// A call may work, but look at it.
    Warn,
    /// A call can't work.
    Fail,
    /// It could not be checked.
    Skip,
}

impl Outcome {
    /// The word in `Diagnosis.checks`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Skip => "skip",
        }
    }
}

/// One link of the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// A stable name, such as `token.audience`.
    pub name: &'static str,
    /// What it came to.
    pub outcome: Outcome,
    /// What was found, without secrets.
    pub detail: String,
    /// What to do about it.
    pub hint: Option<&'static str>,
}

/// The report.
#[derive(Debug, Default)]
pub struct Diagnosis(RefCell<Vec<Check>>);

impl Diagnosis {
    /// The checks, in the order of a call.
    #[must_use]
    pub fn checks(&self) -> Vec<Check> {
        self.0.borrow().clone()
    }

    /// Whether nothing failed.
    #[must_use]
    pub fn ok(&self) -> bool {
        self.0
            .borrow()
            .iter()
            .all(|check| check.outcome != Outcome::Fail)
    }

    pub(super) fn failed(&self, name: &str) -> bool {
        let checks = self.0.borrow();
        checks
            .iter()
            .any(|check| check.name == name && check.outcome == Outcome::Fail)
    }

    #[inline(never)]
    pub(super) fn add(
        &self,
        name: &'static str,
        outcome: Outcome,
        detail: &str,
        hint: &'static str,
    ) {
        self.0.borrow_mut().push(Check {
            name,
            outcome,
            detail: redact(detail),
            hint: Some(hint).filter(|hint| !hint.is_empty()),
        });
    }

    pub(super) fn pass(&self, name: &'static str, detail: &str) {
        self.add(name, Outcome::Pass, detail, "");
    }

    pub(super) fn warn(&self, name: &'static str, detail: &str, hint: &'static str) {
        self.add(name, Outcome::Warn, detail, hint);
    }

    pub(super) fn fail(&self, name: &'static str, detail: &str, hint: &'static str) {
        self.add(name, Outcome::Fail, detail, hint);
    }

    pub(super) fn skip(&self, name: &'static str, detail: &str) {
        self.add(name, Outcome::Skip, detail, "");
    }

    pub(super) fn error(&self, name: &'static str, error: &FlowError) {
        self.fail(name, &error.message, error.hint);
    }
}
