-- A question about code: sent to the server, its answer shown as it streams, and taken into the buffer where you say so.

local client = require("convive.client")
local notice = require("convive.notice")
local preview = require("convive.preview")
local window = require("convive.window")

local M = {}

local number = 0

---@class convive.Place
---@field buffer integer
---@field range table The protocol's range of the selection, or empty at the cursor.
---@field version integer

--- What is selected, by lines and columns from 1; at the cursor where nothing is.
---@param server vim.lsp.Client
---@param call? { range: integer, line1: integer, line2: integer }
---@return convive.Place
function M.here(server, call)
  local buffer = vim.api.nvim_get_current_buf()
  local range
  if call and call.range > 0 then
    local first, last = vim.fn.getpos("'<"), vim.fn.getpos("'>")
    local marks = first[2] == call.line1 and last[2] == call.line2
    if marks and vim.fn.visualmode() == "v" then
      range =
        vim.lsp.util.make_given_range_params({ first[2], first[3] - 1 }, { last[2], last[3] - 1 }, buffer, server.offset_encoding).range
    else
      range = {
        start = { line = call.line1 - 1, character = 0 },
        ["end"] = { line = call.line2, character = 0 },
      }
    end
  else
    range = vim.lsp.util.make_range_params(0, server.offset_encoding).range
  end
  return { buffer = buffer, range = range, version = vim.lsp.util.buf_versions[buffer] }
end

--- The diagnostics that the editor shows in a range.
local function diagnostics(place)
  local first, last = place.range.start.line, place.range["end"].line
  local found = vim.tbl_filter(function(diagnostic)
    return diagnostic.lnum <= last and (diagnostic.end_lnum or diagnostic.lnum) >= first
  end, vim.diagnostic.get(place.buffer))
  return vim.lsp.diagnostic.from(found)
end

---@class convive.Wish
---@field action? string
---@field question? string
---@field conversation? string
---@field regenerate? boolean

--- Asks, and streams the answer into a window.
---@param place convive.Place
---@param wish convive.Wish
---@param view? table The window of an earlier turn.
function M.ask(place, wish, view)
  local server = client.get(place.buffer)
  if not server then
    return notice.warn("Convive does not serve this buffer; `:checkhealth convive` tells why.")
  end
  number = number + 1
  local token = "ask-" .. number
  view = view or window.open(place.buffer, require("convive").options.answer or "float")
  view:begin(wish.question or wish.action or "")
  client.on_progress(token, function(value)
    if value.kind == "chunk" then
      view:add(value.text)
    elseif value.kind == "again" then
      view:again()
    elseif value.kind == "working" then
      view:working(value.message)
    end
  end)
  local params = vim.tbl_extend("force", {
    textDocument = { uri = vim.uri_from_bufnr(place.buffer) },
    range = place.range,
    diagnostics = diagnostics(place),
    partialResultToken = token,
  }, wish)
  local _, id = server:request("convive/ask" --[[@as any]], params, function(error, result)
    client.on_progress(token, nil)
    view.cancel = nil
    if error then
      return view:fail(error.message)
    end
    view:finish(result)
    M.bind(view, place, result, server)
  end, place.buffer)
  view.cancel = function()
    if id then
      server:cancel_request(id)
    end
  end
end

--- The keys of a window with a whole answer.
function M.bind(view, place, result, server)
  local function follow(question)
    if question and question ~= "" then
      M.ask(place, { question = question, conversation = result.conversation }, view)
    end
  end
  view:key("f", "follow up", function()
    vim.ui.input({ prompt = "Follow up: " }, follow)
  end)
  view:key("r", "regenerate", function()
    M.ask(place, { conversation = result.conversation, regenerate = true }, view)
  end)
  view:key("e", "reword", function()
    vim.ui.input({ prompt = "Ask instead: " }, function(question)
      if question and question ~= "" then
        M.ask(place, { conversation = result.conversation, regenerate = true, question = question }, view)
      end
    end)
  end)
  view:key("y", "yank", function()
    vim.fn.setreg('"', result.text)
    vim.fn.setreg("+", result.text)
    notice.say("the answer is yanked")
  end)
  if result.edit then
    local function take()
      if M.apply(result, server) then
        view:close()
      end
    end
    local function leave()
      view:close()
    end
    view:key("a", "accept the edit", take)
    view:key("d", "discard the edit", leave)
    local keys = require("convive").options.keys
    preview.key(keys.take, "take the change", take)
    preview.key(keys.leave, "leave the change", leave)
  end
end

--- Puts an edit into its documents, unless one of them has moved on.
---@return boolean
function M.apply(result, server)
  for _, change in ipairs(result.edit.documentChanges or {}) do
    local document = change.textDocument
    if document and document.version and document.version ~= vim.NIL then
      local buffer = vim.uri_to_bufnr(document.uri)
      if vim.lsp.util.buf_versions[buffer] ~= document.version then
        notice.warn("the document has changed since; nothing was applied. Ask again.")
        return false
      end
    end
  end
  vim.lsp.util.apply_workspace_edit(result.edit, server.offset_encoding)
  return true
end

--- Asks the user for a question, then the server.
---@param place convive.Place
---@param action string
---@param prompt string
function M.prompt(place, action, prompt)
  vim.ui.input({ prompt = prompt }, function(question)
    if question and question ~= "" then
      M.ask(place, { action = action, question = question })
    end
  end)
end

-- Code actions of the server carry this command; here it becomes our request.
vim.lsp.commands["convive.ask"] = function(command)
  local argument = (command.arguments or {})[1] --[[@as table]]
  local place = {
    buffer = vim.uri_to_bufnr(argument.uri),
    range = argument.range,
    version = argument.version,
  }
  if argument.needsQuestion or argument.action == "ask" or argument.action == "write" then
    return M.prompt(place, argument.action, command.title .. ": ")
  end
  M.ask(place, { action = argument.action })
end

return M
