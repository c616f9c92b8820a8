//! Files on disk beside the open ones: the tests of a source file, kept while they do not change.
