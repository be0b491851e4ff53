//! Finds out from the host what the caller did not pass: environment, tenant, cloud, sign-in name.

use crate::model::{Cloud, EnvironmentId, ErrorCode, FlowError, Stage};
use crate::policy::text::after;
use crate::port::Organization;

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
    /// `invalid_argument` for a caller's id that is none, `environment_unknown` where nobody knows it.
    pub async fn environment(
        &mut self,
        given: Option<&str>,
        ask_org: impl AsyncFnOnce(&str) -> Option<Organization>,
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
            Some(url) => ask_org(url).await.unwrap_or_default(),
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

/// The host of an org's URL. It only chooses a row of the clouds' table, so a lenient reading is safe.
fn host_of(url: &str) -> Option<&str> {
    after(url, "://")?
        .split(['/', '?', '#', ':'])
        .next()
        .filter(|host| !host.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::executor::block_on;

    const ID: &str = "8a1c2b3d-4e5f-4a6b-9c7d-0e1f2a3b4c5d";

    fn facts(environment_id: Option<&str>) -> HostFacts {
        HostFacts {
            client_url: Some("https://contoso.crm4.dynamics.com".to_owned()),
            environment_id: environment_id.map(str::to_owned),
            ..HostFacts::default()
        }
    }

    fn answers(id: Option<&str>) -> impl AsyncFnOnce(&str) -> Option<Organization> {
        let environment_id = id.map(str::to_owned);
        async move |_: &str| {
            Some(Organization {
                environment_id,
                tenant_id: Some("t1".to_owned()),
            })
        }
    }

    #[test]
    fn the_callers_word_comes_first_then_the_hosts_then_the_orgs() {
        let given = block_on(facts(None).environment(Some(ID), answers(None))).unwrap();
        assert_eq!(given.as_str(), ID);
        let hosts = block_on(facts(Some(ID)).environment(None, answers(None))).unwrap();
        assert_eq!(hosts.as_str(), ID);
        let mut asking = facts(Some("not an id"));
        let orgs = block_on(asking.environment(None, answers(Some(ID)))).unwrap();
        assert_eq!(
            (orgs.as_str(), asking.tenant_id.as_deref()),
            (ID, Some("t1"))
        );
    }

    #[test]
    fn an_environment_that_nobody_knows_is_an_error() {
        let error = block_on(facts(None).environment(None, answers(None))).unwrap_err();
        assert_eq!(error.code, ErrorCode::EnvironmentUnknown);
        let error = block_on(facts(None).environment(Some("prod"), answers(Some(ID)))).unwrap_err();
        assert_eq!(error.code, ErrorCode::InvalidArgument);
    }

    #[test]
    fn the_cloud_is_that_of_the_orgs_host() {
        assert_eq!(facts(None).cloud().unwrap().name(), "public");
        let elsewhere = HostFacts {
            client_url: Some("http://localhost:8181/".to_owned()),
            ..HostFacts::default()
        };
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
