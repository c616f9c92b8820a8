; What can be changed in a Rust function so that a good test notices.
(if_expression condition: (_) @condition)
(while_expression condition: (_) @condition)
(match_pattern condition: (_) @condition)

(binary_expression operator: _ @operator)
(compound_assignment_expr operator: _ @operator)

[(integer_literal) (float_literal) (boolean_literal) (string_literal)] @constant

(function_item return_type: (_)? @result body: (block) @body)
