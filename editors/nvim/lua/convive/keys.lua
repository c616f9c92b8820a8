-- Binds the keys of the options.

local M = {}

--- Runs an action of the ghost text; without any, the key does what it does otherwise.
---@param key string
---@param action fun(): boolean
local function ghost_key(key, action)
  vim.keymap.set("i", key, function()
    if not action() then
      vim.api.nvim_feedkeys(vim.keycode(key), "n", false)
    end
  end, { desc = "Convive: ghost text" })
end

---@param keys convive.Keys
function M.map(keys)
  local ghost = require("convive.ghost")
  local actions = {
    accept = ghost.accept,
    accept_word = ghost.accept_word,
    accept_line = ghost.accept_line,
    dismiss = ghost.dismiss,
    next = ghost.next,
    previous = ghost.previous,
  }
  for name, action in pairs(actions) do
    if keys[name] then
      ghost_key(keys[name], action)
    end
  end
  if keys.trigger then
    vim.keymap.set("i", keys.trigger, ghost.trigger, { desc = "Convive: complete now" })
  end
  for name, what in pairs({ ask = "ask", actions = "" }) do
    if keys[name] then
      -- Out of Visual mode first: a prompt inside of it holds the server's messages back for seconds.
      vim.keymap.set("n", keys[name], "<Cmd>Convive " .. what .. "<CR>", { desc = "Convive: ask here" })
      vim.keymap.set("x", keys[name], ":Convive " .. what .. "<CR>", { desc = "Convive: ask here", silent = true })
    end
  end
end

return M
