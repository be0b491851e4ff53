//! What we decide, as pure functions: no port, no clock, no state. Each file ends with its table of cases.

pub mod accounts;
pub mod callback;
pub mod content;
pub mod dataverse;
pub mod jwt;
pub mod msal;
pub mod odata;
pub mod polling;
pub mod record;
pub mod redact;
pub mod request;
pub mod retry;
pub mod text;
pub mod trust;
pub mod verdict;
