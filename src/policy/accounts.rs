//! Which of MSAL's accounts to ask a token for. Guessing between people is not an option.

/// What is needed of an account to choose it.
pub trait Candidate {
    /// The tenant the account signed in to.
    fn tenant_id(&self) -> &str;
    /// Its sign-in name.
    fn username(&self) -> &str;
    /// Its `login_hint` claim, where it has one.
    fn login_hint(&self) -> Option<&str>;
}

/// The outcome of the choice.
#[derive(Debug, PartialEq, Eq)]
pub enum Choice<'a, A> {
    /// This one.
    Account(&'a A),
    /// None that fits the sign-in name, or none at all.
    Unknown,
    /// Several fit, and nothing tells which one is meant.
    Ambiguous,
}

/// The account that fits the sign-in name, else the only one of the tenant. (An account that the caller
/// passed is used as it is and does not come here.)
#[must_use]
pub fn choose<'a, A: Candidate>(
    accounts: &'a [A],
    login_hint: Option<&str>,
    tenant_id: Option<&str>,
) -> Choice<'a, A> {
    let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
    let of_tenant = |account: &&A| tenant_id.is_none_or(|tenant| same(account.tenant_id(), tenant));
    let fits = |account: &&A| {
        login_hint.is_none_or(|hint| {
            same(account.username(), hint)
                || account.login_hint().is_some_and(|own| same(own, hint))
        })
    };
    let mut found = accounts.iter().filter(of_tenant).filter(fits);
    match (found.next(), found.next()) {
        (None, _) => Choice::Unknown,
        (Some(account), None) => Choice::Account(account),
        // A sign-in name is one person in a tenant, however often it stands in the cache.
        (Some(first), Some(second))
            if login_hint.is_some()
                && found
                    .chain([second])
                    .all(|other| same(other.tenant_id(), first.tenant_id())) =>
        {
            Choice::Account(first)
        }
        _ => Choice::Ambiguous,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Eq)]
    struct Known(&'static str, &'static str);

    impl Candidate for Known {
        fn tenant_id(&self) -> &str {
            self.0
        }
        fn username(&self) -> &str {
            self.1
        }
        fn login_hint(&self) -> Option<&str> {
            (self.1 == "bob@contoso.example").then_some("O.Cjx")
        }
    }

    const ADA: Known = Known("t1", "ada@contoso.example");
    const BOB: Known = Known("t1", "bob@contoso.example");
    const GUEST: Known = Known("t2", "ada@contoso.example");

    #[test]
    fn the_only_account_of_the_tenant_is_taken() {
        assert_eq!(
            choose(&[ADA, GUEST], None, Some("T1")),
            Choice::Account(&ADA)
        );
        assert_eq!(choose(&[BOB], None, None), Choice::Account(&BOB));
    }

    #[test]
    fn several_accounts_without_a_hint_are_not_guessed_between() {
        assert_eq!(choose(&[ADA, BOB], None, Some("t1")), Choice::Ambiguous);
        assert_eq!(choose(&[ADA, GUEST], None, None), Choice::Ambiguous);
    }

    #[test]
    fn a_sign_in_name_finds_its_account_in_any_case() {
        assert_eq!(
            choose(&[ADA, BOB], Some("BOB@contoso.example"), None),
            Choice::Account(&BOB)
        );
        assert_eq!(
            choose(&[ADA, BOB], Some("O.Cjx"), None),
            Choice::Account(&BOB)
        );
        assert_eq!(
            choose(&[ADA, GUEST], Some("ada@contoso.example"), Some("t2")),
            Choice::Account(&GUEST)
        );
        assert_eq!(
            choose(&[ADA, ADA], Some("ada@contoso.example"), None),
            Choice::Account(&ADA)
        );
        assert_eq!(
            choose(&[ADA, GUEST], Some("ada@contoso.example"), None),
            Choice::Ambiguous
        );
    }

    #[test]
    fn nobody_is_taken_for_somebody_else() {
        assert_eq!(
            choose(&[ADA, BOB], Some("eve@contoso.example"), None),
            Choice::Unknown
        );
        assert_eq!(choose(&[ADA], None, Some("t9")), Choice::Unknown);
        assert_eq!(choose::<Known>(&[], None, None), Choice::Unknown);
    }
}
