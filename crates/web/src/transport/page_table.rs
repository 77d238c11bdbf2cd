//! The routes of the surfaces that answer with pages.

use actix_web::dev::Handler;
use actix_web::http::Method;
use actix_web::web;
use actix_web::{FromRequest, Responder, Route, Scope, guard};

use super::routes::{Access, MountedRoute};

/// The routes of a surface of pages, mounted and kept account of.
pub(crate) struct PageTable {
    root: &'static str,
    scope: Scope,
    mounted: Vec<MountedRoute>,
}

/// The handlers of one path by method. One that answers a method only in place of another (HEAD)
/// is not counted.
pub(crate) type Handlers = Vec<(Option<Method>, Route)>;

impl PageTable {
    /// Mounts into the scope of `root`.
    pub(crate) fn new(root: &'static str, scope: Scope) -> Self {
        Self { root, scope, mounted: Vec::new() }
    }

    /// Mounts a path; its pattern is written out whole.
    pub(crate) fn add(&mut self, pattern: &'static str, access: Access, handlers: Handlers) {
        let mut resource = web::resource(pattern.strip_prefix(self.root).unwrap_or(pattern));
        for (method, route) in handlers {
            self.mounted.extend(method.map(|method| MountedRoute { method, pattern, access }));
            resource = resource.route(route);
        }
        let scope = std::mem::replace(&mut self.scope, web::scope(self.root));
        self.scope = scope.service(resource);
    }

    /// The scope, and what was mounted.
    pub(crate) fn finish(self) -> (Scope, Vec<MountedRoute>) {
        (self.scope, self.mounted)
    }
}

/// The handlers of one path, put together.
pub(crate) fn both(mut one: Handlers, other: Handlers) -> Handlers {
    one.extend(other);
    one
}

macro_rules! handlers {
    ($($(#[$doc:meta])* $name:ident: $method:expr, $guard:expr;)*) => {$(
        $(#[$doc])*
        pub(crate) fn $name<F, Args>(handler: F) -> Handlers
        where
            F: Handler<Args>,
            Args: FromRequest + 'static,
            F::Output: Responder + 'static,
        {
            vec![($method, web::route().guard($guard).to(handler))]
        }
    )*};
}

handlers! {
    /// A page: GET, or HEAD of it.
    page: Some(Method::GET), guard::Any(guard::Get()).or(guard::Head());
    /// GET alone.
    get: Some(Method::GET), guard::Get();
    /// HEAD where it must not do what GET does.
    head: None, guard::Head();
    /// A form.
    post: Some(Method::POST), guard::Post();
}
