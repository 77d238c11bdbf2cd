//! Which page is where. The first pattern that fits is taken, so what begins with a word of ours comes
//! before what takes any word for an environment.

use super::{
    account, attribute_map, attributes, branding, connection, connection_fields, connection_page, contacts,
    deliveries, domains, environments, events, forgotten, hosts, keys, organization, organization_settings,
    organizations, overview, portal_redirects, preview, providers, redirects, second_factor, second_step,
    session_log, settings, sign_in, signing, snippets, team, theme, trail, webhooks,
};
use crate::transport::Access;
use crate::transport::page_table::{PageTable, both, page, post};

/// Signing in, the member's account, and the team.
pub(super) fn people(table: &mut PageTable) {
    table.add("/dashboard/sign-in", Access::Public, both(page(sign_in::show), post(sign_in::sign_in)));
    let second_step = both(page(second_step::show), post(second_step::prove));
    table.add("/dashboard/sign-in/code", Access::Public, second_step);
    let forgotten = both(page(forgotten::show), post(forgotten::ask));
    table.add("/dashboard/forgotten", Access::Public, forgotten);
    let reset = both(page(forgotten::show_reset), post(forgotten::reset));
    table.add("/dashboard/reset/{token}", Access::Public, reset);
    let join = both(page(forgotten::show_invitation), post(forgotten::join));
    table.add("/dashboard/join/{token}", Access::Public, join);
    table.add("/dashboard/sign-out", Access::Member, post(sign_in::sign_out));
    table.add("/dashboard/theme", Access::Public, post(theme::choose));
    let mut member = |pattern, handlers| table.add(pattern, Access::Member, handlers);
    member("/dashboard", page(overview::home));
    member("/dashboard/account", both(page(account::show), post(account::update)));
    member("/dashboard/account/password", post(account::change_password));
    member("/dashboard/account/second-factor", both(page(second_factor::offer), post(second_factor::enable)));
    member(
        "/dashboard/account/second-factor/off",
        both(page(second_factor::ask_off), post(second_factor::disable)),
    );
    member(
        "/dashboard/account/recovery-codes",
        both(page(second_factor::ask_codes), post(second_factor::renew_codes)),
    );
    member("/dashboard/account/visits/end-others", post(account::end_other_visits));
    member("/dashboard/account/visits/{visit}/end", post(account::end_visit));
    member("/dashboard/team", both(page(team::show), post(team::update)));
    member("/dashboard/team/trail", page(team::trail));
    member("/dashboard/team/invitations", post(team::invite));
    member("/dashboard/team/invitations/{invitation}/resend", post(team::resend));
    member("/dashboard/team/invitations/{invitation}/revoke", post(team::revoke));
    member("/dashboard/team/members/{member}/role", post(team::change_role));
    member("/dashboard/team/members/{member}/remove", both(page(team::confirm_removal), post(team::remove)));
    member(
        "/dashboard/team/members/{member}/second-factor",
        both(page(team::confirm_factor_reset), post(team::reset_factor)),
    );
    member("/dashboard/environments", both(page(environments::list), post(environments::create)));
}

/// An environment.
pub(super) fn environment(table: &mut PageTable) {
    let mut member = |pattern, handlers| table.add(pattern, Access::Member, handlers);
    member("/dashboard/{environment}", page(overview::environment_home));
    member("/dashboard/{environment}/overview", page(overview::show));
    member(
        "/dashboard/{environment}/organizations",
        both(page(organizations::list), post(organizations::create)),
    );
    member("/dashboard/{environment}/sessions", page(session_log::list));
    member("/dashboard/{environment}/sessions/{session}", page(session_log::show));
    member("/dashboard/{environment}/events", page(events::list));
    member("/dashboard/{environment}/webhooks", both(page(webhooks::list), post(webhooks::create)));
    member(
        "/dashboard/{environment}/webhooks/{endpoint}",
        both(page(webhooks::show), post(webhooks::change)),
    );
    member("/dashboard/{environment}/webhooks/{endpoint}/delete", post(webhooks::delete));
    member("/dashboard/{environment}/webhooks/{endpoint}/edit", post(webhooks::edit));
    member("/dashboard/{environment}/webhooks/{endpoint}/secret", post(webhooks::roll));
    member("/dashboard/{environment}/webhooks/{endpoint}/test", post(webhooks::test));
    member(
        "/dashboard/{environment}/webhooks/{endpoint}/replay",
        both(page(deliveries::confirm_replays), post(deliveries::replay_many)),
    );
    member("/dashboard/{environment}/webhooks/{endpoint}/deliveries/{delivery}", page(deliveries::show));
    member(
        "/dashboard/{environment}/webhooks/{endpoint}/deliveries/{delivery}/replay",
        post(deliveries::replay),
    );
    member("/dashboard/{environment}/keys", both(page(keys::list), post(keys::create)));
    member("/dashboard/{environment}/keys/{key}/roll", post(keys::roll));
    member(
        "/dashboard/{environment}/keys/{key}/revoke",
        both(page(keys::confirm_revocation), post(keys::revoke)),
    );
    member("/dashboard/{environment}/redirects", both(page(redirects::list), post(redirects::register)));
    member("/dashboard/{environment}/redirects/remove", post(redirects::remove));
    member("/dashboard/{environment}/redirects/default", post(redirects::put_first));
    member("/dashboard/{environment}/settings", both(page(settings::show), post(settings::rename)));
    member("/dashboard/{environment}/providers", page(providers::list));
    member("/dashboard/{environment}/providers/test", post(providers::switch_test));
    member("/dashboard/{environment}/providers/{provider}", post(providers::set));
    member(
        "/dashboard/{environment}/providers/{provider}/remove",
        both(page(providers::confirm_removal), post(providers::remove)),
    );
    member("/dashboard/{environment}/attributes", both(page(attributes::list), post(attributes::define)));
    member("/dashboard/{environment}/attributes/remove", post(attributes::remove));
    member("/dashboard/{environment}/snippets", page(snippets::show));
    member(
        "/dashboard/{environment}/portal",
        both(page(portal_redirects::show), post(portal_redirects::save)),
    );
    member("/dashboard/{environment}/branding", both(page(branding::show), post(branding::save)));
    member("/dashboard/{environment}/branding/mail", page(preview::mail));
    member("/dashboard/{environment}/hosts", page(hosts::list));
    member("/dashboard/{environment}/hosts/{purpose}", post(hosts::add));
    member("/dashboard/{environment}/hosts/{purpose}/check", post(hosts::check));
    member("/dashboard/{environment}/hosts/{purpose}/remove", post(hosts::remove));
    member("/dashboard/{environment}/trail", page(trail::list));
    member("/dashboard/{environment}/trail/{file}", page(trail::export));
}

/// The pages of a customer and of its connection.
pub(super) fn customer(table: &mut PageTable) {
    let mut member = |pattern, handlers| table.add(pattern, Access::Member, handlers);
    member("/dashboard/{environment}/organizations/{organization}", page(organization::show));
    member("/dashboard/{environment}/organizations/{organization}/invite", post(organization::invite));
    member(
        "/dashboard/{environment}/organizations/{organization}/links/{link}/revoke",
        post(organization::revoke),
    );
    member(
        "/dashboard/{environment}/organizations/{organization}/links/{link}/regenerate",
        post(organization::regenerate),
    );
    member(
        "/dashboard/{environment}/organizations/{organization}/settings",
        both(page(organization_settings::show), post(organization_settings::save)),
    );
    member(
        "/dashboard/{environment}/organizations/{organization}/contacts",
        both(page(contacts::list), post(contacts::add)),
    );
    member(
        "/dashboard/{environment}/organizations/{organization}/contacts/{contact}/invite",
        post(contacts::invite),
    );
    member(
        "/dashboard/{environment}/organizations/{organization}/contacts/{contact}/delete",
        post(contacts::remove),
    );
    member("/dashboard/{environment}/organizations/{organization}/domains", post(organization::add_domain));
    member(
        "/dashboard/{environment}/organizations/{organization}/domains/{domain}/verify",
        post(organization::verify_domain),
    );
    member(
        "/dashboard/{environment}/organizations/{organization}/domains/{domain}/check",
        post(domains::check),
    );
    member(
        "/dashboard/{environment}/organizations/{organization}/domains/{domain}/delete",
        post(organization::delete_domain),
    );
    member(
        "/dashboard/{environment}/organizations/{organization}/delete",
        both(page(organization::confirm_deletion), post(organization::delete)),
    );
    member("/dashboard/{environment}/organizations/{organization}/connection", page(connection_page::show));
    member("/dashboard/{environment}/connections/{connection}", page(connection_page::lead));
    member(
        "/dashboard/{environment}/connections/{connection}/edit",
        both(page(connection_fields::show), post(connection_fields::save)),
    );
    member(
        "/dashboard/{environment}/connections/{connection}/certificates",
        post(connection_page::add_certificate),
    );
    member(
        "/dashboard/{environment}/connections/{connection}/certificates/{certificate}/delete",
        post(connection_page::remove_certificate),
    );
    member("/dashboard/{environment}/connections/{connection}/refresh", post(connection_page::refresh));
    member("/dashboard/{environment}/connections/{connection}/signing", post(signing::set));
    member("/dashboard/{environment}/connections/{connection}/options", post(connection_page::set_options));
    member(
        "/dashboard/{environment}/connections/{connection}/attributes",
        both(page(attribute_map::show), post(attribute_map::save)),
    );
    member("/dashboard/{environment}/connections/{connection}/switch", post(connection::switch));
    member("/dashboard/{environment}/connections/{connection}/test", post(connection::test));
    member(
        "/dashboard/{environment}/connections/{connection}/delete",
        both(page(connection::confirm_deletion), post(connection::delete)),
    );
    member("/dashboard/{environment}/organizations/{organization}/trail", page(trail::list_of));
    member("/dashboard/{environment}/organizations/{organization}/sessions", page(session_log::list_of));
}
