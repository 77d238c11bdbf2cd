//! Lists of organizations: pages, filters and search.

use vestibule_application::ports::store::{OrganizationFilter, OrganizationView};
use vestibule_domain::organization::Organization;
use vestibule_domain::page::{Cursor, Order, Page, PageRequest};

use crate::fixtures::{self, domain_name, name, verified};
use crate::paging::{every_page_is_right, limit};
use crate::world::{World, done};

crate::cases![
    organizations_come_in_pages,
    filtered_organizations_come_in_pages,
    an_environment_without_organizations_has_an_empty_page,
    newest_come_first_unless_told_otherwise,
    a_place_in_the_list_outlives_its_organization,
    a_domain_filter_finds_any_of_its_domains,
    a_search_finds_names_that_begin_with_it,
    a_search_takes_every_character_literally,
    filters_hold_together,
];

fn view(organization: Organization) -> OrganizationView {
    OrganizationView { organization, domains: Vec::new() }
}

async fn given_named(world: &World, text: &str) -> Organization {
    world.given(Organization { name: name(text), ..fixtures::organization(world) }).await
}

/// The names that a filter finds, oldest first.
async fn names(world: &World, filter: OrganizationFilter) -> Vec<String> {
    let page = PageRequest { limit: limit(100), order: Order::Ascending, cursor: None };
    let page = world.queries().organizations(world.home, &filter, page).await.expect("a page");
    page.items.iter().map(|view| view.organization.name.to_string()).collect()
}

async fn search(world: &World, text: &str) -> Vec<String> {
    names(world, OrganizationFilter { search: Some(text.into()), ..Default::default() }).await
}

async fn organizations_come_in_pages(world: World) {
    let mut views = Vec::new();
    for number in 0..7 {
        let organization = world.given_organization().await;
        let domains = vec![
            world.given_domain(&organization, &format!("b{number}.example")).await,
            world.given_domain(&organization, &format!("a{number}.example")).await,
        ];
        views.push(OrganizationView { organization, domains });
        world.given_foreign_organization().await;
    }
    let all = OrganizationFilter::default();
    every_page_is_right(
        &views,
        |view| view.organization.id,
        async |page| world.queries().organizations(world.home, &all, page).await.expect("a page"),
    )
    .await;
}

async fn filtered_organizations_come_in_pages(world: World) {
    let mut views = Vec::new();
    for _ in 0..5 {
        views.push(view(given_named(&world, "Wanted").await));
        given_named(&world, "Unwanted").await;
        given_named(&world, "Also unwanted").await;
    }
    let filter = OrganizationFilter { search: Some("want".into()), ..Default::default() };
    every_page_is_right(
        &views,
        |view| view.organization.id,
        async |page| world.queries().organizations(world.home, &filter, page).await.expect("a page"),
    )
    .await;
}

async fn an_environment_without_organizations_has_an_empty_page(world: World) {
    world.given_foreign_organization().await;
    let all = OrganizationFilter::default();
    let empty = Page { items: Vec::new(), has_previous: false, has_next: false };
    for order in [Order::Ascending, Order::Descending] {
        for cursor in [None, Some(Cursor::After(world.id())), Some(Cursor::Before(world.id()))] {
            let page = PageRequest { order, cursor, ..Default::default() };
            let page = world.queries().organizations(world.home, &all, page).await.expect("a page");
            assert_eq!(page, empty);
        }
    }
}

async fn newest_come_first_unless_told_otherwise(world: World) {
    let first = view(world.given_organization().await);
    let second = view(world.given_organization().await);
    let all = OrganizationFilter::default();
    let page = world.queries().organizations(world.home, &all, PageRequest::default()).await.expect("a page");
    assert_eq!(page.items, vec![second, first]);
}

async fn a_place_in_the_list_outlives_its_organization(world: World) {
    let first = view(world.given_organization().await);
    let second = world.given_organization().await;
    let third = view(world.given_organization().await);
    assert!(done!(world, |work| work.organizations().delete(world.home, second.id)));
    let all = OrganizationFilter::default();
    for (order, cursor, expected) in [
        (Order::Ascending, Cursor::After(second.id), &third),
        (Order::Ascending, Cursor::Before(second.id), &first),
        (Order::Descending, Cursor::After(second.id), &first),
        (Order::Descending, Cursor::Before(second.id), &third),
    ] {
        let page = PageRequest { order, cursor: Some(cursor), ..Default::default() };
        let page = world.queries().organizations(world.home, &all, page).await.expect("a page");
        assert_eq!(page.items, vec![expected.clone()]);
    }
}

async fn a_domain_filter_finds_any_of_its_domains(world: World) {
    for (text, domains) in
        [("A", vec!["one.example", "two.example"]), ("B", vec!["two.example"]), ("C", vec!["three.example"])]
    {
        let organization = given_named(&world, text).await;
        for domain in domains {
            world.given_domain(&organization, domain).await;
        }
    }
    let verified_one = given_named(&world, "D").await;
    let domain = verified(fixtures::domain(&world, &verified_one, "four.example"));
    done!(world, |work| work.organization_domains().insert(&domain));
    world.given_domain(&world.given_foreign_organization().await, "three.example").await;
    for (domains, expected) in [
        (vec!["two.example"], vec!["A", "B"]),
        (vec!["one.example", "two.example"], vec!["A", "B"]),
        (vec!["one.example", "three.example", "four.example"], vec!["A", "C", "D"]),
        (vec!["example.com"], vec![]),
        (vec![], vec!["A", "B", "C", "D"]),
    ] {
        let domains = domains.into_iter().map(domain_name).collect();
        let filter = OrganizationFilter { domains, ..Default::default() };
        assert_eq!(names(&world, filter).await, expected);
    }
}

async fn a_search_finds_names_that_begin_with_it(world: World) {
    for text in ["Acme", "ACME Labs", "The Acme", "Ångström", "ÉCOLE", "école 2", "ЖУК", "株式会社", "İzmir"]
    {
        given_named(&world, text).await;
    }
    for (text, expected) in [
        ("acme", vec!["Acme", "ACME Labs"]),
        ("ACME", vec!["Acme", "ACME Labs"]),
        ("Acme L", vec!["ACME Labs"]),
        ("cme", vec![]),
        ("åNG", vec!["Ångström"]),
        ("ang", vec![]),
        ("éco", vec!["ÉCOLE", "école 2"]),
        ("Éc", vec!["ÉCOLE", "école 2"]),
        ("жу", vec!["ЖУК"]),
        ("株式", vec!["株式会社"]),
        ("İZ", vec!["İzmir"]),
    ] {
        assert_eq!(search(&world, text).await, expected, "{text}");
    }
    assert_eq!(search(&world, "").await.len(), 9);
}

async fn a_search_takes_every_character_literally(world: World) {
    let all = [
        "100% Cotton",
        "100 Cotton",
        "a_b",
        "axb",
        r"c\d",
        r"c\\d",
        "cd",
        "O'Hara",
        "O\"Hara",
        "[x] box",
        "x box",
        "* star",
        "👩‍👩‍👧 Family",
        "{{ x }}",
        "$1 Shop",
        "^caret",
    ];
    for text in all {
        given_named(&world, text).await;
    }
    for (text, expected) in [
        ("%", vec![]),
        ("_", vec![]),
        ("100%", vec!["100% Cotton"]),
        ("a_", vec!["a_b"]),
        (r"c\", vec![r"c\d", r"c\\d"]),
        (r"c\\", vec![r"c\\d"]),
        (r"\", vec![]),
        ("o'", vec!["O'Hara"]),
        ("o'' OR 1=1 --", vec![]),
        ("O\"", vec!["O\"Hara"]),
        ("[x]", vec!["[x] box"]),
        ("*", vec!["* star"]),
        ("👩", vec!["👩‍👩‍👧 Family"]),
        ("{{ X", vec!["{{ x }}"]),
        ("$1", vec!["$1 Shop"]),
        ("^", vec!["^caret"]),
        (".", vec![]),
    ] {
        assert_eq!(search(&world, text).await, expected, "{text}");
    }
}

async fn filters_hold_together(world: World) {
    for text in ["Acme", "Other"] {
        let organization = given_named(&world, text).await;
        world.given_domain(&organization, "acme.example").await;
    }
    given_named(&world, "Acme without").await;
    let filter = OrganizationFilter {
        domains: vec![domain_name("acme.example"), domain_name("other.example")],
        search: Some("ACME".into()),
        need: None,
    };
    assert_eq!(names(&world, filter).await, vec!["Acme"]);
}
