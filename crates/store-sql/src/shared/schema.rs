//! The tables, as both databases have them.
//!
//! `tests/schema.rs` compares the migrations of both.

use super::super::dialect::sql;

diesel::table! {
    use super::sql;

    teams (id) {
        id -> sql::Text,
        name -> sql::Text,
        created_at -> sql::Ts,
        support_email -> sql::Nullable<sql::Text>,
    }
}

diesel::table! {
    use super::sql;

    members (id) {
        id -> sql::Text,
        team_id -> sql::Text,
        email -> sql::Text,
        password_hash -> sql::Text,
        role -> sql::Text,
        created_at -> sql::Ts,
        name -> sql::Nullable<sql::Text>,
        wrong_passwords -> sql::Integer,
        last_wrong_at -> sql::Nullable<sql::Ts>,
        totp_secret -> sql::Nullable<sql::Binary>,
        totp_last_step -> sql::Nullable<sql::BigInt>,
        recovery_codes -> sql::Nullable<sql::Binary>,
        second_factor_at -> sql::Nullable<sql::Ts>,
        notices -> sql::Text,
        signed_in_at -> sql::Nullable<sql::Ts>,
    }
}

diesel::table! {
    use super::sql;

    member_sessions (id) {
        id -> sql::Text,
        member_id -> sql::Text,
        digest -> sql::Binary,
        ip_address -> sql::Nullable<sql::Text>,
        user_agent -> sql::Nullable<sql::Text>,
        started_at -> sql::Ts,
        expires_at -> sql::Ts,
        ended_at -> sql::Nullable<sql::Ts>,
        stage -> sql::Text,
    }
}

diesel::table! {
    use super::sql;

    team_invitations (id) {
        id -> sql::Text,
        team_id -> sql::Text,
        email -> sql::Text,
        role -> sql::Text,
        digest -> sql::Binary,
        invited_by -> sql::Text,
        created_at -> sql::Ts,
        sent_at -> sql::Ts,
    }
}

diesel::table! {
    use super::sql;

    password_resets (digest) {
        digest -> sql::Binary,
        member_id -> sql::Text,
        created_at -> sql::Ts,
    }
}

diesel::table! {
    use super::sql;

    team_trail (id) {
        id -> sql::Text,
        team_id -> sql::Text,
        at -> sql::Ts,
        action -> sql::Text,
        member_id -> sql::Nullable<sql::Text>,
        member_name -> sql::Nullable<sql::Text>,
        ip_address -> sql::Nullable<sql::Text>,
        target -> sql::Text,
        details -> sql::Doc,
        changes -> sql::Nullable<sql::Doc>,
    }
}

diesel::table! {
    use super::sql;

    environments (id) {
        id -> sql::Text,
        team_id -> sql::Text,
        kind -> sql::Text,
        name -> sql::Text,
        client_id -> sql::Text,
        redirects -> sql::Doc,
        redirect_uris -> sql::Doc,
        branding -> sql::Doc,
        activation -> sql::Text,
        session_days -> sql::Integer,
        addresses -> sql::Text,
        custom_attributes -> sql::Doc,
        test_provider -> sql::Text,
        created_at -> sql::Ts,
        hosts -> sql::Doc,
    }
}

diesel::table! {
    use super::sql;

    notices_told (environment_id, notice) {
        environment_id -> sql::Text,
        notice -> sql::Text,
        until -> sql::Ts,
    }
}

diesel::table! {
    use super::sql;

    live_hosts (host) {
        host -> sql::Text,
        environment_id -> sql::Text,
    }
}

diesel::table! {
    use super::sql;

    api_keys (id) {
        id -> sql::Text,
        environment_id -> sql::Text,
        name -> sql::Text,
        digest -> sql::Binary,
        hint -> sql::Text,
        scopes -> sql::Text,
        created_by -> sql::Nullable<sql::Text>,
        created_at -> sql::Ts,
        last_used_at -> sql::Nullable<sql::Ts>,
        expires_at -> sql::Nullable<sql::Ts>,
        revoked_at -> sql::Nullable<sql::Ts>,
    }
}

diesel::table! {
    use super::sql;

    organizations (id) {
        id -> sql::Text,
        environment_id -> sql::Text,
        name -> sql::Text,
        name_folded -> sql::Text,
        slug -> sql::Text,
        external_id -> sql::Nullable<sql::Text>,
        metadata -> sql::Doc,
        stripe_customer_id -> sql::Nullable<sql::Text>,
        profiles -> sql::Text,
        created_at -> sql::Ts,
        updated_at -> sql::Ts,
        sso -> sql::Text,
        certificate_end -> sql::Nullable<sql::Ts>,
        unproven_domains -> sql::Integer,
        set_up_moved_at -> sql::Nullable<sql::Ts>,
        set_up_opened -> sql::Bool,
        failing_at -> sql::Nullable<sql::Ts>,
    }
}

diesel::table! {
    use super::sql;

    organization_domains (id) {
        id -> sql::Text,
        environment_id -> sql::Text,
        organization_id -> sql::Text,
        domain -> sql::Text,
        state -> sql::Text,
        state_at -> sql::Nullable<sql::Ts>,
        proof -> sql::Nullable<sql::Text>,
        verification_token -> sql::Text,
        sought_since -> sql::Nullable<sql::Ts>,
        asked_at -> sql::Nullable<sql::Ts>,
        found -> sql::Nullable<sql::Doc>,
        failure -> sql::Nullable<sql::Text>,
        created_at -> sql::Ts,
        updated_at -> sql::Ts,
    }
}

diesel::table! {
    use super::sql;

    it_contacts (id) {
        id -> sql::Text,
        environment_id -> sql::Text,
        organization_id -> sql::Text,
        email -> sql::Text,
        created_at -> sql::Ts,
        updated_at -> sql::Ts,
    }
}

diesel::table! {
    use super::sql;

    portal_links (id) {
        id -> sql::Text,
        environment_id -> sql::Text,
        organization_id -> sql::Text,
        kind -> sql::Text,
        digest -> sql::Binary,
        intents -> sql::Doc,
        completed -> sql::Doc,
        return_url -> sql::Nullable<sql::Text>,
        success_url -> sql::Nullable<sql::Text>,
        admins -> sql::Doc,
        external_user_id -> sql::Nullable<sql::Text>,
        provider_hint -> sql::Nullable<sql::Text>,
        exclusive -> sql::Bool,
        state -> sql::Text,
        state_at -> sql::Nullable<sql::Ts>,
        expires_at -> sql::Ts,
        created_at -> sql::Ts,
    }
}

diesel::table! {
    use super::sql;

    portal_sessions (id) {
        id -> sql::Text,
        environment_id -> sql::Text,
        organization_id -> sql::Text,
        link_id -> sql::Text,
        digest -> sql::Binary,
        capability -> sql::Text,
        intents -> sql::Doc,
        admin_email -> sql::Nullable<sql::Text>,
        admin_confirmed_at -> sql::Nullable<sql::Ts>,
        progress -> sql::Doc,
        progress_at -> sql::Ts,
        started_at -> sql::Ts,
        expires_at -> sql::Ts,
        ended_at -> sql::Nullable<sql::Ts>,
    }
}

diesel::table! {
    use super::sql;

    address_codes (id) {
        id -> sql::Text,
        environment_id -> sql::Text,
        organization_id -> sql::Text,
        link_id -> sql::Text,
        address -> sql::Text,
        sealed -> sql::Binary,
        wrong_tries -> sql::Integer,
        state -> sql::Text,
        state_at -> sql::Nullable<sql::Ts>,
        created_at -> sql::Ts,
    }
}

// The rows of organizations alone: every query that may meet others leaves them out.
diesel::table! {
    use super::sql;

    connections (id) {
        id -> sql::Text,
        environment_id -> sql::Text,
        organization_id -> sql::Text,
        connection_type -> sql::Text,
        provider -> sql::Nullable<sql::Text>,
        name -> sql::Text,
        name_folded -> sql::Text,
        external_id -> sql::Nullable<sql::Text>,
        state -> sql::Text,
        settings -> sql::Doc,
        attribute_map -> sql::Doc,
        set_up_by -> sql::Nullable<sql::Text>,
        created_at -> sql::Ts,
        updated_at -> sql::Ts,
        certificate_end -> sql::Nullable<sql::Ts>,
    }
}

// The rows of the same table that belong to no organization.
diesel::table! {
    use super::sql;

    #[sql_name = "connections"]
    social_connections (id) {
        id -> sql::Text,
        environment_id -> sql::Text,
        organization_id -> sql::Nullable<sql::Text>,
        connection_type -> sql::Text,
        name -> sql::Text,
        name_folded -> sql::Text,
        state -> sql::Text,
        settings -> sql::Doc,
        attribute_map -> sql::Doc,
        created_at -> sql::Ts,
        updated_at -> sql::Ts,
    }
}

diesel::table! {
    use super::sql;

    sso_sessions (id) {
        id -> sql::Text,
        environment_id -> sql::Text,
        organization_id -> sql::Nullable<sql::Text>,
        connection_id -> sql::Text,
        origin -> sql::Text,
        state -> sql::Text,
        state_at -> sql::Nullable<sql::Ts>,
        failure_code -> sql::Nullable<sql::Text>,
        failure -> sql::Nullable<sql::Doc>,
        email -> sql::Nullable<sql::Text>,
        asked -> sql::Nullable<sql::Doc>,
        trial -> sql::Nullable<sql::Doc>,
        ticket -> sql::Nullable<sql::Binary>,
        exchange -> sql::Nullable<sql::Binary>,
        code_digest -> sql::Nullable<sql::Binary>,
        code_expires_at -> sql::Nullable<sql::Ts>,
        profile_id -> sql::Nullable<sql::Text>,
        record -> sql::Doc,
        ip_address -> sql::Nullable<sql::Text>,
        user_agent -> sql::Nullable<sql::Text>,
        started_at -> sql::Ts,
    }
}

diesel::table! {
    use super::sql;

    profiles (id) {
        id -> sql::Text,
        environment_id -> sql::Text,
        organization_id -> sql::Nullable<sql::Text>,
        connection_id -> sql::Text,
        connection_type -> sql::Text,
        idp_digest -> sql::Binary,
        person -> sql::Doc,
        created_at -> sql::Ts,
        updated_at -> sql::Ts,
    }
}

diesel::table! {
    use super::sql;

    accepted_assertions (environment_id, connection_id, digest) {
        environment_id -> sql::Text,
        connection_id -> sql::Text,
        digest -> sql::Binary,
        expires_at -> sql::Ts,
    }
}

diesel::table! {
    use super::sql;

    signing_keys (id) {
        id -> sql::Text,
        environment_id -> sql::Text,
        certificate -> sql::Doc,
        private_key -> sql::Binary,
        signs_from -> sql::Ts,
        created_at -> sql::Ts,
    }
}

diesel::table! {
    use super::sql;

    webhook_endpoints (id) {
        id -> sql::Text,
        environment_id -> sql::Text,
        url -> sql::Text,
        secret -> sql::Binary,
        state -> sql::Text,
        events -> sql::Nullable<sql::Doc>,
        style -> sql::Text,
        sign_in_events -> sql::Bool,
        created_at -> sql::Ts,
        updated_at -> sql::Ts,
    }
}

diesel::table! {
    use super::sql;

    messages (id) {
        id -> sql::Text,
        environment_id -> sql::Text,
        organization_id -> sql::Nullable<sql::Text>,
        recipient -> sql::Text,
        kind -> sql::Doc,
        state -> sql::Text,
        state_at -> sql::Nullable<sql::Ts>,
        created_at -> sql::Ts,
    }
}

diesel::table! {
    use super::sql;

    jobs (id) {
        id -> sql::Text,
        environment_id -> sql::Text,
        kind -> sql::Text,
        subject -> sql::Text,
        run_at -> sql::Ts,
        due_at -> sql::Ts,
        starts -> sql::BigInt,
        given_up_reason -> sql::Nullable<sql::Text>,
    }
}

diesel::table! {
    use super::sql;

    replays (api_key_id, environment_id, route, key) {
        api_key_id -> sql::Text,
        route -> sql::Text,
        key -> sql::Text,
        environment_id -> sql::Text,
        body -> sql::Binary,
        answer -> sql::Nullable<sql::Binary>,
        expires_at -> sql::Ts,
    }
}

diesel::table! {
    use super::sql;

    audit_trail (id) {
        id -> sql::Text,
        commit_order -> sql::BigInt,
        unit_position -> sql::Integer,
        environment_id -> sql::Text,
        organization_id -> sql::Nullable<sql::Text>,
        at -> sql::Ts,
        action -> sql::Text,
        actor_kind -> sql::Text,
        actor_id -> sql::Text,
        actor_name -> sql::Nullable<sql::Text>,
        target_kind -> sql::Text,
        target_id -> sql::Text,
        details -> sql::Doc,
        changes -> sql::Nullable<sql::Doc>,
        ip_address -> sql::Nullable<sql::Text>,
        user_agent -> sql::Nullable<sql::Text>,
    }
}

diesel::table! {
    use super::sql;

    events (id) {
        id -> sql::Text,
        commit_order -> sql::BigInt,
        unit_position -> sql::Integer,
        environment_id -> sql::Text,
        organization_id -> sql::Nullable<sql::Text>,
        created_at -> sql::Ts,
        actor_kind -> sql::Text,
        actor_id -> sql::Text,
        actor_name -> sql::Nullable<sql::Text>,
        name -> sql::Text,
        fact -> sql::Doc,
    }
}

diesel::table! {
    use super::sql;

    webhook_deliveries (event_id, endpoint_id) {
        id -> sql::Text,
        environment_id -> sql::Text,
        endpoint_id -> sql::Text,
        event_id -> sql::Text,
        state -> sql::Text,
        state_at -> sql::Nullable<sql::Ts>,
        tries -> sql::Integer,
        created_at -> sql::Ts,
    }
}

diesel::table! {
    use super::sql;

    webhook_attempts (id) {
        id -> sql::Text,
        environment_id -> sql::Text,
        delivery_id -> sql::Text,
        at -> sql::Ts,
        duration_ms -> sql::BigInt,
        status -> sql::Nullable<sql::Integer>,
        answer -> sql::Text,
    }
}

diesel::table! {
    use super::sql;

    set_ups (connection_id) {
        connection_id -> sql::Text,
        environment_id -> sql::Text,
        started_at -> sql::Ts,
        finished_at -> sql::Nullable<sql::Ts>,
    }
}

diesel::table! {
    use super::sql;

    sign_in_hours (environment_id, hour) {
        environment_id -> sql::Text,
        hour -> sql::Ts,
        successful -> sql::BigInt,
        failed -> sql::BigInt,
        unfinished -> sql::BigInt,
    }
}

diesel::table! {
    use super::sql;

    set_up_weeks (environment_id, week) {
        environment_id -> sql::Text,
        week -> sql::Ts,
        started -> sql::BigInt,
        finished -> sql::BigInt,
        median_s -> sql::Nullable<sql::BigInt>,
    }
}

diesel::table! {
    use super::sql;

    tallies (id) {
        id -> sql::Text,
        settled_until -> sql::Nullable<sql::Ts>,
        counted_at -> sql::Nullable<sql::Ts>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    teams,
    members,
    member_sessions,
    team_invitations,
    password_resets,
    team_trail,
    environments,
    live_hosts,
    api_keys,
    organizations,
    organization_domains,
    it_contacts,
    portal_links,
    portal_sessions,
    address_codes,
    connections,
    social_connections,
    sso_sessions,
    profiles,
    accepted_assertions,
    signing_keys,
    webhook_endpoints,
    messages,
    jobs,
    replays,
    audit_trail,
    events,
    webhook_deliveries,
    webhook_attempts,
);

diesel::table! {
    use super::sql;

    #[sql_name = "__diesel_schema_migrations"]
    schema_migrations (version) {
        version -> sql::Text,
    }
}
