-- :Convive – an action by its id, a free question, or the menu of what can be asked here.

local client = require("convive.client")
local notice = require("convive.notice")

local M = {}

--- What is done here rather than asked.
local own = {
  restart = client.restart,
  install = function()
    require("convive.install").run()
  end,
  status = function()
    local last = require("convive.status").last
    notice.say(last.state .. (last.message and (": " .. last.message) or ""))
  end,
}

--- The code actions of the server at a place.
local function actions(server, place, take)
  local params = {
    textDocument = { uri = vim.uri_from_bufnr(place.buffer) },
    range = place.range,
    context = { diagnostics = vim.lsp.diagnostic.from(vim.diagnostic.get(place.buffer)), triggerKind = 1 },
  }
  server:request("textDocument/codeAction", params, function(error, result)
    if error then
      return notice.say(error.message, vim.log.levels.ERROR)
    end
    take(result or {})
  end, place.buffer)
end

local function menu(server, place)
  actions(server, place, function(found)
    if #found == 0 then
      return notice.say("nothing can be asked here")
    end
    vim.ui.select(found, {
      prompt = "Convive",
      format_item = function(action)
        return action.title
      end,
    }, function(action)
      if action then
        local command = type(action.command) == "table" and action.command or action
        vim.lsp.commands[command.command](command, { bufnr = place.buffer, client_id = server.id })
      end
    end)
  end)
end

---@param call table The arguments of a user command.
function M.run(call)
  local ask = require("convive.ask")
  local word = call.fargs[1]
  if word and own[word] then
    return own[word]()
  end
  local server = client.get()
  if not server then
    return notice.warn("Convive does not serve this buffer; `:checkhealth convive` tells why.")
  end
  local place = ask.here(server, call)
  if not word then
    return menu(server, place)
  end
  local question = table.concat(vim.list_slice(call.fargs, 2), " ")
  if question == "" and (word == "ask" or word == "write") then
    return ask.prompt(place, word, word == "ask" and "Ask: " or "Write here: ")
  end
  ask.ask(place, { action = word, question = question ~= "" and question or nil })
end

---@return string[]
function M.complete(lead, line)
  if line:match("^%S*Convive%s+%S+%s") then
    return {}
  end
  local words = { "ask", "write", "explain", "fix", "document", "test", "trace", "review" }
  vim.list_extend(words, vim.tbl_keys(own))
  table.sort(words)
  return vim.tbl_filter(function(word)
    return vim.startswith(word, lead)
  end, words)
end

return M
