//! The ledger: tokens in and out, seconds of computing, what was accepted and kept; and the daily budget.
