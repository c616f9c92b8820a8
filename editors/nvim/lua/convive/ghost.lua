-- Ghost text: asks the server while you type, shows what it writes as it grows, and takes it into the buffer.

local client = require("convive.client")

local M = {}

local space = vim.api.nvim_create_namespace("convive.ghost")
local group = vim.api.nvim_create_augroup("convive.ghost", { clear = true })

---@class convive.Ghost
---@field buffer integer
---@field row integer The line of its range, from 0; both ends are on it.
---@field from integer Bytes: where the range starts,
---@field to integer and where it ends.
---@field text string What stands in the place of the range.
---@field items table[] All alternatives, as the server sent them.
---@field index integer

---@type convive.Ghost?
local shown
---@type { id: integer, client: vim.lsp.Client, buffer: integer, token: string, others: boolean }?
local pending
local number = 0

local function clear()
  if shown and vim.api.nvim_buf_is_valid(shown.buffer) then
    vim.api.nvim_buf_clear_namespace(shown.buffer, space, 0, -1)
  end
  shown = nil
end

local function cancel()
  if pending then
    pending.client:cancel_request(pending.id)
    client.on_progress(pending.token, nil)
    pending = nil
  end
end

--- The text that stands between the range's start and the cursor, when the cursor is in the range's line.
---@param ghost convive.Ghost
---@return string?
local function typed(ghost)
  local row, column = unpack(vim.api.nvim_win_get_cursor(0))
  if row - 1 ~= ghost.row or column < ghost.from then
    return nil
  end
  local line = vim.api.nvim_buf_get_lines(ghost.buffer, ghost.row, ghost.row + 1, false)[1] or ""
  return line:sub(ghost.from + 1, column)
end

--- What of the ghost is not in the buffer yet: behind what was typed, before what follows.
---@param ghost convive.Ghost
---@return string?
local function rest(ghost)
  local before = typed(ghost)
  if not before or not vim.startswith(ghost.text, before) then
    return nil
  end
  local left = ghost.text:sub(#before + 1)
  local line = vim.api.nvim_buf_get_lines(ghost.buffer, ghost.row, ghost.row + 1, false)[1] or ""
  local behind = line:sub(ghost.from + #before + 1, ghost.to)
  -- What the range covers behind the cursor is shown once: it stands there already.
  if behind ~= "" and vim.endswith(left, behind) then
    left = left:sub(1, #left - #behind)
  end
  return left
end

local function draw()
  if not shown then
    return
  end
  vim.api.nvim_buf_clear_namespace(shown.buffer, space, 0, -1)
  local left = rest(shown)
  if not left or left == "" then
    return
  end
  local lines = vim.split(left, "\n", { plain = true })
  local virtual = {}
  for index = 2, #lines do
    virtual[#virtual + 1] = { { lines[index] ~= "" and lines[index] or " ", "ConviveGhost" } }
  end
  local row, column = unpack(vim.api.nvim_win_get_cursor(0))
  vim.api.nvim_buf_set_extmark(shown.buffer, space, row - 1, column, {
    virt_text = { { lines[1], "ConviveGhost" } },
    virt_text_pos = "inline",
    virt_lines = #virtual > 0 and virtual or nil,
    hl_mode = "combine",
  })
  if #shown.items > 1 then
    vim.api.nvim_buf_set_extmark(shown.buffer, space, row - 1, 0, {
      virt_text = { { (" %d/%d"):format(shown.index, #shown.items), "ConviveCount" } },
      virt_text_pos = "eol",
    })
  end
end

--- Shows an item of the server, if it still fits what stands in the buffer.
---@param buffer integer
---@param items table[]
---@param index integer
---@param encoding "utf-8"|"utf-16"|"utf-32"
local function show(buffer, items, index, encoding)
  local item = items[index]
  local text = item and (type(item.insertText) == "table" and item.insertText.value or item.insertText)
  if not item or not text or text == "" or not item.range then
    return clear()
  end
  local row = item.range.start.line
  local line = vim.api.nvim_buf_get_lines(buffer, row, row + 1, false)[1] or ""
  local function byte(position)
    return vim.str_byteindex(line, encoding, position.character, false)
  end
  local old = shown and shown.text
  clear()
  shown = {
    buffer = buffer,
    row = row,
    from = byte(item.range.start),
    to = byte(item.range["end"]),
    text = text:gsub("\r\n", "\n"),
    items = items,
    index = index,
  }
  if rest(shown) == nil or rest(shown) == "" then
    shown = nil
    return
  end
  draw()
  if text ~= old then
    vim.api.nvim_exec_autocmds("User", { pattern = "ConviveGhost", modeline = false })
  end
end

---@param kind integer 1: the user asks; 2: the editor does.
---@param step? integer Others are asked for: to the next (1) or the previous one (-1) when they come.
local function request(kind, step)
  local buffer = vim.api.nvim_get_current_buf()
  local server = client.get(buffer)
  if not server or vim.fn.mode():sub(1, 1) ~= "i" then
    return
  end
  -- What was not whole yet goes on growing.
  local growing = pending ~= nil
  cancel()
  number = number + 1
  local token = "ghost-" .. number
  local params = vim.lsp.util.make_position_params(0, server.offset_encoding) --[[@as table]]
  params.context = { triggerKind = kind }
  params.partialResultToken = token
  local _, id = server:request("textDocument/inlineCompletion", params, function(error, result)
    if not pending or pending.token ~= token then
      return
    end
    pending = nil
    if vim.fn.mode():sub(1, 1) ~= "i" or vim.api.nvim_get_current_buf() ~= buffer then
      return clear()
    end
    local items = result and (result.items or result) or {}
    if step and (error or #items == 0) then
      return -- What is shown stays.
    elseif error then
      return clear()
    end
    local index = 1
    if step and shown then
      -- Forward to the first one that is new, backward to the last one.
      index = step < 0 and #items or math.min(#shown.items + 1, #items)
    end
    show(buffer, items, index, server.offset_encoding)
  end, buffer)
  if id then
    pending = { id = id, client = server, buffer = buffer, token = token, others = step ~= nil and not growing }
  end
end

client.on("convive/ghostText", function(params, from)
  if pending and pending.token == params.token and not pending.others and vim.fn.mode():sub(1, 1) == "i" then
    local item = { insertText = params.insertText, range = params.range }
    show(pending.buffer, { item }, 1, from.offset_encoding)
  end
end)

--- Puts text of the ghost into the buffer as one step of undo, and the cursor behind it.
---@param ghost convive.Ghost
---@param piece string From the range's start on.
---@param to integer Bytes: what is replaced ends here.
local function insert(ghost, piece, to)
  -- Closes the step of undo that typing has open; a second time for what is typed next.
  vim.bo[ghost.buffer].undolevels = vim.bo[ghost.buffer].undolevels
  local lines = vim.split(piece, "\n", { plain = true })
  vim.api.nvim_buf_set_text(ghost.buffer, ghost.row, ghost.from, ghost.row, to, lines)
  local column = #lines == 1 and ghost.from + #lines[1] or #lines[#lines]
  vim.api.nvim_win_set_cursor(0, { ghost.row + #lines, column })
  vim.bo[ghost.buffer].undolevels = vim.bo[ghost.buffer].undolevels
end

--- Tells the server what was taken, where it wants to know.
---@param item table
local function report(item)
  local server = client.get()
  if server and item.command then
    server:exec_cmd(item.command)
  end
end

--- Takes all of the ghost text. False without any.
---@return boolean
function M.accept()
  local ghost = shown
  if not ghost or not rest(ghost) then
    return false
  end
  clear()
  cancel()
  local before = typed(ghost) or ""
  insert(ghost, ghost.text, math.max(ghost.to, ghost.from + #before))
  report(ghost.items[ghost.index])
  return true
end

---@param ghost convive.Ghost
---@param count integer Bytes of the rest.
local function accept_part(ghost, count)
  local before = typed(ghost) or ""
  local piece = ghost.text:sub(1, #before + count)
  if #piece == #ghost.text then
    return M.accept()
  end
  local row, from, text, items = ghost.row, ghost.from, ghost.text, ghost.items
  clear()
  insert(ghost, piece, from + #before)
  local newline = piece:match(".*()\n")
  if newline then
    -- The rest begins on a later line now.
    local _, breaks = piece:gsub("\n", "")
    row, from, text = row + breaks, 0, text:sub(newline + 1)
  end
  local tail = ghost.to - (ghost.from + #before)
  local _, column = unpack(vim.api.nvim_win_get_cursor(0))
  shown = {
    buffer = ghost.buffer,
    row = row,
    from = from,
    to = column + math.max(tail, 0),
    text = text,
    items = items,
    index = ghost.index,
  }
  draw()
  return true
end

--- Takes the next word.
---@return boolean
function M.accept_word()
  local left = shown and rest(shown)
  if not shown or not left or left == "" then
    return false
  end
  local _, stop = left:find("^%s*[%w_]+")
  if not stop then
    _, stop = left:find("^%s*[^%w_%s]+")
  end
  return accept_part(shown, stop or #left)
end

--- Takes the rest of the line, or the next one.
---@return boolean
function M.accept_line()
  local left = shown and rest(shown)
  if not shown or not left or left == "" then
    return false
  end
  local stop = left:find("\n", 2, true)
  return accept_part(shown, stop and stop - 1 or #left)
end

---@return boolean
function M.dismiss()
  local any = shown ~= nil
  clear()
  cancel()
  return any
end

--- Asks for a completion now; where one is shown, for others.
function M.trigger()
  request(1, shown and rest(shown) and 1 or nil)
end

--- Shows another one of several; asks for others where there is one only.
---@param step integer
---@return boolean
local function turn(step)
  if not shown or not rest(shown) then
    return false
  end
  local count = #shown.items
  if count > 1 then
    local server = client.get(shown.buffer)
    show(shown.buffer, shown.items, (shown.index - 1 + step) % count + 1, server and server.offset_encoding or "utf-8")
  elseif not pending then
    request(1, step)
  end
  return true
end

---@return boolean
function M.next()
  return turn(1)
end

---@return boolean
function M.previous()
  return turn(-1)
end

--- Whether there is ghost text, and its rest; for status lines and tests.
---@return string?
function M.text()
  return shown and rest(shown)
end

function M.enable()
  vim.api.nvim_set_hl(0, "ConviveGhost", { link = vim.fn.hlexists("ComplHint") == 1 and "ComplHint" or "NonText", default = true })
  vim.api.nvim_set_hl(0, "ConviveCount", { link = "NonText", default = true })
  vim.api.nvim_create_autocmd({ "InsertEnter", "CursorMovedI", "TextChangedP" }, {
    group = group,
    callback = function()
      if vim.bo.buftype ~= "" then
        return
      end
      -- What was typed through stays; anything else goes at once.
      if shown and rest(shown) then
        draw()
      else
        clear()
      end
      request(2)
    end,
  })
  vim.api.nvim_create_autocmd({ "InsertLeave", "BufLeave" }, {
    group = group,
    callback = function()
      clear()
      cancel()
    end,
  })
end

return M
