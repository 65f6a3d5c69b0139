//! What goes over the wire and what comes back, against a server that answers as it is told:
//! through `Clerk` and the default transport, as a program would.

mod bad_input;
mod odd_refusals;
mod odd_successes;
mod refusals;
mod success;
