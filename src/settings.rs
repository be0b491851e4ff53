//! What a client was made with, after every option was read and the host was asked for the rest.

use crate::model::{Cloud, EnvironmentId, Foreign};

/// Whether a window may be shown to get a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Interaction {
    /// Only where the browser would let one open.
    #[default]
    Auto,
    /// Whenever the user has to be asked.
    Popup,
    /// Never.
    None,
}

/// Who is asked for a flow's trigger URL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DiscoveryApi {
    /// The cloud's Power Automate API.
    #[default]
    FlowApi,
    /// The environment's own host.
    EnvironmentApi,
}

/// The settings of a client.
#[derive(Clone)]
pub struct Settings {
    /// Where the flow service is.
    pub cloud: Cloud,
    /// The environment that the flows are in.
    pub environment: EnvironmentId,
    /// The tenant, to choose an account by.
    pub tenant_id: Option<String>,
    /// The account that the caller chose.
    pub account: Option<Foreign>,
    /// The user's sign-in name.
    pub login_hint: Option<String>,
    /// Whether a window may be shown.
    pub interaction: Interaction,
    /// Who is asked for trigger URLs.
    pub discovery: DiscoveryApi,
    /// Milliseconds for a whole call.
    pub timeout_ms: f64,
    /// Attempts for one request, the first included.
    pub max_attempts: u32,
    /// Whether a SAS URL may be used.
    pub sas_allowed: bool,
}

impl Settings {
    /// Longer than the service's own 120 s: its answer says more than our timeout.
    pub const TIMEOUT_MS: f64 = 150_000.0;
    /// Milliseconds for what callers share: a call may give itself more time than the client has.
    #[must_use]
    pub fn flight_ms(&self) -> f64 {
        self.timeout_ms.max(Self::TIMEOUT_MS)
    }

    /// Attempts for one request.
    pub const MAX_ATTEMPTS: u32 = 4;
}
