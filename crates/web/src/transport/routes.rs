//! The route table: every route is mounted through it, so authentication cannot be forgotten, and
//! tests and the OpenAPI document can be held against it.

use actix_web::dev::Handler;
use actix_web::http::Method;
use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};
use actix_web::{FromRequest, Resource, Responder, Route};

use super::caller::{Gate, authenticate};
use crate::app::App;

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Whoever proves an API key.
    ApiKey,
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
pub(crate) struct Methods(Vec<(Method, Route)>);

impl<'a> Routes<'a> {
    /// Mounts into `config`.
    pub(crate) fn new(config: &'a mut ServiceConfig, app: App, gate: Gate) -> Self {
        Self { config, app, gate, mounted: Vec::new() }
    }

    /// Mounts a path of an API: only requests with an API key reach its handlers.
    ///
    /// A method that the path does not know gets 405 with `Allow`, by the framework's default.
    pub(crate) fn api(&mut self, pattern: &'static str, methods: Methods) {
        let resource = self.resource(pattern, methods, Access::ApiKey);
        let (app, gate) = (self.app.clone(), self.gate.clone());
        self.config.service(
            resource
                .wrap(from_fn(move |request, next| authenticate(app.clone(), gate.clone(), request, next))),
        );
    }

    /// Mounts a path that is open to everybody.
    pub(crate) fn public(&mut self, pattern: &'static str, methods: Methods) {
        let resource = self.resource(pattern, methods, Access::Public);
        self.config.service(resource);
    }

    /// Everything that was mounted.
    pub(crate) fn into_mounted(self) -> Vec<MountedRoute> {
        self.mounted
    }

    fn resource(&mut self, pattern: &'static str, methods: Methods, access: Access) -> Resource {
        methods.0.into_iter().fold(web::resource(pattern), |resource, (method, route)| {
            self.mounted.push(MountedRoute { method, pattern, access });
            resource.route(route)
        })
    }
}

macro_rules! methods {
    ($($(#[$doc:meta])* $name:ident = $method:ident;)*) => {
        impl Methods {
            $($(#[$doc])*
            pub(crate) fn $name<F, Args>(mut self, handler: F) -> Self
            where
                F: Handler<Args>,
                Args: FromRequest + 'static,
                F::Output: Responder + 'static,
            {
                self.0.push((Method::$method, web::method(Method::$method).to(handler)));
                self
            })*
        }
    };
}

methods! {
    /// Adds a GET, which answers HEAD too.
    get = GET;
    /// Adds a POST.
    post = POST;
    /// Adds a PUT.
    put = PUT;
    /// Adds a PATCH.
    patch = PATCH;
    /// Adds a DELETE.
    delete = DELETE;
}

impl Methods {
    /// No methods yet.
    pub(crate) fn new() -> Self {
        Self::default()
    }
}
