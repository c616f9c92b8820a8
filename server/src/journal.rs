//! What was sent and what came back: the last requests in memory, all of them on the user's disk where he switched that on.
