use std::rc::Rc;

use super::EnvironmentId;

/// A national cloud of Power Platform: where its flow service is, and which hosts may get a token.
///
/// The five known ones are from Microsoft's pages of power-automate-docs,
/// `ip-address-configuration.md` and `oauth-authentication.md`, as of 2026.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cloud(Rc<Endpoints>);

#[derive(Debug, PartialEq, Eq)]
struct Endpoints {
    name: &'static str,
    audience: String,
    flow_api: String,
    trigger_hosts: Vec<String>,
}

/// The name of endpoints that the caller gave.
const CUSTOM: &str = "custom";

/// Name, audience, flow API, trigger hosts; the first of these is that of the environments' own hosts.
type Row = (&'static str, &'static str, &'static str, [&'static str; 2]);

const KNOWN: &[Row] = &[
    (
        "public",
        "https://service.flow.microsoft.com/",
        "https://api.flow.microsoft.com",
        ["*.environment.api.powerplatform.com", "*.logic.azure.com"],
    ),
    (
        "gcc",
        "https://gov.service.flow.microsoft.us/",
        "https://gov.api.flow.microsoft.us",
        [
            "*.environment.api.gov.powerplatform.microsoft.us",
            "*.logic.azure.us",
        ],
    ),
    (
        "gccHigh",
        "https://high.service.flow.microsoft.us/",
        "https://high.api.flow.microsoft.us",
        [
            "*.environment.api.high.powerplatform.microsoft.us",
            "*.logic.azure.us",
        ],
    ),
    (
        "dod",
        "https://service.flow.appsplatform.us/",
        "https://api.flow.appsplatform.us",
        ["*.environment.api.appsplatform.us", "*.logic.azure.us"],
    ),
    (
        "china",
        "https://service.powerautomate.cn/",
        "https://api.powerautomate.cn",
        [
            "*.environment.api.powerplatform.partner.microsoftonline.cn",
            "*.logic.azure.cn",
        ],
    ),
];

impl Cloud {
    /// One of `public`, `gcc`, `gccHigh`, `dod`, `china`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let (name, audience, flow_api, hosts) = KNOWN.iter().find(|row| row.0 == name)?;
        let hosts = hosts.iter().map(|host| (*host).to_owned()).collect();
        Some(Self::of(name, (*audience).to_owned(), flow_api, hosts))
    }

    fn of(
        name: &'static str,
        audience: String,
        flow_api: &str,
        trigger_hosts: Vec<String>,
    ) -> Self {
        Self(Rc::new(Endpoints {
            name,
            audience,
            flow_api: flow_api.trim_end_matches('/').to_owned(),
            trigger_hosts,
        }))
    }

    /// The cloud that an org's host belongs to. A host in no row is `None`, never the public cloud:
    /// a guess would send a token to the wrong place.
    #[must_use]
    pub fn of_org_host(host: &str) -> Option<Self> {
        let host = host.to_ascii_lowercase();
        let (org, domain) = host.split_once('.')?;
        if org.is_empty() {
            return None;
        }
        let domain = domain.strip_prefix("api.").unwrap_or(domain);
        let name = match domain {
            "crm9.dynamics.com" => "gcc",
            "crm.microsoftdynamics.us" => "gccHigh",
            "crm.appsplatform.us" => "dod",
            "crm.dynamics.cn" => "china",
            _ => {
                let region = domain.strip_prefix("crm")?.strip_suffix(".dynamics.com")?;
                if !region.bytes().all(|byte| byte.is_ascii_digit()) {
                    return None;
                }
                "public"
            }
        };
        Self::named(name)
    }

    /// Endpoints of the caller's own. They widen the list of trusted hosts, explicitly.
    #[must_use]
    pub fn custom(audience: String, flow_api: &str, trigger_hosts: Vec<String>) -> Self {
        Self::of(CUSTOM, audience, flow_api, trigger_hosts)
    }

    /// The name by which options and diagnoses call it.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.name
    }

    /// Whether its endpoints are the caller's own.
    #[must_use]
    pub fn is_custom(&self) -> bool {
        self.0.name == CUSTOM
    }

    /// What a token's `aud` has to be, with the trailing slash.
    #[must_use]
    pub fn audience(&self) -> &str {
        &self.0.audience
    }

    /// The scope to ask Entra for. Its double slash is deliberate: Entra takes all before the last `/`
    /// as the resource, and the flow service refuses a token whose `aud` lacks the trailing slash.
    #[must_use]
    pub fn scope(&self) -> String {
        [self.audience(), "/.default"].concat()
    }

    /// The origin of the Power Automate API.
    #[must_use]
    pub fn flow_api(&self) -> &str {
        &self.0.flow_api
    }

    /// The environment's own host: its id, lower case and without dashes, a dot before its last digits. Nothing for
    /// endpoints of the caller's own.
    #[must_use]
    pub fn environment_host(&self, environment: &EnvironmentId) -> Option<String> {
        let tail = match self.name() {
            _ if self.is_custom() => return None,
            "public" => 2,
            _ => 1,
        };
        let suffix = self.0.trigger_hosts.first()?.strip_prefix('*')?;
        let mut id = environment.as_str().to_ascii_lowercase();
        id.retain(|c| c != '-');
        let (first, last) = id.split_at_checked(id.len().checked_sub(tail)?)?;
        Some([first, ".", last, suffix].concat())
    }

    /// Whether a host is the flow service's own, so that a token may go there.
    #[must_use]
    pub fn is_trigger_host(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        self.0.trigger_hosts.iter().any(|pattern| {
            let pattern = pattern.to_ascii_lowercase();
            match pattern.strip_prefix('*') {
                Some(suffix) => host
                    .strip_suffix(suffix)
                    .is_some_and(|labels| !labels.is_empty() && suffix.starts_with('.')),
                None => pattern == host,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scope_keeps_the_audiences_slash() {
        let scope = Cloud::named("public").unwrap().scope();
        assert_eq!(scope, "https://service.flow.microsoft.com//.default");
    }

    #[test]
    fn each_org_host_belongs_to_its_cloud() {
        for (host, cloud) in [
            ("contoso.crm.dynamics.com", "public"),
            ("contoso.crm4.dynamics.com", "public"),
            ("CONTOSO.CRM17.DYNAMICS.COM", "public"),
            ("contoso.api.crm4.dynamics.com", "public"),
            ("contoso.crm9.dynamics.com", "gcc"),
            ("contoso.crm.microsoftdynamics.us", "gccHigh"),
            ("contoso.crm.appsplatform.us", "dod"),
            ("contoso.crm.dynamics.cn", "china"),
        ] {
            assert_eq!(Cloud::of_org_host(host).unwrap().name(), cloud, "{host}");
        }
    }

    #[test]
    fn a_host_in_no_row_has_no_cloud() {
        for host in [
            "",
            "localhost",
            "crm4.dynamics.com",
            "contoso.crm4.dynamics.com.evil.example",
            "contoso.crmx.dynamics.com",
            "contoso.dynamics.com",
            ".crm4.dynamics.com",
            "contoso.crm4.dynamics.de",
        ] {
            assert!(Cloud::of_org_host(host).is_none(), "{host}");
        }
    }

    #[test]
    fn only_hosts_below_a_listed_suffix_are_trigger_hosts() {
        let cloud = Cloud::named("public").unwrap();
        for host in [
            "abc.12.environment.api.powerplatform.com",
            "ABC.12.Environment.API.PowerPlatform.com",
            "prod-01.westeurope.logic.azure.com",
        ] {
            assert!(cloud.is_trigger_host(host), "{host}");
        }
        for host in [
            "environment.api.powerplatform.com",
            "evilenvironment.api.powerplatform.com",
            "logic.azure.com",
            "logic.azure.com.evil.example",
            "x.logic.azure.com.",
            "x.logic.azure.us",
        ] {
            assert!(!cloud.is_trigger_host(host), "{host}");
        }
    }

    #[test]
    fn a_token_of_one_cloud_goes_to_no_other_clouds_hosts() {
        let hosts = [
            (
                "public",
                "a.environment.api.powerplatform.com",
                "a.logic.azure.com",
            ),
            (
                "gcc",
                "a.environment.api.gov.powerplatform.microsoft.us",
                "a.logic.azure.us",
            ),
            (
                "gccHigh",
                "a.environment.api.high.powerplatform.microsoft.us",
                "a.logic.azure.us",
            ),
            (
                "dod",
                "a.environment.api.appsplatform.us",
                "a.logic.azure.us",
            ),
            (
                "china",
                "a.environment.api.powerplatform.partner.microsoftonline.cn",
                "a.logic.azure.cn",
            ),
        ];
        for (name, ..) in hosts {
            let cloud = Cloud::named(name).unwrap();
            assert_eq!((cloud.name(), cloud.is_custom()), (name, false));
            for (other, environment, logic) in hosts {
                let same = name == other;
                assert_eq!(cloud.is_trigger_host(environment), same, "{name} {other}");
                // The three US clouds share one domain of Logic Apps.
                let shared = hosts.iter().any(|row| row.0 == name && row.2 == logic);
                assert_eq!(cloud.is_trigger_host(logic), shared, "{name} {other}");
            }
        }
    }

    #[test]
    fn a_custom_cloud_trusts_what_it_names_and_nothing_else() {
        let hosts = vec![
            "*.flows.example".to_owned(),
            "one.example".to_owned(),
            "*bad.example".to_owned(),
        ];
        let cloud = Cloud::custom("api://x/".to_owned(), "https://flows.example/", hosts);
        assert_eq!((cloud.name(), cloud.is_custom()), ("custom", true));
        assert_eq!(cloud.flow_api(), "https://flows.example");
        assert!(cloud.is_trigger_host("a.flows.example"));
        assert!(cloud.is_trigger_host("one.example"));
        assert!(!cloud.is_trigger_host("two.one.example"));
        assert!(!cloud.is_trigger_host("verybad.example"));
        assert!(!cloud.is_trigger_host("x.logic.azure.com"));
    }
}
