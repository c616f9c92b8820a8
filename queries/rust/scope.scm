; Imports.
(use_declaration) @import
