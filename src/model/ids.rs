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

/// The schema name of an environment variable: `prefix_Name`.
#[derive(Clone)]
pub struct SchemaName(String);

impl SchemaName {
    /// As long as Dataverse's column.
    const MAX_LENGTH: usize = 100;

    /// Reads a name of letters, digits and underscores, which does not begin with a digit.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let shape = text.len() <= Self::MAX_LENGTH
            && text.bytes().enumerate().all(|(index, byte)| {
                byte == b'_' || byte.is_ascii_alphabetic() || (index > 0 && byte.is_ascii_digit())
            });
        (shape && !text.is_empty()).then(|| Self(text.to_owned()))
    }

    /// The name as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Dataverse tells no case apart in names.
impl PartialEq for SchemaName {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for SchemaName {}

/// A flow by its `workflowid`, which is the same in every environment.
#[derive(Clone, PartialEq, Eq)]
pub struct FlowRef {
    /// The `workflowid`.
    pub workflow_id: Guid,
    /// The trigger's name in the definition, `manual` by default.
    pub trigger: String,
}

impl FlowRef {
    /// A flow by its trigger of the usual name.
    #[must_use]
    pub fn manual(workflow_id: Guid) -> Self {
        Self {
            workflow_id,
            trigger: "manual".to_owned(),
        }
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

    #[test]
    fn a_schema_name_has_letters_digits_and_underscores_only() {
        for text in ["ef_EchoUrl", "x", "x1", "_a1", " ef_EchoUrl\n"] {
            let name = SchemaName::parse(text).unwrap();
            assert_eq!(name.as_str(), text.trim());
        }
        let long = "a".repeat(101);
        for text in [
            "",
            " ",
            "1a",
            "ef_Echo Url",
            "ef_EchoUrl' or 1 eq 1",
            "ef_'",
            "ef%27",
            "ef_Ä",
            "ef-a",
            "ef_a\nb",
            &long,
        ] {
            assert!(SchemaName::parse(text).is_none(), "{text}");
        }
        assert!(SchemaName::parse(long.split_at(100).0).is_some());
    }

    #[test]
    fn schema_names_are_compared_as_dataverse_does() {
        let parse = |text| SchemaName::parse(text).unwrap();
        assert!(parse("ef_EchoUrl") == parse("EF_ECHOURL"));
        assert!(parse("ef_EchoUrl") != parse("ef_EchoUrl2"));
    }
}
