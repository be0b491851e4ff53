//! Where the page is, and who the user is: host, environment, cloud, account, and what a token says.

use futures_util::FutureExt;

use super::Walk;
use crate::host::host_of;
use crate::limits::within;
use crate::model::{Cloud, EnvironmentId, ErrorCode, Foreign, Secret};
use crate::policy::accounts::{self, Choice};
use crate::policy::jwt;
use crate::policy::text::filled;
use crate::port::{Organization, World};
use crate::settings::Settings;
use crate::token::Bearer;

/// Milliseconds after which the org counts as silent.
const ORG_MS: f64 = 10_000.0;
/// Seconds of a token's life below which it is worth a word.
const SHORT_S: f64 = 120.0;
/// Seconds by which clocks may differ.
const SKEW_S: f64 = 300.0;

/// A token and what it says of its user.
pub(super) struct User {
    pub(super) names: Vec<String>,
    pub(super) bearer: Bearer,
}

impl<W: World> Walk<W> {
    /// The page, its environment and its cloud.
    pub(super) async fn host(&self) -> Option<Organization> {
        let (report, settings) = (&self.report, &self.quiet.settings);
        let origin = self.quiet.world.origin().unwrap_or_default();
        let pages = host_of(&origin).and_then(Cloud::of_org_host);
        match &pages {
            Some(_) => report.pass("host", &filled("The page is one of the org's: {}.", &[&origin])),
            None => report.warn(
                "host",
                &filled("The page is not one of an org's: {}.", &[&origin]),
                "Tokens and rows come only from what was passed as auth and webApi; run it in a model-driven app's page.",
            ),
        }
        self.at.set("environment");
        // Worth knowing, and nothing that the rest would have to wait for.
        let world = &*self.quiet.world;
        let asked = within(world, ORG_MS, world.organization().boxed_local()).await;
        let org = asked.flatten();
        let own = org
            .as_ref()
            .and_then(|org| EnvironmentId::parse(org.environment_id.as_deref()?));
        let wanted = settings.environment.as_str();
        match own {
            Some(own) if own == settings.environment => {
                report.pass("environment", &filled("{} is the org's own.", &[wanted]));
            }
            Some(own) => report.fail(
                "environment",
                &filled("The client asks in environment {}, and the org's own is {}.", &[wanted, own.as_str()]),
                "Leave environmentId out or pass the org's own: a flow's row and its trigger URL are in the same environment.",
            ),
            None => report.warn(
                "environment",
                &filled("{} could not be compared: the org did not say which environment it is.", &[wanted]),
                ErrorCode::EnvironmentUnknown.hint(),
            ),
        }
        let cloud = &settings.cloud;
        match pages {
            Some(pages) if pages.name() == cloud.name() => {
                report.pass(
                    "cloud",
                    &filled("{}, as the org's host says.", &[cloud.name()]),
                );
            }
            Some(pages) if !cloud.is_custom() => report.fail(
                "cloud",
                &filled(
                    "The client was made for {}, and the org's host is of {}.",
                    &[cloud.name(), pages.name()],
                ),
                "Leave cloud out: it follows the org's host.",
            ),
            _ => report.warn(
                "cloud",
                &filled(
                    "{} by option: {} for tokens of {}.",
                    &[cloud.name(), cloud.flow_api(), cloud.audience()],
                ),
                ErrorCode::CloudUnknown.hint(),
            ),
        }
        org
    }

    pub(super) fn account(&self) {
        const NAME: &str = "account";
        let (report, world) = (&self.report, &self.quiet.world);
        let Settings {
            account,
            login_hint,
            tenant_id,
            ..
        } = &*self.quiet.settings;
        if world.is_function() {
            return report.skip(NAME, "getToken chooses the account by itself.");
        }
        if let Some(account) = account {
            let name = world.text(account, "username");
            let name = name.as_deref().unwrap_or("One without a username");
            return report.pass(NAME, &filled("{} (passed as account)", &[name]));
        }
        let known = match world.accounts() {
            Ok(known) => known,
            Err(_) => {
                return report.fail(
                    NAME,
                    "getAllAccounts of the MSAL instance failed.",
                    "Await initialize() of the MSAL instance before passing it.",
                );
            }
        };
        match accounts::choose(&known, login_hint.as_deref(), tenant_id.as_deref()) {
            Choice::Account(found) => report.pass(NAME, &found.username),
            Choice::Ambiguous => report.fail(
                NAME,
                "Several accounts are signed in, and nothing says which one is meant.",
                "Pass account or loginHint, or let the user choose with signIn() in a click handler.",
            ),
            Choice::Unknown if known.is_empty() => report.warn(
                NAME,
                "MSAL knows no account: nobody has signed in to the app here.",
                ErrorCode::InteractionRequired.hint(),
            ),
            Choice::Unknown => report.warn(
                NAME,
                "None of MSAL's accounts is of this tenant and sign-in name.",
                "Check tenantId and loginHint, or call signIn() in a click handler.",
            ),
        }
    }

    pub(super) async fn token(&self, org: Option<&Organization>) -> Option<User> {
        let report = &self.report;
        self.at.set("token");
        match self.quiet.tokens.get().await {
            Ok(bearer) => {
                let claims = self.claims(&bearer);
                match claims {
                    Some(claims) => {
                        report.pass("token", "A token was obtained without a window.");
                        let names = self.looked_into(&claims, org);
                        Some(User { names, bearer })
                    }
                    None => {
                        report.warn(
                            "token",
                            "There is one, but it is no JSON Web Token: its claims can't be checked.",
                            "Check that auth answers with the access token for the flow service.",
                        );
                        self.no_claims("The token can't be read.");
                        Some(User {
                            names: Vec::new(),
                            bearer,
                        })
                    }
                }
            }
            Err(error) => {
                report.error("token", &error);
                self.no_claims("There is no token.");
                None
            }
        }
    }

    pub(super) fn no_claims(&self, why: &str) {
        for name in [
            "token.audience",
            "token.tenant",
            "token.expiry",
            "token.scope",
        ] {
            self.report.skip(name, why);
        }
    }

    pub(super) fn claims(&self, token: &Secret) -> Option<Foreign> {
        let world = &self.quiet.world;
        jwt::claims(&**world, token.expose(), &|text| world.decode_base64(text))
    }

    pub(super) fn looked_into(&self, claims: &Foreign, org: Option<&Organization>) -> Vec<String> {
        let (report, world) = (&self.report, &self.quiet.world);
        let settings = &self.quiet.settings;
        let claim = |name| world.text(claims, name);

        let audience = claim("aud").unwrap_or_default();
        let wanted = settings.cloud.audience();
        if audience == wanted {
            report.pass("token.audience", &audience);
        } else if audience == wanted.trim_end_matches('/') {
            report.fail(
                "token.audience",
                &filled("It is {} and has to be {}, with the slash.", &[&audience, wanted]),
                "Ask for the scope as it is passed to getToken, with its double slash: Entra takes all before the last slash as the audience.",
            );
        } else {
            report.fail(
                "token.audience",
                &filled("It is {} and has to be {}.", &[&audience, wanted]),
                "Ask for the scopes that are passed to getToken, and check that cloud is the org's.",
            );
        }

        let tenant = claim("tid");
        let expected = org
            .and_then(|org| org.tenant_id.as_deref())
            .or(settings.tenant_id.as_deref());
        match (&tenant, expected) {
            (Some(tenant), Some(wanted)) if tenant.eq_ignore_ascii_case(wanted) => {
                report.pass("token.tenant", &filled("{} is the environment's.", &[tenant]));
            }
            (Some(tenant), Some(wanted)) => report.fail(
                "token.tenant",
                &filled("The token is of tenant {}, and the environment of {}.", &[tenant, wanted]),
                "Sign in to the environment's tenant: set the MSAL instance's authority to it, and pass an account of it.",
            ),
            (Some(tenant), None) => {
                report.skip("token.tenant", &filled("Nobody says of which tenant the environment is; the token is of {}.", &[tenant]));
            }
            (None, _) => report.warn(
                "token.tenant",
                "The token names no tenant.",
                "Get it from Entra for a user of the tenant.",
            ),
        }

        self.expiry(claims);

        let scopes = claim("scp").unwrap_or_default();
        if scopes.is_empty() {
            report.fail(
                "token.scope",
                "The token has no delegated scope: it is the app's own, no user's.",
                ErrorCode::DelegatedTokenRequired.hint(),
            );
        } else if scopes.split(' ').any(|scope| scope == "User") {
            report.pass("token.scope", &scopes);
        } else {
            report.warn(
                "token.scope",
                &filled("The token's scopes are {}, without User.", &[&scopes]),
                "Give the app registration the delegated permission Power Automate → User, and consent to it.",
            );
        }

        let names = ["oid", "upn", "unique_name", "preferred_username", "email"];
        names.into_iter().filter_map(claim).collect()
    }

    pub(super) fn expiry(&self, claims: &Foreign) {
        const NAME: &str = "token.expiry";
        let (report, world) = (&self.report, &self.quiet.world);
        let now = world.date_ms() / 1000.0;
        let left = world.number(claims, "exp").map(|end| end - now);
        let early = world.number(claims, "nbf").map_or(0.0, |start| start - now);
        match left {
            _ if early > SKEW_S => report.warn(
                NAME,
                "The token is valid only from later on: this device's clock is slow.",
                "Set the device's clock.",
            ),
            Some(left) if left <= 0.0 => report.fail(
                NAME,
                "The token has expired, or this device's clock is fast.",
                "Let auth renew its token (forceRefresh asks for it), and check the device's clock.",
            ),
            Some(left) if left < SHORT_S => report.warn(
                NAME,
                "The token expires within two minutes.",
                "Let auth renew tokens before they end, as MSAL does.",
            ),
            Some(_) => report.pass(NAME, "It is valid for more than two minutes."),
            None => report.warn(
                NAME,
                "The token does not say when it ends.",
                "Check that auth answers with an access token of Entra's.",
            ),
        }
    }
}
