use std::fmt;

/// A GUID, lower case with dashes: the only form in which an id goes into a URL or a query.
#[derive(Clone, PartialEq, Eq)]
pub struct Guid(String);

impl Guid {
    /// Reads `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` in either case, with or without the braces that
    /// form scripts get from `entity.getId()`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let bare = text
            .strip_prefix('{')
            .and_then(|inner| inner.strip_suffix('}'))
            .unwrap_or(text);
        let shape = bare.len() == 36
            && bare.bytes().enumerate().all(|(index, byte)| match index {
                8 | 13 | 18 | 23 => byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            });
        shape.then(|| Self(bare.to_ascii_lowercase()))
    }

    /// The canonical text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A Power Platform environment: a GUID, or `Default-<tenant id>` for a tenant's default environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvironmentId(String);

impl EnvironmentId {
    /// Reads either form, in either case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(id) = Guid::parse(text) {
            return Some(Self(id.0));
        }
        let (prefix, id) = text.split_at_checked(8)?;
        (prefix.eq_ignore_ascii_case("Default-"))
            .then(|| Guid::parse(id))
            .flatten()
            .map(|id| Self(["Default-", id.as_str()].concat()))
    }

    /// The text that the Power Automate API takes.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "8a1c2b3d-4e5f-4a6b-9c7d-0e1f2a3b4c5d";

    #[test]
    fn a_guid_is_read_in_every_form_that_hosts_write() {
        for text in [
            ID,
            "8A1C2B3D-4E5F-4A6B-9C7D-0E1F2A3B4C5D",
            "{8a1c2b3d-4e5f-4a6b-9c7d-0e1f2a3b4c5d}",
            " 8a1c2b3d-4e5f-4a6b-9c7d-0e1f2a3b4c5d\n",
        ] {
            assert_eq!(Guid::parse(text).unwrap().as_str(), ID, "{text}");
        }
    }

    #[test]
    fn anything_else_is_no_guid() {
        for text in [
            "",
            "orders",
            "8a1c2b3d4e5f4a6b9c7d0e1f2a3b4c5d",
            "8a1c2b3d-4e5f-4a6b-9c7d-0e1f2a3b4c5d0",
            "8a1c2b3d-4e5f-4a6b-9c7d-0e1f2a3b4c5g",
            "8a1c2b3d-4e5f-4a6b-9c7d-0e1f2a3b4c5d' or 1 eq 1",
            "{8a1c2b3d-4e5f-4a6b-9c7d-0e1f2a3b4c5d",
        ] {
            assert!(Guid::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn the_default_environment_has_the_tenants_id_in_its_name() {
        let id = "default-8A1C2B3D-4E5F-4A6B-9C7D-0E1F2A3B4C5D";
        assert_eq!(
            EnvironmentId::parse(id).unwrap().as_str(),
            "Default-".to_owned() + ID
        );
        assert_eq!(EnvironmentId::parse(ID).unwrap().as_str(), ID);
        for text in ["Default-", "Default-abc", "Defaultx8a1c2b3d", "ä-ö", "../x"] {
            assert!(EnvironmentId::parse(text).is_none(), "{text}");
        }
    }
}
