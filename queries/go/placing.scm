; What of a Go text matters where code is put into another file.
(package_clause (package_identifier) @package)

[(identifier) (type_identifier)] @word
[(raw_string_literal) (comment)] @literal
