-- Convive in Neovim: starts the server, shows ghost text and answers. All else is the server's.

local M = {}

---@class convive.Keys
---@field accept? string|false Insert mode: take all of the ghost text.
---@field accept_word? string|false Insert mode: take its next word.
---@field accept_line? string|false Insert mode: take its next line.
---@field trigger? string|false Insert mode: ask for a completion now.
---@field next? string|false Insert mode: show another completion; asks for others where there is one.
---@field previous? string|false Insert mode: back to the one before.
---@field dismiss? string|false Insert mode: take the ghost text away.
---@field ask? string|false Normal and Visual mode: ask a question about the code here.
---@field actions? string|false Normal and Visual mode: choose what to ask.
---@field take? string|false Normal mode: take the change that is shown in the code.
---@field leave? string|false Normal mode: leave it.

---@class convive.Options
---@field cmd? string[] The command that starts the server.
---@field filetypes? string[] Where to start it; unset: in every file that has a filetype.
---@field root_markers? (string|string[])[] What marks the folder of a project, the surest first.
---@field settings? table The server's options: the same keys as in its config.toml.
---@field ghost? boolean Show completions as ghost text.
---@field answer? "float"|"split" Where answers appear.
---@field keys? convive.Keys

---@type convive.Options
local defaults = {
  cmd = { "convive" },
  root_markers = { ".git", { "go.work", "go.mod", "Cargo.toml", "package.json", "pyproject.toml" } },
  settings = {},
  ghost = true,
  answer = "float",
  keys = {
    accept = "<Tab>",
    accept_word = "<M-Right>",
    accept_line = "<M-Down>",
    trigger = "<C-Space>",
    next = "<M-n>",
    previous = "<M-p>",
    dismiss = "<C-]>",
    ask = "<leader>ca",
    actions = "<leader>cc",
    take = "<leader>cy",
    leave = "<leader>cn",
  },
}

---@type convive.Options
M.options = defaults

---@param options? convive.Options
function M.setup(options)
  M.options = vim.tbl_deep_extend("force", defaults, options or {})
  require("convive.status")
  require("convive.client").start(M.options)
  if M.options.ghost then
    require("convive.ghost").enable()
  end
  require("convive.keys").map(M.options.keys)
end

--- What the server says of itself, in a few words for a status line; empty while all is well.
---@return string
function M.status()
  return require("convive.status").text()
end

return M
