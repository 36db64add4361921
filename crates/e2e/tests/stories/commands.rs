//! The project's own commands, as a person runs them.
