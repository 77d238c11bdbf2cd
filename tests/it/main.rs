//! The service from outside: one binary, so that it is linked once.
#![expect(clippy::unwrap_used, reason = "a scene that cannot be set up must fail the test at once")]
#![expect(clippy::print_stdout, reason = "some tests print the table that they are there to show")]

mod accessibility;
mod browser;
mod coming_back;
mod crash;
mod dashboard;
mod database_goes_away;
mod first_run;
mod hostile;
mod pgbouncer;
mod polling;
mod providers;
mod races;
mod rivals;
mod scene;
mod sdk_node;
mod sdk_python;
mod sign_in;
mod snippets;
mod test_sign_in;
