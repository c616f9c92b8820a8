-- The window of an answer: fills while it streams, never takes the cursor along, and ends with what can be done with it.

local preview = require("convive.preview")

local M = {}

local View = {}
View.__index = View

---@param source integer The buffer that is asked about.
---@param kind "float"|"split"
function M.open(source, kind)
  local view = setmetatable({ source = source, keys = {}, start = 0 }, View)
  view.buffer = vim.api.nvim_create_buf(false, true)
  vim.bo[view.buffer].bufhidden = "wipe"
  if kind == "split" then
    view.window = vim.api.nvim_open_win(view.buffer, false, { split = "right", win = 0 })
  else
    local width = math.min(90, math.max(30, vim.o.columns - 8))
    local height = math.max(6, math.floor(vim.o.lines * 0.4))
    view.window = vim.api.nvim_open_win(view.buffer, false, {
      relative = "editor",
      row = math.max(0, vim.o.lines - height - 4),
      col = math.max(0, vim.o.columns - width - 2),
      width = width,
      height = height,
      border = "rounded",
      title = " Convive ",
      style = "minimal",
    })
  end
  vim.wo[view.window].wrap = true
  vim.wo[view.window].linebreak = true
  vim.wo[view.window].conceallevel = 2
  vim.bo[view.buffer].filetype = "markdown"
  view:key("q", "close", function()
    view:close()
  end)
  view:key("<C-c>", "stop", function()
    view:stop()
  end)
  vim.api.nvim_create_autocmd("BufWipeout", {
    buffer = view.buffer,
    once = true,
    callback = function()
      preview.clear()
      view:stop()
    end,
  })
  return view
end

function View:alive()
  return vim.api.nvim_buf_is_valid(self.buffer)
end

--- Replaces the lines from `first` on; the view follows its end where nobody reads in it.
function View:set(first, lines)
  if not self:alive() then
    return
  end
  vim.api.nvim_buf_set_lines(self.buffer, first, -1, false, lines)
  vim.bo[self.buffer].modified = false
  if vim.api.nvim_win_is_valid(self.window) and vim.api.nvim_get_current_win() ~= self.window then
    vim.api.nvim_win_set_cursor(self.window, { vim.api.nvim_buf_line_count(self.buffer), 0 })
  end
end

--- A new turn, below the earlier ones.
function View:begin(question)
  preview.clear()
  local count = self:alive() and vim.api.nvim_buf_line_count(self.buffer) or 0
  local first = self.started and count or 0
  local head = self.started and { "", "---", "" } or {}
  self.started = true
  if question ~= "" then
    vim.list_extend(head, { "> " .. question:gsub("\n", " "), "" })
  end
  head[#head + 1] = "…"
  self:set(first, head)
  self.start = first + #head - 1
  self.text = ""
end

function View:add(text)
  self.text = self.text .. text
  self:set(self.start, vim.split(self.text, "\n", { plain = true }))
end

--- What was streamed does not count.
function View:again()
  self.text = ""
  self:set(self.start, { "…" })
end

function View:working(message)
  if self.text == "" then
    self:set(self.start, { "… " .. message })
  end
end

--- The whole answer. A change of the code that was asked about is shown there, others as a diff here.
function View:finish(result)
  local notes = {}
  if result.report then
    notes[#notes + 1] = "*" .. result.report.words .. "*"
  end
  if result.note and result.note ~= "" then
    notes[#notes + 1] = result.note
  end
  local lines
  local in_place = result.edit and self:in_place(result.edit)
  if in_place then
    local keys = require("convive").options.keys
    local hint = keys.take and keys.leave and (" There `%s` takes it, `%s` leaves it."):format(keys.take, keys.leave) or ""
    lines = { "The change is shown in the code." .. hint }
    self:shrink(#notes + 4)
  else
    lines = vim.split(result.text, "\n", { plain = true })
    vim.list_extend(notes, result.edit and self:diff(result.edit) or {})
  end
  if #notes > 0 then
    lines[#lines + 1] = ""
    for _, note in ipairs(notes) do
      vim.list_extend(lines, vim.split(note, "\n", { plain = true }))
    end
  end
  self:set(self.start, lines)
  if in_place and vim.api.nvim_win_is_valid(self.window) then
    -- What came of running a test stands first; a window that followed a longer answer would show the end alone.
    vim.api.nvim_win_call(self.window, function()
      vim.fn.winrestview({ topline = self.start + 1 })
    end)
  end
  local keys = "q close · f follow up · r regenerate · e reword · y yank"
  self:title(result.edit and ("a accept · d discard · " .. keys) or keys)
end

--- Makes a float lower, so that it covers little of the code.
---@param height integer
function View:shrink(height)
  if vim.api.nvim_win_is_valid(self.window) and vim.api.nvim_win_get_config(self.window).relative ~= "" then
    local width = vim.api.nvim_win_get_width(self.window)
    vim.api.nvim_win_set_config(self.window, {
      relative = "editor",
      row = math.max(0, vim.o.lines - height - 4),
      col = math.max(0, vim.o.columns - width - 2),
      height = height,
    })
  end
end

--- The lines of a document after its change; nil where it cannot be made.
local function changed(self, change)
  local buffer = vim.uri_to_bufnr(change.textDocument.uri)
  vim.fn.bufload(buffer)
  local old = vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
  local copy = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_lines(copy, 0, -1, false, old)
  local server = require("convive.client").get(self.source)
  local ok = pcall(vim.lsp.util.apply_text_edits, change.edits, copy, server and server.offset_encoding or "utf-8")
  local new = vim.api.nvim_buf_get_lines(copy, 0, -1, false)
  vim.api.nvim_buf_delete(copy, { force = true })
  return ok and new or nil, old
end

--- Shows an edit in the code, if it changes nothing else.
---@return boolean
function View:in_place(edit)
  local change = (edit.documentChanges or {})[1]
  if #(edit.documentChanges or {}) ~= 1 or not change.edits or vim.uri_to_bufnr(change.textDocument.uri) ~= self.source then
    return false
  end
  local new = changed(self, change)
  if new then
    preview.show(self.source, new)
  end
  return new ~= nil
end

--- The edit as a diff, so that it is seen before it is taken.
function View:diff(edit)
  local out = {}
  for _, change in ipairs(edit.documentChanges or {}) do
    local new, old
    if change.edits then
      new, old = changed(self, change)
    elseif change.kind == "create" then
      out[#out + 1] = "New file: " .. vim.fn.fnamemodify(vim.uri_to_fname(change.uri), ":.")
    end
    if new then
      local join = function(lines)
        return table.concat(lines, "\n") .. "\n"
      end
      local diff = (vim.text and vim.text.diff or vim.diff)(join(old), join(new), { ctxlen = 2 })
      out[#out + 1] = "```diff"
      vim.list_extend(out, vim.split(vim.trim(diff --[[@as string]]), "\n", { plain = true }))
      out[#out + 1] = "```"
    end
  end
  return out
end

function View:fail(message)
  local lines = vim.split(self.text or "", "\n", { plain = true })
  vim.list_extend(lines, vim.split("**" .. message .. "**", "\n", { plain = true }))
  self:set(self.start, lines)
  self:title("q close")
end

function View:title(text)
  if vim.api.nvim_win_is_valid(self.window) and vim.api.nvim_win_get_config(self.window).relative ~= "" then
    vim.api.nvim_win_set_config(self.window, { footer = " " .. text .. " ", footer_pos = "right" })
  elseif vim.api.nvim_win_is_valid(self.window) then
    vim.wo[self.window].statusline = text
  end
end

function View:key(key, description, action)
  vim.keymap.set("n", key, action, { buffer = self.buffer, desc = "Convive: " .. description, nowait = true })
end

--- Ends what is under way; the window stays.
function View:stop()
  if self.cancel then
    self.cancel()
    self.cancel = nil
  end
end

function View:close()
  self:stop()
  preview.clear()
  if vim.api.nvim_win_is_valid(self.window) then
    vim.api.nvim_win_close(self.window, true)
  end
end

function View:focus()
  if vim.api.nvim_win_is_valid(self.window) then
    vim.api.nvim_set_current_win(self.window)
  end
end

return M
