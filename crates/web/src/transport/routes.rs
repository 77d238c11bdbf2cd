//! The route table: every route is mounted through it, so authentication cannot be forgotten, and
//! tests and the OpenAPI document can be held against it.

use std::rc::Rc;

use actix_web::dev::Handler;
use actix_web::http::Method;
use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};
use actix_web::{FromRequest, Resource, Responder, Route};

use vestibule_domain::api_key::ApiKeyScope;

use super::caller::{Gate, authenticate};
use crate::app::App;

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Whoever proves an API key that may be used for this.
    ApiKey(ApiKeyScope),
    /// Anybody.
    Public,
    /// Whoever has the token of a portal link.
    PortalLink,
    /// Whoever has the cookie of a portal visit.
    PortalVisit,
    /// Whoever signed in to the dashboard, in an environment of their team.
    Member,
}

/// A route as it is mounted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MountedRoute {
    /// The method.
    pub method: Method,
    /// The pattern of the path, with names in braces.
    pub pattern: &'static str,
    /// Who may use it.
    pub access: Access,
}

/// Mounts routes and keeps account of them.
pub(crate) struct Routes<'a> {
    config: &'a mut ServiceConfig,
    app: App,
    gate: Gate,
    mounted: Vec<MountedRoute>,
}

/// The methods of one path.
#[derive(Default)]
pub(crate) struct Methods(Vec<Served>);

/// A method of a path.
struct Served {
    method: Method,
    route: Route,
    /// What an API key needs for it, where one is needed.
    scope: ApiKeyScope,
}

/// What an API key needs for each method of a path.
#[derive(Clone)]
pub(super) struct NeededScopes(Rc<[(Method, ApiKeyScope)]>);

impl NeededScopes {
    /// What a method needs: HEAD what GET does, and one that the path does not take nothing, since
    /// it does nothing.
    pub(super) fn of(&self, method: &Method) -> Option<ApiKeyScope> {
        let method = if *method == Method::HEAD { &Method::GET } else { method };
        self.0.iter().find(|(known, _)| known == method).map(|(_, scope)| *scope)
    }
}

impl<'a> Routes<'a> {
    /// Mounts into `config`.
    pub(crate) fn new(config: &'a mut ServiceConfig, app: App, gate: Gate) -> Self {
        Self { config, app, gate, mounted: Vec::new() }
    }

    /// Mounts a path of an API: only requests with an API key reach its handlers.
    ///
    /// A method that the path does not know gets 405 with `Allow`, by the framework's default.
    pub(crate) fn api(&mut self, pattern: &'static str, methods: Methods) {
        let needed = methods.0.iter().map(|served| (served.method.clone(), served.scope));
        let needed = NeededScopes(needed.collect());
        let resource = self.resource(pattern, methods, Access::ApiKey);
        let (app, gate) = (self.app.clone(), self.gate.clone());
        self.config.service(resource.wrap(from_fn(move |request, next| {
            authenticate(app.clone(), gate.clone(), needed.clone(), request, next)
        })));
    }

    /// Mounts a path that is open to everybody.
    pub(crate) fn public(&mut self, pattern: &'static str, methods: Methods) {
        let resource = self.resource(pattern, methods, |_| Access::Public);
        self.config.service(resource);
    }

    /// Everything that was mounted.
    pub(crate) fn into_mounted(self) -> Vec<MountedRoute> {
        self.mounted
    }

    fn resource(
        &mut self,
        pattern: &'static str,
        methods: Methods,
        access: fn(ApiKeyScope) -> Access,
    ) -> Resource {
        methods.0.into_iter().fold(web::resource(pattern), |resource, served| {
            let Served { method, route, scope } = served;
            self.mounted.push(MountedRoute { method, pattern, access: access(scope) });
            resource.route(route)
        })
    }
}

macro_rules! methods {
    ($($(#[$doc:meta])* $name:ident = $method:ident, $scope:ident;)*) => {
        impl Methods {
            $($(#[$doc])*
            pub(crate) fn $name<F, Args>(mut self, handler: F) -> Self
            where
                F: Handler<Args>,
                Args: FromRequest + 'static,
                F::Output: Responder + 'static,
            {
                let route = web::method(Method::$method).to(handler);
                self.0.push(Served { method: Method::$method, route, scope: ApiKeyScope::$scope });
                self
            })*
        }
    };
}

methods! {
    /// Adds a GET, which answers HEAD too.
    get = GET, Read;
    /// Adds a POST.
    post = POST, Write;
    /// Adds a PUT.
    put = PUT, Write;
    /// Adds a PATCH.
    patch = PATCH, Write;
    /// Adds a DELETE.
    delete = DELETE, Write;
}

impl Methods {
    /// No methods yet.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// The method that was added last needs another scope of an API key than its kind does.
    pub(crate) fn needing(mut self, scope: ApiKeyScope) -> Self {
        if let Some(served) = self.0.last_mut() {
            served.scope = scope;
        }
        self
    }
}
