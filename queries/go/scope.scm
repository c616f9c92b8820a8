; Imports.
(import_declaration) @import
