; What can stand around a cursor in Rust.
[(use_declaration) (extern_crate_declaration)] @import
[(line_comment) (block_comment)] @comment.around
[(string_literal) (raw_string_literal) (char_literal)] @string

(function_item name: (identifier) @function.name body: (block) @function.inside) @function.around
(impl_item
  type: [(type_identifier) @class.name (generic_type type: (type_identifier) @class.name)]
  body: (declaration_list) @class.inside) @class.around
(trait_item name: (type_identifier) @class.name body: (declaration_list) @class.inside) @class.around
(mod_item name: (identifier) @class.name body: (declaration_list) @class.inside) @class.around
(struct_item name: (type_identifier) @class.name body: (field_declaration_list) @class.inside) @class.around
(enum_item name: (type_identifier) @class.name body: (enum_variant_list) @class.inside) @class.around

[(arguments) (token_tree)] @arguments
[(parameters) (closure_parameters)] @parameters

(block) @block.statements
(declaration_list) @block.items
[(match_block) (field_declaration_list) (enum_variant_list) (field_initializer_list)] @block
