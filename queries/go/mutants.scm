; What can be changed in a Go function so that a good test notices.
(if_statement condition: (_) @condition)
(for_statement (for_clause condition: (_) @condition))

(binary_expression operator: _ @operator)
(assignment_statement operator: _ @operator)

[(int_literal) (float_literal) (true) (false) (interpreted_string_literal)] @constant

(function_declaration result: (_)? @result body: (block) @body)
(method_declaration result: (_)? @result body: (block) @body)
