; What of a Rust text matters where code is put into another file.
[(identifier) (type_identifier)] @word
[(string_literal) (raw_string_literal) (block_comment)] @literal
