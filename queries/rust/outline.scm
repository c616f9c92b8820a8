; What a Rust file defines and imports, without looking into bodies.
[(use_declaration) (extern_crate_declaration)] @import

(function_item name: (identifier) @name body: (block) @body) @definition.function
(function_signature_item name: (identifier) @name) @definition.function

(struct_item name: (type_identifier) @name body: (field_declaration_list) @body) @definition.type
(struct_item name: (type_identifier) @name) @definition.type
(enum_item name: (type_identifier) @name body: (enum_variant_list) @body) @definition.type
(union_item name: (type_identifier) @name body: (field_declaration_list) @body) @definition.type
(trait_item name: (type_identifier) @name body: (declaration_list) @body) @definition.type
(type_item name: (type_identifier) @name) @definition.type

[(const_item name: (identifier) @name) (static_item name: (identifier) @name)] @definition.constant
(macro_definition name: (identifier) @name) @definition.macro

(mod_item name: (identifier) @name body: (declaration_list) @body) @definition.module
(impl_item
  type: [(type_identifier) @name (generic_type type: (type_identifier) @name)]
  body: (declaration_list) @body) @definition.implementation

; One pattern for all: siblings take long to compile.
((attribute_item) @attribute . (attribute_item)? . [(function_item) @test (mod_item) @test.module] (#match? @attribute "\\btest\\b"))
