//! Finds out from the host what the caller did not pass: environment, tenant, cloud, sign-in name.

use futures_util::FutureExt;

use crate::limits::{timed_out, within};
use crate::model::{Cloud, EnvironmentId, ErrorCode, FlowError, Foreign, Stage};
use crate::policy::text::after;
use crate::port::{Clock, OrgAnswer, Organization};

/// What a host object says of itself. Every field may be missing: some members are not documented.
#[derive(Clone, Debug, Default)]
pub struct HostFacts {
    /// The org's URL: `https://contoso.crm4.dynamics.com`.
    pub client_url: Option<String>,
    /// The environment's id, where the host has it.
    pub environment_id: Option<String>,
    /// The tenant's id, where the host has it.
    pub tenant_id: Option<String>,
    /// The user's name; a sign-in name in some hosts and a display name in others.
    pub user_name: Option<String>,
    /// The user's id in Dataverse.
    pub user_id: Option<String>,
}

impl HostFacts {
    /// The user's sign-in name, if that is what the host calls the user.
    #[must_use]
    pub fn login_hint(&self) -> Option<String> {
        self.user_name
            .clone()
            .filter(|name| name.contains('@') && !name.contains(char::is_whitespace))
    }

    /// The environment: the caller's word, the host's, or what the org itself answers.
    ///
    /// # Errors
    /// `invalid_argument` for a caller's id that is none, `environment_unknown` where nobody knows it, and what kept
    /// the org from answering.
    pub async fn environment(
        &mut self,
        given: Option<&str>,
        clock: &impl Clock,
        timeout_ms: f64,
        ask_org: impl AsyncFnOnce(&str) -> Result<OrgAnswer, Foreign>,
    ) -> Result<EnvironmentId, FlowError> {
        if let Some(id) = given {
            return EnvironmentId::parse(id).ok_or_else(|| {
                FlowError::invalid(&["environmentId: must be a GUID or Default-<GUID>"])
            });
        }
        if let Some(id) = self
            .environment_id
            .as_deref()
            .and_then(EnvironmentId::parse)
        {
            return Ok(id);
        }
        let org = match &self.client_url {
            Some(url) => {
                let asked = within(clock, timeout_ms, ask_org(url).boxed_local()).await;
                said(asked.ok_or_else(|| timed_out(Stage::Options))?)?.unwrap_or_default()
            }
            None => Organization::default(),
        };
        if self.tenant_id.is_none() {
            self.tenant_id = org.tenant_id;
        }
        org.environment_id
            .as_deref()
            .and_then(EnvironmentId::parse)
            .ok_or_else(|| FlowError::new(ErrorCode::EnvironmentUnknown, Stage::Options))
    }

    /// The cloud that the org's host belongs to.
    ///
    /// # Errors
    /// `cloud_unknown`: no host is known, or it is in no cloud's list.
    pub fn cloud(&self) -> Result<Cloud, FlowError> {
        let unknown = || FlowError::new(ErrorCode::CloudUnknown, Stage::Options);
        let host = self
            .client_url
            .as_deref()
            .and_then(host_of)
            .ok_or_else(unknown)?;
        Cloud::of_org_host(host).ok_or_else(|| unknown().detail(host))
    }
}

/// What the org said, unless it could not be reached or has no time now.
fn said(asked: Result<OrgAnswer, Foreign>) -> Result<Option<Organization>, FlowError> {
    let failed = |code| FlowError::new(code, Stage::Options);
    let answer = asked.map_err(|cause| failed(ErrorCode::Network).cause(Some(cause)))?;
    match answer.status {
        429 => Err(failed(ErrorCode::Throttled)),
        500.. => Err(failed(ErrorCode::ServiceError)),
        _ => Ok(answer.organization),
    }
}

/// The host of an org's URL. It only chooses a row of the clouds' table, so a lenient reading is safe.
pub(crate) fn host_of(url: &str) -> Option<&str> {
    after(url, "://")?
        .split(['/', '?', '#', ':'])
        .next()
        .filter(|host| !host.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(client_url: &str) -> HostFacts {
        HostFacts {
            client_url: Some(client_url.to_owned()),
            ..HostFacts::default()
        }
    }

    #[test]
    fn the_cloud_is_that_of_the_orgs_host() {
        assert_eq!(
            at("https://contoso.crm4.dynamics.com")
                .cloud()
                .unwrap()
                .name(),
            "public"
        );
        let elsewhere = at("http://localhost:8181/");
        let error = elsewhere.cloud().unwrap_err();
        assert_eq!(error.code, ErrorCode::CloudUnknown);
        assert!(error.message.contains("localhost"));
        assert_eq!(
            HostFacts::default().cloud().unwrap_err().code,
            ErrorCode::CloudUnknown
        );
    }

    #[test]
    fn a_display_name_is_no_login_hint() {
        let named = |name: &str| HostFacts {
            user_name: Some(name.to_owned()),
            ..HostFacts::default()
        };
        assert_eq!(
            named("ada@contoso.example").login_hint().as_deref(),
            Some("ada@contoso.example")
        );
        assert_eq!(named("Ada Lovelace").login_hint(), None);
        assert_eq!(named("Ada @ home").login_hint(), None);
    }
}
