-- A message to the user: one that never waits for a key, since people are typing.

local M = {}

--- The weights that the server missed last, by name.
M.weights = nil ---@type string?

local WIDTH = 64
--- How long it stays, in milliseconds.
local STAYS = 12000

---@type table<string, integer>
local said = {}
local window ---@type integer?

--- Whether somebody else shows notifications: then ours go there.
local function shown_elsewhere()
  -- Neovim's own is compiled in: `@vim/_editor.lua` in 0.11, `?` in 0.12.
  local source = debug.getinfo(vim.notify, "S").source
  return not (vim.startswith(source, "@vim/") or source:find("^=?%?$"))
end

--- Lines of words, none of them broken.
---@param text string
---@return string[]
local function wrap(text)
  local lines, line = {}, ""
  for word in text:gmatch("%S+") do
    if line ~= "" and vim.fn.strdisplaywidth(line .. " " .. word) > WIDTH then
      lines[#lines + 1], line = line, word
    else
      line = line == "" and word or line .. " " .. word
    end
  end
  lines[#lines + 1] = line
  return lines
end

local function close()
  if window and vim.api.nvim_win_is_valid(window) then
    vim.api.nvim_win_close(window, true)
  end
  window = nil
end

--- Puts it into :messages, without the prompt that a long one would bring. What is silent is not kept there.
---@param text string
local function keep(text)
  local option = vim.o.messagesopt
  vim.o.messagesopt = "wait:0,history:" .. (option:match("history:(%d+)") or 500)
  vim.api.nvim_echo({ { (text:gsub("%s+", " ")) } }, true, {})
  -- It goes from the screen: the window shows it.
  vim.cmd.redraw()
  vim.o.messagesopt = option
end

---@param text string
---@param level integer
local function show(text, level)
  if shown_elsewhere() then
    return vim.notify(text, level)
  end
  keep(text)
  close()
  local lines = wrap(text)
  local width = 0
  for _, line in ipairs(lines) do
    width = math.max(width, vim.fn.strdisplaywidth(line))
  end
  local buffer = vim.api.nvim_create_buf(false, true)
  vim.bo[buffer].bufhidden = "wipe"
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, lines)
  local mine = vim.api.nvim_open_win(buffer, false, {
    relative = "editor",
    anchor = "NE",
    row = 1,
    col = vim.o.columns,
    width = math.min(width, math.max(1, vim.o.columns - 4)),
    height = math.min(#lines, math.max(1, vim.o.lines - 6)),
    style = "minimal",
    border = "rounded",
    focusable = false,
    noautocmd = true,
    zindex = 60,
  })
  local group = level >= vim.log.levels.ERROR and "DiagnosticError" or level >= vim.log.levels.WARN and "DiagnosticWarn" or "Normal"
  vim.wo[mine].winhighlight = "NormalFloat:NormalFloat,FloatBorder:" .. group
  vim.wo[mine].wrap = true
  vim.wo[mine].linebreak = true
  window = mine
  vim.defer_fn(function()
    if window == mine then
      close()
    end
  end, STAYS)
end

--- Says something; what was said a moment ago is not said again.
---@param text string
---@param level? integer One of vim.log.levels.
function M.say(text, level)
  text = vim.startswith(text, "Convive") and text or "Convive: " .. text
  local now = vim.uv.now()
  if said[text] and now - said[text] < 30000 then
    return
  end
  said[text] = now
  local weights = text:match("convive model pull ([%w._-]+)")
  if weights then
    M.weights = weights
    text = text:gsub("%.?$", ". `:Convive install` does it.", 1)
  end
  local function later()
    show(text, level or vim.log.levels.INFO)
  end
  if vim.v.vim_did_enter == 1 then
    vim.schedule(later)
  else
    vim.api.nvim_create_autocmd("VimEnter", { once = true, callback = vim.schedule_wrap(later) })
  end
end

--- The same for something that is wrong.
---@param text string
function M.warn(text)
  M.say(text, vim.log.levels.WARN)
end

return M
