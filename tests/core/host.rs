//! What the host tells of itself, beyond the table of cases in `src/host.rs`: from an org's URL to a client that
//! asks the right service for the right environment.

use entra_flow::host::HostFacts;
use entra_flow::model::{EnvironmentId, ErrorCode as Code, FlowError, Foreign, Stage};
use entra_flow::port::{OrgAnswer, Organization};
use futures::executor::block_on;

use crate::world::*;

fn facts(client_url: &str) -> HostFacts {
    HostFacts {
        client_url: Some(client_url.to_owned()),
        ..HostFacts::default()
    }
}

type Asked = Result<OrgAnswer, Foreign>;

fn says(organization: Option<Organization>) -> Asked {
    let status = 200;
    Ok(OrgAnswer {
        status,
        organization,
    })
}

fn environment(
    host: &mut HostFacts,
    given: Option<&str>,
    org: impl AsyncFnOnce(&str) -> Asked,
) -> Result<EnvironmentId, FlowError> {
    block_on(host.environment(given, &*World::new(), 1000.0, org))
}

async fn nobody(_: &str) -> Asked {
    says(None)
}

async fn the_org(_: &str) -> Asked {
    says(Some(Organization {
        environment_id: Some(ENVIRONMENT.to_owned()),
        tenant_id: Some(TENANT.to_owned()),
    }))
}

#[test]
fn the_org_is_asked_only_for_what_neither_caller_nor_host_knows() {
    let mut known = HostFacts {
        environment_id: Some(ENVIRONMENT.to_owned()),
        ..facts("https://contoso.crm4.dynamics.com")
    };
    let never = async |_: &str| panic!("the org was asked");
    assert_eq!(
        environment(&mut known, None, never).unwrap().as_str(),
        ENVIRONMENT
    );
    assert_eq!(
        environment(&mut known, Some(TENANT), never)
            .unwrap()
            .as_str(),
        TENANT
    );
    let error = environment(&mut HostFacts::default(), None, never).unwrap_err();
    assert_eq!(
        told(&error),
        (Code::EnvironmentUnknown, Stage::Options, false)
    );
}

#[test]
fn an_id_of_the_callers_that_is_none_is_refused_by_name() {
    let error = environment(&mut HostFacts::default(), Some("prod"), the_org).unwrap_err();
    assert_eq!(error.code, Code::InvalidArgument);
    assert!(error.message.starts_with("environmentId"));
}

#[test]
fn the_org_is_asked_at_its_own_url() {
    let mut host = facts("https://contoso.crm4.dynamics.com");
    let asked = environment(&mut host, None, async |url: &str| {
        assert_eq!(url, "https://contoso.crm4.dynamics.com");
        the_org(url).await
    });
    assert_eq!(asked.unwrap().as_str(), ENVIRONMENT);
    assert_eq!(host.tenant_id.as_deref(), Some(TENANT));
}

#[test]
fn the_hosts_own_tenant_is_not_replaced() {
    let mut host = HostFacts {
        tenant_id: Some("own".to_owned()),
        ..facts("https://contoso.crm4.dynamics.com")
    };
    environment(&mut host, None, the_org).unwrap();
    assert_eq!(host.tenant_id.as_deref(), Some("own"));
}

#[test]
fn an_org_that_does_not_answer_or_answers_garbage_leaves_the_environment_unknown() {
    let garbage = async |_: &str| {
        says(Some(Organization {
            environment_id: Some("../x".to_owned()),
            tenant_id: None,
        }))
    };
    let url = "https://contoso.crm4.dynamics.com";
    for outcome in [
        environment(&mut facts(url), None, nobody),
        environment(&mut facts(url), None, garbage),
    ] {
        let error = outcome.unwrap_err();
        assert_eq!(
            told(&error),
            (Code::EnvironmentUnknown, Stage::Options, false)
        );
        assert!(error.hint.contains("environmentId"));
    }
}

#[test]
fn an_unknown_host_is_never_taken_for_the_public_cloud() {
    for url in [
        "https://localhost:8181",
        "https://contoso.crm4.dynamics.com.evil.example/",
        "https://make.powerapps.com",
        "",
        "contoso.crm4.dynamics.com",
    ] {
        assert_eq!(
            facts(url).cloud().unwrap_err().code,
            Code::CloudUnknown,
            "{url}"
        );
    }
}

#[test]
fn a_client_made_of_the_hosts_facts_asks_that_hosts_cloud() {
    for (url, api, host) in [
        (
            "https://contoso.crm4.dynamics.com",
            "https://api.flow.microsoft.com",
            "api.flow.microsoft.com",
        ),
        (
            "https://contoso.crm9.dynamics.com/",
            "https://gov.api.flow.microsoft.us",
            "gov.api.flow.microsoft.us",
        ),
        (
            "https://CONTOSO.crm.microsoftdynamics.us:443/main.aspx",
            "https://high.api.flow.microsoft.us",
            "high.api.flow.microsoft.us",
        ),
        (
            "https://contoso.crm.appsplatform.us",
            "https://api.flow.appsplatform.us",
            "api.flow.appsplatform.us",
        ),
        (
            "https://contoso.crm.dynamics.cn",
            "https://api.powerautomate.cn",
            "api.powerautomate.cn",
        ),
    ] {
        let cloud = facts(url).cloud().unwrap();
        let (world, caller) = scene_with(|settings| settings.cloud = cloud);
        world.also_trusted.replace(vec![host.to_owned()]);
        world.at(api).always(|_| service(404, "FlowNotFound"));
        assert_eq!(caller.fails(call()).code, Code::DiscoveryFailed, "{url}");
        assert!(
            world.log.requests()[0]
                .url
                .starts_with(&format!("{api}/providers/")),
            "{url}"
        );
    }
}

#[test]
fn what_kept_the_org_from_answering_is_told_as_it_is() {
    for (asked, expected) in [
        (Err(foreign("TypeError")), Code::Network),
        (busy(429), Code::Throttled),
        (busy(503), Code::ServiceError),
    ] {
        let org = async |_: &str| asked;
        let mut host = facts("https://contoso.crm4.dynamics.com");
        let error = environment(&mut host, None, org).unwrap_err();
        assert_eq!(told(&error), (expected, Stage::Options, false));
    }
}

fn busy(status: u16) -> Asked {
    Ok(OrgAnswer {
        status,
        organization: None,
    })
}

#[test]
fn an_org_that_never_answers_ends_with_the_clients_time() {
    let world = World::new();
    let clock = world.clone();
    let asking = world.start(async move {
        let mut host = facts("https://contoso.crm4.dynamics.com");
        let never = async |_: &str| std::future::pending().await;
        host.environment(None, &*clock, 1000.0, never).await
    });
    assert_eq!(
        told(&asking.wait().unwrap_err()),
        (Code::Timeout, Stage::Options, false)
    );
    assert_eq!(world.now(), 1000.0);
}
