-- Brings the server back when it ended by itself; says so, with what to do, when it does not stay.

local notice = require("convive.notice")

local M = {}

--- How often it is brought back in a row.
local MOST = 3
--- After so long it counts as having stayed, in milliseconds.
local STAYED = 60000

---@type table<integer, { config: vim.lsp.ClientConfig, buffers: table<integer, true>, since: integer }>
local lives = {}
local ends = 0

--- A server serves a buffer.
---@param client vim.lsp.Client
---@param buffer integer
function M.serves(client, buffer)
  lives[client.id] = lives[client.id] or { config = client.config, buffers = {}, since = vim.uv.now() }
  lives[client.id].buffers[buffer] = true
end

---@param life { config: vim.lsp.ClientConfig, buffers: table<integer, true> }
local function revive(life)
  for buffer in pairs(life.buffers) do
    if vim.api.nvim_buf_is_loaded(buffer) then
      vim.lsp.start(life.config, { bufnr = buffer, silent = true })
    end
  end
end

--- A server ended: as wished, or not.
---@param id integer
---@param code integer
---@param signal integer
function M.ended(id, code, signal)
  local life = lives[id]
  lives[id] = nil
  -- 15: somebody stopped it. What ends with the editor, or before it served anything, is not brought back.
  if vim.v.exiting ~= vim.NIL or signal == 15 or (code == 0 and signal == 0) then
    return
  end
  if life and vim.uv.now() - life.since > STAYED then
    ends = 0
  end
  ends = ends + 1
  if life and ends <= MOST then
    vim.defer_fn(function()
      revive(life)
    end, 100 * 2 ^ ends)
    return
  end
  notice.warn(
    ("the server ended %s and is not started again. `:checkhealth convive` looks for the reason, `:Convive restart` starts it."):format(
      code ~= 0 and ("with code " .. code) or ("by signal " .. signal)
    )
  )
end

--- The user starts it anew: what was before does not count.
function M.forget()
  ends = 0
end

return M
