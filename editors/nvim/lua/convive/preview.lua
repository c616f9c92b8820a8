-- A change shown in the code itself: what goes is marked, what comes stands below it, until it is taken or left.

local M = {}

local space = vim.api.nvim_create_namespace("convive.preview")

---@class convive.Preview
---@field buffer integer
---@field keys string[] That are mapped while it is shown.

---@type convive.Preview?
local shown

--- Takes the preview away; the code is as it was.
function M.clear()
  local preview = shown
  shown = nil
  if not preview or not vim.api.nvim_buf_is_valid(preview.buffer) then
    return
  end
  vim.api.nvim_buf_clear_namespace(preview.buffer, space, 0, -1)
  for _, key in ipairs(preview.keys) do
    pcall(vim.keymap.del, "n", key, { buffer = preview.buffer })
  end
end

---@param text string
---@param group string
local function virtual(text, group)
  return { { text ~= "" and text or " ", group } }
end

--- Windows that show the first line show no virtual lines above it by themselves.
---@param buffer integer
---@param count integer
local function uncover(buffer, count)
  for _, window in ipairs(vim.fn.win_findbuf(buffer)) do
    vim.api.nvim_win_call(window, function()
      if vim.fn.line("w0") == 1 then
        vim.fn.winrestview({ topline = 1, topfill = count })
      end
    end)
  end
end

--- Shows what makes `new` of the lines of a buffer.
---@param buffer integer
---@param new string[]
function M.show(buffer, new)
  M.clear()
  local old = vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
  local join = function(lines)
    return table.concat(lines, "\n") .. "\n"
  end
  local hunks = (vim.text and vim.text.diff or vim.diff)(join(old), join(new), { result_type = "indices" })
  for _, hunk in
    ipairs(hunks --[[@as integer[][] ]])
  do
    local first, count, from, length = unpack(hunk)
    for row = first, first + count - 1 do
      vim.api.nvim_buf_set_extmark(buffer, space, row - 1, 0, { line_hl_group = "DiffDelete" })
    end
    local lines = {}
    for index = from, from + length - 1 do
      lines[#lines + 1] = virtual(new[index], "DiffAdd")
    end
    if #lines > 0 then
      local below = math.max(first + math.max(count, 1) - 1, 1)
      vim.api.nvim_buf_set_extmark(buffer, space, below - 1, 0, {
        virt_lines = lines,
        virt_lines_above = first == 0,
      })
      if first == 0 then
        uncover(buffer, #lines)
      end
    end
  end
  shown = { buffer = buffer, keys = {} }
  vim.api.nvim_buf_attach(buffer, false, {
    -- Once the code is another, it shows nothing true.
    on_lines = function()
      vim.schedule(M.clear)
      return true
    end,
  })
end

--- Maps a key of the code while the change is shown.
---@param key string|false|nil
---@param description string
---@param action fun()
function M.key(key, description, action)
  if shown and key then
    shown.keys[#shown.keys + 1] = key
    vim.keymap.set("n", key, action, { buffer = shown.buffer, desc = "Convive: " .. description })
  end
end

return M
