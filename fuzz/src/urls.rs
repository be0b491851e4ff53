//! Trigger URLs, whatever named them, and what callers add to them.

use std::thread_local;

use entra_flow::model::{Cloud, Stage};
use entra_flow::policy::request::{MAX_URL, address, check_address, check_path};
use entra_flow::policy::trust::{TrustedUrl, is_host_pattern, is_origin};
use url::Url;

use super::choices::Choices;
use super::pieces;
use super::trust::{Fate, Parsed, check, clouds};

type Clouds = Vec<(Cloud, Vec<&'static str>)>;

thread_local! {
    static CLOUDS: Clouds = clouds();
}

/// As the crate `url` reads a URL.
#[must_use]
pub fn parse(text: &str) -> Option<Parsed> {
    let url = Url::parse(text).ok()?;
    let query = |mark, part: Option<&str>| match part {
        None | Some("") => String::new(),
        Some(part) => [mark, part].concat(),
    };
    Some(Parsed {
        protocol: url.scheme().to_owned() + ":",
        username: url.username().to_owned(),
        password: url.password().unwrap_or_default().to_owned(),
        hostname: url.host_str().unwrap_or_default().to_owned(),
        port: url.port().map_or_else(String::new, |port| port.to_string()),
        pathname: url.path().to_owned(),
        search: query("?", url.query()),
        hash: query("#", url.fragment()),
        href: url.into(),
    })
}

/// A text as a trigger URL: what is admitted is what will be opened.
pub fn trigger_url(text: &str) -> Fate {
    // The crate takes these for drive letters, which no `..` leaves, in https URLs too. The standard and Chromium do
    // not, and the test in Chromium has them.
    let is_drive = |part: &str| matches!(part.as_bytes(), [letter, b':' | b'|'] if letter.is_ascii_alphabetic());
    if text.split(['/', '\\', '?', '#']).any(is_drive) {
        return Fate::Refused;
    }
    CLOUDS.with(|clouds| check(text, clouds, &parse))
}

/// The same for a URL made of nasty pieces.
pub fn trigger_url_pieces(bytes: &[u8]) -> Fate {
    trigger_url(&pieces::url(&mut Choices::new(bytes)))
}

/// A `Location` header, which is Latin-1 to a page. What is followed does not depend on the URL before it.
pub fn location(bytes: &[u8]) {
    let header: String = bytes.iter().copied().map(char::from).collect();
    if trigger_url(&header) != Fate::Admitted {
        return;
    }
    let absolute = Url::parse(header.trim()).unwrap();
    for base in [
        "https://prod-01.westeurope.logic.azure.com/workflows/1?sig=x",
        "https://evil.example/a/b",
    ] {
        let joined = Url::parse(base).unwrap().join(header.trim()).unwrap();
        assert_eq!(joined, absolute, "{header:?} depends on where it was found");
    }
}

/// Path segments and parameters of the caller's: each arrives as one, as it was written, at the same host.
pub fn address_of(url: &str, path: &[String], query: &[(String, String)]) {
    let cloud = CLOUDS.with(|clouds| clouds[0].0.clone());
    let Some(url) = TrustedUrl::trigger(url, &cloud) else {
        return;
    };
    let Ok(before) = Url::parse(url.expose()) else {
        return;
    };
    if check_path(path).is_err() || check_address(path, query).is_err() {
        return;
    }
    let Ok(extended) = address(&url, path, query) else {
        return;
    };
    let text = extended.expose();
    let after = Url::parse(text).unwrap();
    assert_eq!(after.origin(), before.origin(), "{text:?}");
    assert_eq!(extended.host(), url.host(), "{text:?}");
    assert_eq!(extended.has_sas(), url.has_sas(), "{text:?}");
    assert_eq!(
        entra_flow::policy::trust::has_sas(text),
        url.has_sas(),
        "{text:?}"
    );
    assert_eq!(
        (after.username(), after.password(), after.fragment()),
        ("", None, None),
        "{text:?}"
    );
    assert!(text.len() <= MAX_URL);
    // It stands as an own URL, too.
    assert!(
        TrustedUrl::trigger(text, &cloud).as_ref() == Some(&extended),
        "{text:?}"
    );

    let own = |url: &Url| url.query_pairs().into_owned().collect::<Vec<_>>();
    let mut pairs = own(&before);
    pairs.extend(query.iter().cloned());
    if before.query() == Some("") && !query.is_empty() {
        // `?` and nothing after it, then `&`: an empty pair, which no reader counts.
        assert_eq!(own(&after), query);
    } else {
        assert_eq!(own(&after), pairs, "{text:?}");
    }

    let decoded = |url: &Url| -> Vec<String> {
        let segments = url.path_segments().unwrap();
        segments
            .map(|segment| {
                percent_encoding::percent_decode_str(segment)
                    .decode_utf8_lossy()
                    .into_owned()
            })
            .collect()
    };
    if path.is_empty() {
        assert_eq!(after.path(), before.path());
        return;
    }
    // Slashes at the end of the trigger's own path are not segments.
    let mut prefix = before.clone();
    let bare = url
        .expose()
        .split('?')
        .next()
        .unwrap_or_default()
        .trim_end_matches('/');
    prefix.set_path(Url::parse(bare).unwrap().path());
    let mut segments = decoded(&prefix);
    if segments.last().is_some_and(String::is_empty) {
        segments.pop();
    }
    segments.extend(path.iter().cloned());
    assert_eq!(decoded(&after), segments, "{text:?}");
}

/// The same from bytes.
pub fn address_from(bytes: &[u8]) {
    let choices = &mut Choices::new(bytes);
    let url = if choices.below(2) == 0 {
        pieces::url(choices)
    } else {
        let base = "https://prod-01.westeurope.logic.azure.com";
        [
            base,
            choices.any(&["", "/", "/a", "/a//", "/a/..", "/a/.", "/%2e%2e/"]),
            choices.any(&["", "?", "?a=1", "?&", "?sig=x"]),
        ]
        .concat()
    };
    let path: Vec<_> = (0..choices.below(3)).map(|_| choices.text()).collect();
    let query: Vec<_> = (0..choices.below(3))
        .map(|_| (choices.text(), choices.text()))
        .collect();
    address_of(&url, &path, &query);
}

/// What a caller names as endpoints of their own, and the org's host.
pub fn endpoints(text: &str) {
    let parsed = Url::parse(text);
    if is_origin(text) {
        // International names: see trust.rs.
        if let Ok(url) = &parsed {
            assert_eq!(
                (url.scheme(), url.path(), url.query(), url.fragment()),
                ("https", "/", None, None),
                "{text:?}"
            );
            assert_eq!((url.username(), url.password()), ("", None), "{text:?}");
            let cloud = Cloud::custom("api://x/".to_owned(), text, Vec::new());
            let api = TrustedUrl::flow_api(&cloud, "/providers").unwrap();
            assert_eq!(
                Url::parse(api.expose()).unwrap().origin(),
                url.origin(),
                "{text:?}"
            );
        } else {
            assert!(
                text.to_ascii_lowercase().contains("xn--") || is_number(text),
                "{text:?} is no URL"
            );
        }
    } else if let Ok(url) = parsed {
        let plain = url.domain().is_some_and(|host| {
            host.split('.').all(|label| {
                !label.is_empty()
                    && label
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            })
        });
        let origin = url.origin().ascii_serialization();
        if url.scheme() == "https" && plain && url.port() != Some(0) {
            assert!(is_origin(&origin), "{origin:?} of {text:?}");
        }
    }
    if is_host_pattern(text) {
        let domain = text.strip_prefix("*.").unwrap_or(text);
        assert!(
            domain.contains('.')
                && !domain.contains(['*', '/', ':', '@', '%', '\\', '?', '#', ' ']),
            "{text:?}"
        );
        let cloud = Cloud::custom(
            "api://x/".to_owned(),
            "https://gateway.example",
            vec![text.to_owned()],
        );
        assert_eq!(cloud.is_trigger_host(domain), domain == text, "{text:?}");
        assert_eq!(
            cloud.is_trigger_host(&["a.", domain].concat()),
            domain != text,
            "{text:?}"
        );
        assert!(
            !cloud.is_trigger_host(&["evil", domain].concat()),
            "{text:?}"
        );
        assert!(
            !cloud.is_trigger_host(&[domain, ".evil.example"].concat()),
            "{text:?}"
        );
    }
    if let Some(cloud) = Cloud::of_org_host(text) {
        const ORGS: [&str; 5] = [
            ".dynamics.com",
            ".microsoftdynamics.us",
            ".appsplatform.us",
            ".dynamics.cn",
            ".dynamics.com",
        ];
        let host = text.to_ascii_lowercase();
        assert!(
            ORGS.iter().any(|domain| host.ends_with(domain)),
            "{text:?} is of {}",
            cloud.name()
        );
        assert_eq!(cloud.name() == "china", host.ends_with(".cn"), "{text:?}");
        assert_eq!(
            matches!(cloud.name(), "gccHigh" | "dod"),
            host.ends_with(".us"),
            "{text:?}"
        );
    }
}

/// A host that the standard reads as an IPv4 address, and that is none.
fn is_number(text: &str) -> bool {
    let host = text.split("://").nth(1).unwrap_or_default();
    let host = host.split([':', '/']).next().unwrap_or_default();
    host.rsplit('.')
        .next()
        .is_some_and(|last| last.starts_with(|first: char| first.is_ascii_digit()))
}

/// What an environment variable, or anything else, names as a URL: an error about it shows no password and no signature.
pub fn admission(before: &str, secret: &str, after: &str) {
    let text = [before, secret, after].concat();
    let settings = super::rows::settings();
    let parsed = Url::parse(&text);
    match settings.admit(&text, Stage::Discovery, "ef_Url holds ") {
        Ok(url) => assert!(!url.has_sas()),
        Err(error) => {
            let is_password = parsed.is_ok_and(|url| {
                url.password()
                    .is_some_and(|password| password.contains(secret))
            });
            if is_password {
                assert!(
                    !error.message.contains(secret),
                    "{text:?}: {}",
                    error.message
                );
            }
        }
    }
}
