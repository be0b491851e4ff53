//! What we decide, as pure functions: no clock, no state, and of the ports at most `Values`, which reads what others wrote.

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
