; What can stand around a cursor in Go.
(import_declaration) @import
(comment) @comment.around
[(interpreted_string_literal) (raw_string_literal) (rune_literal)] @string

(function_declaration name: (identifier) @function.name body: (block) @function.inside) @function.around
(method_declaration
  receiver: (parameter_list (parameter_declaration type: [
    (type_identifier) @receiver
    (generic_type type: (type_identifier) @receiver)
    (pointer_type (type_identifier) @receiver)
    (pointer_type (generic_type type: (type_identifier) @receiver))]))
  name: (field_identifier) @function.name
  body: (block) @function.inside) @function.around
(type_declaration
  (type_spec name: (type_identifier) @class.name type: (struct_type (field_declaration_list) @class.inside))) @class.around

(argument_list) @arguments
(parameter_list) @parameters

(block) @block.statements
[(field_declaration_list) (literal_value)] @block
(interface_type "{" @block.open "}" @block.close)
(expression_switch_statement "{" @block.open "}" @block.close)
(type_switch_statement "{" @block.open "}" @block.close)
(select_statement "{" @block.open "}" @block.close)
