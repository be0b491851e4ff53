//! The main road in each of the five clouds, by either API.

use entra_flow::model::{Cloud, EnvironmentId, ErrorCode as Code, Stage};
use entra_flow::settings::{DiscoveryApi, Settings};
use serde_json::json;

use crate::world::*;

const DEFAULT: &str = "Default-AAAAAAAA-BBBB-4CCC-8DDD-EEEEEEEEEEEE";

/// Name, scope, flow API, host of the environment, host of its default environment. Written apart from the
/// crate's own table on purpose.
const CLOUDS: [[&str; 5]; 5] = [
    [
        "public",
        "https://service.flow.microsoft.com//.default",
        "https://api.flow.microsoft.com",
        "8a1c2b3d4e5f4a6b9c7d0e1f2a3b4c.5d.environment.api.powerplatform.com",
        "defaultaaaaaaaabbbb4ccc8dddeeeeeeeeee.ee.environment.api.powerplatform.com",
    ],
    [
        "gcc",
        "https://gov.service.flow.microsoft.us//.default",
        "https://gov.api.flow.microsoft.us",
        "8a1c2b3d4e5f4a6b9c7d0e1f2a3b4c5.d.environment.api.gov.powerplatform.microsoft.us",
        "defaultaaaaaaaabbbb4ccc8dddeeeeeeeeeee.e.environment.api.gov.powerplatform.microsoft.us",
    ],
    [
        "gccHigh",
        "https://high.service.flow.microsoft.us//.default",
        "https://high.api.flow.microsoft.us",
        "8a1c2b3d4e5f4a6b9c7d0e1f2a3b4c5.d.environment.api.high.powerplatform.microsoft.us",
        "defaultaaaaaaaabbbb4ccc8dddeeeeeeeeeee.e.environment.api.high.powerplatform.microsoft.us",
    ],
    [
        "dod",
        "https://service.flow.appsplatform.us//.default",
        "https://api.flow.appsplatform.us",
        "8a1c2b3d4e5f4a6b9c7d0e1f2a3b4c5.d.environment.api.appsplatform.us",
        "defaultaaaaaaaabbbb4ccc8dddeeeeeeeeeee.e.environment.api.appsplatform.us",
    ],
    [
        "china",
        "https://service.powerautomate.cn//.default",
        "https://api.powerautomate.cn",
        "8a1c2b3d4e5f4a6b9c7d0e1f2a3b4c5.d.environment.api.powerplatform.partner.microsoftonline.cn",
        "defaultaaaaaaaabbbb4ccc8dddeeeeeeeeeee.e.environment.api.powerplatform.partner.microsoftonline.cn",
    ],
];

fn settings(cloud: &str, environment: &str, discovery: DiscoveryApi) -> impl FnOnce(&mut Settings) {
    let (cloud, environment) = (Cloud::named(cloud), EnvironmentId::parse(environment));
    move |settings| {
        settings.cloud = cloud.unwrap();
        settings.environment = environment.unwrap();
        settings.discovery = discovery;
    }
}

/// A cold call whose URL has to be asked for at `listing`.
#[track_caller]
fn goes_the_road(
    cloud: &str,
    scope: &str,
    listing: &str,
    host: &str,
    change: impl FnOnce(&mut Settings),
) {
    let (world, caller) = scene_with(change);
    let origin = listing.split('/').nth(2).unwrap();
    world
        .also_trusted
        .borrow_mut()
        .extend([origin.to_owned(), host.to_owned()]);
    let trigger = format!(
        "https://{host}:443/powerautomate/automations/direct/workflows/1/triggers/manual/paths/invoke?api-version=1"
    );
    let there = trigger.clone();
    // The world knows the public cloud's API already.
    let route = if listing.starts_with(API) {
        API
    } else {
        listing
    };
    world.at(route).always(move |_| listed(&there));
    world
        .at(&trigger)
        .always(|_| flow(200, json!({"ok": true})));
    caller.succeeds(call());
    assert_eq!(world.log.tokens()[0].ask.scopes, [scope], "{cloud}");
    let sent = world.log.requests();
    let urls: Vec<_> = sent.iter().map(|sent| sent.url.as_str()).collect();
    assert_eq!(urls, [listing, trigger.as_str()], "{cloud}");
    assert!(
        sent.iter()
            .all(|sent| sent.method == "POST" && sent.bearer.is_some())
    );
}

#[test]
fn each_clouds_flow_api_is_asked_for_the_url_of_its_flows() {
    for [cloud, scope, api, host, _] in CLOUDS {
        let listing = format!(
            "{api}/providers/Microsoft.ProcessSimple/environments/{ENVIRONMENT}/flows/{RESOURCE}/triggers/manual/listCallbackUrl?api-version=2016-11-01"
        );
        goes_the_road(
            cloud,
            scope,
            &listing,
            host,
            settings(cloud, ENVIRONMENT, DiscoveryApi::FlowApi),
        );
    }
}

#[test]
fn each_environments_own_host_can_be_asked_instead() {
    for [cloud, scope, _, host, default_host] in CLOUDS {
        for (environment, host) in [(ENVIRONMENT, host), (DEFAULT, default_host)] {
            let listing = format!(
                "https://{host}/powerautomate/flows/{RESOURCE}/triggers/manual/listCallbackUrl?api-version=1&showDeprecatedCallbackUrl=false"
            );
            goes_the_road(
                cloud,
                scope,
                &listing,
                host,
                settings(cloud, environment, DiscoveryApi::EnvironmentApi),
            );
        }
    }
}

#[test]
fn an_environment_without_a_host_of_its_own_is_told_of_the_other_api() {
    let (world, caller) = scene_with(|settings| settings.discovery = DiscoveryApi::EnvironmentApi);
    let [_, _, _, host, _] = CLOUDS[0];
    let listing =
        format!("https://{host}/powerautomate/flows/{RESOURCE}/triggers/manual/listCallbackUrl");
    world.at(&listing).always(|_| drops());
    let error = caller.fails(call());
    assert_eq!(told(&error), (Code::Network, Stage::Discovery, false));
    assert!(error.hint.contains("flowApi"), "{}", error.hint);
}

#[test]
fn endpoints_of_the_callers_own_have_no_environment_api() {
    let (world, caller) = scene_with(|settings| {
        let hosts = vec!["*.environment.flows.example".to_owned()];
        settings.cloud = Cloud::custom("api://x/".to_owned(), "https://flows.example", hosts);
        settings.discovery = DiscoveryApi::EnvironmentApi;
    });
    let error = caller.fails(call());
    assert_eq!(told(&error), (Code::InvalidArgument, Stage::Options, false));
    assert!(error.message.starts_with("discovery"), "{}", error.message);
    assert!(world.log.requests().is_empty());
}

#[test]
fn a_token_of_one_cloud_goes_to_no_host_of_another() {
    for [cloud, _, api, ..] in CLOUDS {
        for [other, _, _, host, _] in CLOUDS.iter().filter(|row| row[0] != cloud) {
            let (world, caller) = scene_with(settings(cloud, ENVIRONMENT, DiscoveryApi::FlowApi));
            let elsewhere = format!("https://{host}/paths/invoke");
            let error = caller.fails(call().at_url(&elsewhere));
            assert_eq!(error.code, Code::UntrustedUrl, "{cloud} to {other}");
            assert!(world.story().is_empty());
            // Nor where the cloud's own API names it.
            let origin = api.replace("https://", "");
            world.also_trusted.borrow_mut().push(origin);
            world.at(api).always(move |_| listed(&elsewhere));
            let error = caller.fails(call());
            assert_eq!(error.code, Code::UntrustedUrl, "{cloud} to {other}");
            let sent = world.log.requests();
            assert_eq!(sent.len(), 1, "{cloud} to {other}");
            assert!(sent[0].url.starts_with(api), "{cloud} to {other}");
        }
    }
}
