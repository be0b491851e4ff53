//! What a client was made with, after every option was read and the host was asked for the rest.

use crate::model::{Cloud, EnvironmentId, ErrorCode, FlowError, Foreign, Stage};
use crate::policy::trust::{self, TrustedUrl};

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

/// Where trigger URLs are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CacheScope {
    /// On the page, for every copy of the module there.
    #[default]
    Page,
    /// In the client.
    Client,
    /// Nowhere.
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
    /// Where trigger URLs are kept.
    pub cache: CacheScope,
    /// Who the user is, as far as account, sign-in name and host tell: part of the page cache's key.
    pub user: Option<String>,
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

    /// A person who signs in may have to find a phone.
    const SIGN_IN_MS: f64 = 300_000.0;
    /// Milliseconds for a sign-in.
    #[must_use]
    pub fn sign_in_ms(&self) -> f64 {
        self.timeout_ms.max(Self::SIGN_IN_MS)
    }

    /// Attempts for one request.
    pub const MAX_ATTEMPTS: u32 = 4;

    /// The trigger URL that a text is, whatever named it; `place` says where it stood.
    ///
    /// # Errors
    /// `untrusted_url`; `sas_refused` where it has a signature and may not.
    pub fn admit(&self, url: &str, stage: Stage, place: &str) -> Result<TrustedUrl, FlowError> {
        let refused =
            |code| FlowError::new(code, stage).detail(&[place, &trust::shown(url)].concat());
        let checked = TrustedUrl::trigger(url, &self.cloud)
            .ok_or_else(|| refused(ErrorCode::UntrustedUrl))?;
        if checked.has_sas() && !self.sas_allowed {
            return Err(refused(ErrorCode::SasRefused));
        }
        Ok(checked)
    }
}

/// The user's part of the page cache's key: everything that is known of them, since copies that name
/// them differently must not be taken for one another. Nothing where nothing is known.
#[must_use]
pub fn user(known: &[&Option<String>]) -> Option<String> {
    let mut key = String::new();
    for part in known {
        if let Some(part) = part {
            key.push_str(&part.to_ascii_lowercase());
        }
        key.push('\n');
    }
    Some(key).filter(|key| !key.trim().is_empty())
}
