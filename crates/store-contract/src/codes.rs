//! Codes that prove addresses.

use vestibule_application::ports::store::{Conflict, StoreResult};
use vestibule_domain::address_code::{AddressCode, CODE_KEPT, CODE_TRIES_MAX, CodeState};
use vestibule_domain::portal_link::{LinkKind, PortalLink};

use crate::fixtures;
use crate::races::{CONTENDERS, all, retried};
use crate::samples::{at_micros, sealed};
use crate::world::{NOW, World, done, later, refused};
use time::Duration;

crate::cases![
    a_code_comes_back_as_it_was_added,
    an_unknown_code_is_not_found,
    a_code_needs_its_link,
    a_code_needs_a_link_of_its_environment,
    of_several_codes_the_newest_is_found,
    a_code_is_found_by_its_link_and_address_only,
    a_change_writes_tries_and_state_only,
    the_times_of_a_links_codes_are_listed,
    codes_go_with_their_organization,
    old_codes_are_swept_away,
    tries_at_the_same_moment_are_all_counted,
];

async fn given_link(world: &World) -> PortalLink {
    let organization = world.given_organization().await;
    world.given_open_link(&organization, LinkKind::Token).await
}

async fn given_code(world: &World, code: AddressCode) -> AddressCode {
    done!(world, |work| work.codes().insert(&code));
    code
}

async fn newest(world: &World, like: &AddressCode) -> Option<AddressCode> {
    done!(world, |work| work.codes().lock_newest(like.environment_id, like.link_id, &like.address))
}

async fn a_code_comes_back_as_it_was_added(world: World) {
    for state in [CodeState::Waiting, CodeState::Used { at: at_micros(499_999) }] {
        let link = given_link(&world).await;
        let code = AddressCode {
            sealed: sealed(),
            wrong_tries: u8::MAX,
            state,
            created_at: at_micros(999_999),
            ..fixtures::code(&world, &link, "jürgen+o'hara@acme.example")
        };
        let code = given_code(&world, code).await;
        assert_eq!(newest(&world, &code).await, Some(code));
    }
}

async fn an_unknown_code_is_not_found(world: World) {
    let code = fixtures::code(&world, &given_link(&world).await, "anna@acme.example");
    assert_eq!(newest(&world, &code).await, None);
    assert!(!done!(world, |work| work.codes().update(&code)));
    assert_eq!(newest(&world, &code).await, None);
}

async fn a_code_needs_its_link(world: World) {
    let missing = fixtures::link(&world, &world.given_organization().await, LinkKind::Token);
    let code = fixtures::code(&world, &missing, "anna@acme.example");
    assert_eq!(refused!(world, |work| work.codes().insert(&code)), Conflict::Reference);
}

async fn a_code_needs_a_link_of_its_environment(world: World) {
    let link = given_link(&world).await;
    let code =
        AddressCode { environment_id: world.abroad, ..fixtures::code(&world, &link, "anna@acme.example") };
    assert_eq!(refused!(world, |work| work.codes().insert(&code)), Conflict::Reference);
}

async fn of_several_codes_the_newest_is_found(world: World) {
    let link = given_link(&world).await;
    let made = |at| AddressCode { created_at: at, ..fixtures::code(&world, &link, "anna@acme.example") };
    let newer = given_code(&world, made(at_micros(2))).await;
    given_code(&world, made(at_micros(1))).await;
    assert_eq!(newest(&world, &newer).await.as_ref(), Some(&newer));
    // Used up or not makes no difference.
    let used = AddressCode { state: CodeState::Used { at: later(1) }, ..newer };
    assert!(done!(world, |work| work.codes().update(&used)));
    assert_eq!(newest(&world, &used).await, Some(used));
    let twin = given_code(&world, made(at_micros(2))).await;
    assert_eq!(newest(&world, &twin).await, Some(twin), "of equals the later id");
}

async fn a_code_is_found_by_its_link_and_address_only(world: World) {
    let (link, other) = (given_link(&world).await, given_link(&world).await);
    let code = given_code(&world, fixtures::code(&world, &link, "anna@acme.example")).await;
    let bob = given_code(&world, fixtures::code(&world, &link, "bob@acme.example")).await;
    let elsewhere = given_code(&world, fixtures::code(&world, &other, "anna@acme.example")).await;
    for one in [code, bob, elsewhere] {
        assert_eq!(newest(&world, &one).await, Some(one));
    }
}

async fn a_change_writes_tries_and_state_only(world: World) {
    let link = given_link(&world).await;
    let before = given_code(&world, fixtures::code(&world, &link, "anna@acme.example")).await;
    let bystander = given_code(&world, fixtures::code(&world, &link, "bob@acme.example")).await;
    let state = CodeState::Used { at: at_micros(1) };
    let altered = AddressCode {
        wrong_tries: CODE_TRIES_MAX,
        state,
        sealed: sealed(),
        created_at: later(-9),
        ..before.clone()
    };
    assert!(done!(world, |work| work.codes().update(&altered)));
    let after = AddressCode { wrong_tries: CODE_TRIES_MAX, state, ..before };
    assert_eq!(newest(&world, &after).await, Some(after));
    assert_eq!(newest(&world, &bystander).await, Some(bystander));
}

async fn the_times_of_a_links_codes_are_listed(world: World) {
    let (link, other) = (given_link(&world).await, given_link(&world).await);
    for (link, address, at) in [
        (&link, "bob@acme.example", at_micros(3)),
        (&link, "anna@acme.example", at_micros(1)),
        (&link, "anna@acme.example", at_micros(2)),
        (&other, "anna@acme.example", at_micros(2)),
    ] {
        let code = AddressCode { created_at: at, ..fixtures::code(&world, link, address) };
        given_code(&world, code).await;
    }
    let made =
        |after| async move { done!(world, |work| work.codes().made_after(world.home, link.id, after)) };
    assert_eq!(made(at_micros(1)).await, [at_micros(2), at_micros(3)], "what was made at the instant is out");
}

async fn codes_go_with_their_organization(world: World) {
    let organization = world.given_organization().await;
    let link = world.given_open_link(&organization, LinkKind::Token).await;
    let code = given_code(&world, fixtures::code(&world, &link, "anna@acme.example")).await;
    assert!(done!(world, |work| work.organizations().delete(world.home, organization.id)));
    assert_eq!(newest(&world, &code).await, None);
}

async fn old_codes_are_swept_away(world: World) {
    let link = given_link(&world).await;
    // Far enough back that other worlds in the same database lose nothing.
    let then = NOW - Duration::days(5);
    let made = |at, address| AddressCode { created_at: at, ..fixtures::code(&world, &link, address) };
    let old = given_code(&world, made(then, "anna@acme.example")).await;
    let young = given_code(&world, made(then + Duration::microseconds(1), "bob@acme.example")).await;
    let store = world.store();
    store.jobs().sweep(then + CODE_KEPT - Duration::microseconds(1)).await.expect("a sweep");
    assert_eq!(newest(&world, &old).await.as_ref(), Some(&old));
    store.jobs().sweep(then + CODE_KEPT).await.expect("a sweep");
    assert_eq!(newest(&world, &old).await, None);
    assert_eq!(newest(&world, &young).await, Some(young));
}

async fn tries_at_the_same_moment_are_all_counted(world: World) {
    let link = given_link(&world).await;
    let code = given_code(&world, fixtures::code(&world, &link, "anna@acme.example")).await;
    let tries = (0..CONTENDERS).map(|_| {
        let (world, code) = (world.clone(), code.clone());
        async move {
            retried!(world, |work| {
                let (of, address) = (code.link_id, &code.address);
                let held = work.codes().lock_newest(world.home, of, address).await?.expect("a code");
                let wrong_tries = held.wrong_tries + 1;
                work.codes().update(&AddressCode { wrong_tries, ..held }).await?;
                work.commit().await
            })
        }
    });
    let outcomes: Vec<StoreResult<()>> = all(tries).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    let counted = newest(&world, &code).await.map(|code| u32::from(code.wrong_tries));
    assert_eq!(counted, Some(CONTENDERS));
}
