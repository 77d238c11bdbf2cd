//! Teams, members, environments and API keys.

use vestibule_application::ports::store::{ApiCredential, Conflict, StoreResult};
use vestibule_domain::admission::AddressRule;
use vestibule_domain::api_key::{ApiKey, ApiKeyScope, ApiKeyScopes};
use vestibule_domain::custom_attributes::CustomAttributes;
use vestibule_domain::custom_host::CustomHosts;
use vestibule_domain::domain_name::DomainName;
use vestibule_domain::environment::{
    ActivationRule, Branding, Environment, PortalRedirects, SESSION_DAYS_MIN,
};
use vestibule_domain::member::{Member, MemberRole};
use vestibule_domain::team::Team;
use vestibule_domain::test_provider::TestProviderRule;

use crate::fixtures;
use crate::races::{CONTENDERS, all, retried};
use crate::samples::{at_micros, full_environment, hostile_name};
use crate::world::{NOW, World, done, later, refused};

crate::cases![
    a_team_is_told_to_exist,
    a_team_with_a_hostile_name_is_added,
    a_member_with_the_same_address_is_refused,
    a_member_needs_their_team,
    an_environment_comes_back_as_it_was_added,
    an_unknown_environment_is_not_found,
    a_change_of_an_environment_writes_name_redirects_branding_and_rules,
    a_change_of_an_environment_can_unset_what_is_optional,
    changes_of_an_environment_at_the_same_moment_are_all_kept,
    a_host_belongs_to_one_environment_until_it_is_released,
    an_api_key_is_found_by_its_digest_with_its_environment,
    an_unknown_digest_opens_nothing,
    a_withdrawn_api_key_opens_nothing,
    an_api_key_is_withdrawn_once,
    an_api_key_added_withdrawn_opens_nothing,
    environments_of_a_team_are_counted,
    an_api_key_keeps_its_scopes_and_times,
    an_api_key_ends_when_it_is_said_to_unless_it_is_withdrawn,
    a_use_of_an_api_key_is_noted_unless_a_later_one_is,
];

async fn a_team_is_told_to_exist(world: World) {
    assert!(done!(world, |work| work.accounts().any_team()));
}

async fn a_team_with_a_hostile_name_is_added(world: World) {
    let team = Team { id: world.id(), name: hostile_name(), support_email: None, created_at: at_micros(1) };
    let environment = Environment { team_id: team.id, ..fixtures::environment(&world) };
    done!(world, |work| work.accounts().insert_team(&team));
    done!(world, |work| work.accounts().insert_environment(&environment));
    let found = done!(world, |work| work.accounts().find_environment(environment.id));
    assert_eq!(found.map(|environment| environment.team_id), Some(team.id));
}

async fn a_member_with_the_same_address_is_refused(world: World) {
    let member = fixtures::member(&world);
    done!(world, |work| work.accounts().insert_member(&member));
    let other = Team { id: world.id(), ..fixtures::team(&world) };
    done!(world, |work| work.accounts().insert_team(&other));
    // The address is unique on the deployment, not only in the team.
    let again = Member { id: world.id(), team_id: other.id, role: MemberRole::Member, ..member };
    let conflict = refused!(world, |work| work.accounts().insert_member(&again));
    assert_eq!(conflict, Conflict::MemberEmail);
}

async fn a_member_needs_their_team(world: World) {
    let member = Member { team_id: world.id(), ..fixtures::member(&world) };
    let conflict = refused!(world, |work| work.accounts().insert_member(&member));
    assert_eq!(conflict, Conflict::Reference);
}

async fn comes_back(world: &World, environment: &Environment) {
    let found = done!(world, |work| work.accounts().find_environment(environment.id));
    assert_eq!(found.as_ref(), Some(environment));
    let seen = world.queries().environment(environment.id).await.expect("a look-up");
    assert_eq!(seen.as_ref(), Some(environment));
}

async fn an_environment_comes_back_as_it_was_added(world: World) {
    for environment in [fixtures::environment(&world), full_environment(&world)] {
        done!(world, |work| work.accounts().insert_environment(&environment));
        comes_back(&world, &environment).await;
    }
}

async fn an_unknown_environment_is_not_found(world: World) {
    let id = world.id();
    assert_eq!(done!(world, |work| work.accounts().find_environment(id)), None);
    assert_eq!(world.queries().environment(id).await.expect("a look-up"), None);
}

async fn a_change_of_an_environment_writes_name_redirects_branding_and_rules(world: World) {
    let before = fixtures::environment(&world);
    done!(world, |work| work.accounts().insert_environment(&before));
    let full = full_environment(&world);
    let handed = Environment { id: before.id, ..full.clone() };
    done!(world, |work| work.accounts().update_environment(&handed));
    // Kind, client id and the time of making are not what this call writes.
    let after = Environment {
        name: full.name,
        redirects: full.redirects,
        redirect_uris: full.redirect_uris,
        branding: full.branding,
        activation: full.activation,
        session_days: full.session_days,
        addresses: full.addresses,
        custom_attributes: full.custom_attributes,
        hosts: full.hosts,
        test_provider: full.test_provider,
        ..before
    };
    comes_back(&world, &after).await;
}

async fn changes_of_an_environment_at_the_same_moment_are_all_kept(world: World) {
    let before = Environment { session_days: SESSION_DAYS_MIN, ..full_environment(&world) };
    done!(world, |work| work.accounts().insert_environment(&before));
    let changes = (0..CONTENDERS).map(|_| {
        let (world, id) = (world.clone(), before.id);
        async move {
            retried!(world, |work| {
                let held = work.accounts().lock_environment(id).await?.expect("an environment");
                let session_days = held.session_days + 1;
                work.accounts().update_environment(&Environment { session_days, ..held }).await?;
                work.commit().await
            })
        }
    });
    let outcomes: Vec<StoreResult<()>> = all(changes).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    let contenders = u16::try_from(CONTENDERS).expect("few");
    comes_back(&world, &Environment { session_days: SESSION_DAYS_MIN + contenders, ..before }).await;
}

async fn a_change_of_an_environment_can_unset_what_is_optional(world: World) {
    let before = full_environment(&world);
    done!(world, |work| work.accounts().insert_environment(&before));
    let after = Environment {
        redirects: PortalRedirects::default(),
        redirect_uris: Vec::new(),
        branding: Branding::default(),
        activation: ActivationRule::Immediate,
        session_days: SESSION_DAYS_MIN,
        addresses: AddressRule::Stated,
        custom_attributes: CustomAttributes::default(),
        hosts: CustomHosts::default(),
        test_provider: TestProviderRule::On,
        ..before
    };
    done!(world, |work| work.accounts().update_environment(&after));
    comes_back(&world, &after).await;
}

async fn a_host_belongs_to_one_environment_until_it_is_released(world: World) {
    let (home, abroad) = (world.home, world.abroad);
    let host = DomainName::parse(&format!("{}.example", world.word())).expect("a host");
    let other = DomainName::parse(&format!("{}.example", world.word())).expect("a host");
    let live = async || world.queries().host_is_live(&host).await.expect("a look-up");
    assert!(!live().await);
    assert!(done!(world, |work| work.accounts().claim_host(&host, home)));
    assert!(done!(world, |work| work.accounts().claim_host(&host, home)), "it is theirs already");
    assert!(!done!(world, |work| work.accounts().claim_host(&host, abroad)));
    assert!(done!(world, |work| work.accounts().claim_host(&other, abroad)));
    assert_eq!(done!(world, |work| work.accounts().host_owner(&host)), Some(home));
    assert!(live().await);
    done!(world, |work| work.accounts().release_host(&host, abroad));
    assert!(live().await, "it is not theirs to give");
    done!(world, |work| work.accounts().release_host(&host, home));
    assert!(!live().await);
    assert_eq!(done!(world, |work| work.accounts().host_owner(&host)), None);
    assert!(done!(world, |work| work.accounts().claim_host(&host, abroad)));
}

async fn an_api_key_is_found_by_its_digest_with_its_environment(world: World) {
    let environment = full_environment(&world);
    let key = ApiKey {
        environment_id: environment.id,
        name: hostile_name(),
        created_at: at_micros(999_999),
        ..fixtures::api_key(&world)
    };
    let mut work = world.begin().await;
    work.accounts().insert_environment(&environment).await.expect("an environment is added");
    work.accounts().insert_api_key(&key).await.expect("a key is added");
    work.accounts().insert_api_key(&fixtures::api_key(&world)).await.expect("a key is added");
    work.commit().await.expect("a commit");
    let found = world.queries().api_credential(&key.digest).await.expect("a look-up");
    assert_eq!(found, Some(ApiCredential { key, environment }));
}

async fn an_unknown_digest_opens_nothing(world: World) {
    assert_eq!(world.queries().api_credential(&world.digest()).await.expect("a look-up"), None);
}

async fn a_withdrawn_api_key_opens_nothing(world: World) {
    let key = fixtures::api_key(&world);
    done!(world, |work| work.accounts().insert_api_key(&key));
    assert!(done!(world, |work| work.accounts().revoke_api_key(world.home, key.id, later(1))));
    assert_eq!(world.queries().api_credential(&key.digest).await.expect("a look-up"), None);
}

async fn an_api_key_is_withdrawn_once(world: World) {
    let key = fixtures::api_key(&world);
    done!(world, |work| work.accounts().insert_api_key(&key));
    assert!(done!(world, |work| work.accounts().revoke_api_key(world.home, key.id, later(1))));
    assert!(!done!(world, |work| work.accounts().revoke_api_key(world.home, key.id, later(2))));
    let unknown = world.id();
    assert!(!done!(world, |work| work.accounts().revoke_api_key(world.home, unknown, later(2))));
}

async fn an_api_key_added_withdrawn_opens_nothing(world: World) {
    let key = ApiKey { revoked_at: Some(NOW), ..fixtures::api_key(&world) };
    done!(world, |work| work.accounts().insert_api_key(&key));
    assert_eq!(world.queries().api_credential(&key.digest).await.expect("a look-up"), None);
}

async fn an_api_key_keeps_its_scopes_and_times(world: World) {
    let key = ApiKey {
        scopes: ApiKeyScopes::Only(vec![ApiKeyScope::Read, ApiKeyScope::SignIn]),
        created_by: Some(hostile_name().to_string()),
        last_used_at: Some(at_micros(1)),
        expires_at: Some(at_micros(999_999)),
        ..fixtures::api_key(&world)
    };
    done!(world, |work| work.accounts().insert_api_key(&key));
    let found = done!(world, |work| work.accounts().find_api_key(world.home, key.id));
    assert_eq!(found.as_ref(), Some(&key));
    assert_eq!(done!(world, |work| work.accounts().find_api_key(world.abroad, key.id)), None);
    let found = world.queries().api_credential(&key.digest).await.expect("a look-up");
    assert_eq!(found.map(|found| found.key), Some(key));
}

async fn an_api_key_ends_when_it_is_said_to_unless_it_is_withdrawn(world: World) {
    let key = fixtures::api_key(&world);
    done!(world, |work| work.accounts().insert_api_key(&key));
    assert!(!done!(world, |work| work.accounts().expire_api_key(world.abroad, key.id, later(1))));
    assert!(done!(world, |work| work.accounts().expire_api_key(world.home, key.id, later(2))));
    let found = world.queries().api_credential(&key.digest).await.expect("a look-up");
    assert_eq!(found.map(|found| found.key), Some(ApiKey { expires_at: Some(later(2)), ..key.clone() }));
    assert!(done!(world, |work| work.accounts().revoke_api_key(world.home, key.id, later(1))));
    assert!(!done!(world, |work| work.accounts().expire_api_key(world.home, key.id, later(3))));
}

async fn a_use_of_an_api_key_is_noted_unless_a_later_one_is(world: World) {
    let key = fixtures::api_key(&world);
    done!(world, |work| work.accounts().insert_api_key(&key));
    assert!(!done!(world, |work| work.accounts().note_api_key_use(world.abroad, key.id, later(9))));
    assert!(done!(world, |work| work.accounts().note_api_key_use(world.home, key.id, later(2))));
    for at in [later(1), later(2)] {
        assert!(!done!(world, |work| work.accounts().note_api_key_use(world.home, key.id, at)));
    }
    let found = done!(world, |work| work.accounts().find_api_key(world.home, key.id));
    assert_eq!(found, Some(ApiKey { last_used_at: Some(later(2)), ..key }));
}

async fn environments_of_a_team_are_counted(world: World) {
    let team = Team { id: world.id(), name: hostile_name(), support_email: None, created_at: NOW };
    let count = async || done!(world, |work| work.accounts().count_environments(team.id));
    done!(world, |work| work.accounts().insert_team(&team));
    assert_eq!(count().await, 0);
    for _ in 0..2 {
        let environment = Environment { team_id: team.id, ..fixtures::environment(&world) };
        done!(world, |work| work.accounts().insert_environment(&environment));
    }
    done!(world, |work| work.accounts().insert_environment(&fixtures::environment(&world)));
    assert_eq!(count().await, 2);
}
