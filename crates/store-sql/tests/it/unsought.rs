//! Domains that were added by a version which did not look for their records.

use vestibule_application::ports::store::Store as _;
use vestibule_domain::domain_name::DomainName;
use vestibule_domain::organization_domain::{ClaimedDomain, DomainClaim, OrganizationDomain, ProofSearch};

use crate::given::{NOW, Place, id, settled, written};

#[tokio::test(flavor = "multi_thread")]
async fn domains_that_nobody_looks_for_are_told_until_somebody_does() {
    for place in Place::both() {
        let store = place.store().await;
        let home = settled(&store).await;
        let claimed = |name: &str, claim| {
            let claimed = ClaimedDomain { domain: DomainName::parse(name).unwrap(), claim };
            OrganizationDomain::claimed(id(), (home.environment_id, home.id), claimed, [7; 32], NOW)
        };
        let [first, second] = ["a.example", "b.example"].map(|name| claimed(name, DomainClaim::Pending));
        let proven = claimed("c.example", DomainClaim::Verified);
        for domain in [&first, &second, &proven] {
            written!(store, |work| work.organization_domains().insert(domain));
        }
        let unsought = async |most| store.queries().unsought_domains(most).await.unwrap();
        assert_eq!(unsought(10).await, []);
        // As the version before left them.
        place.execute("UPDATE organization_domains SET sought_since = NULL");
        assert_eq!(unsought(1).await, std::slice::from_ref(&first));
        assert_eq!(unsought(10).await, [first.clone(), second.clone()], "what is proven is not looked for");
        let begun = OrganizationDomain { search: ProofSearch::begun(NOW + time::Duration::DAY), ..first };
        written!(store, |work| work.organization_domains().update(&begun));
        assert_eq!(unsought(10).await, [second]);
    }
}
