; What of a Go text matters where code is put into another file.
(package_clause (package_identifier) @package)
(import_declaration) @import
(import_spec_list) @import.list
(import_spec name: (_)? @import.name path: (_) @import.path)

(selector_expression operand: (identifier) @used)
(qualified_type package: (package_identifier) @used)

(parameter_declaration name: (identifier) @local)
(short_var_declaration left: (expression_list (identifier) @local))
(range_clause left: (expression_list (identifier) @local))
(var_spec name: (identifier) @local)

[(identifier) (type_identifier)] @word
[(raw_string_literal) (comment)] @literal
