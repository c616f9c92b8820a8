-- Starts the server in the files it is for, and hands on what it sends.

local install = require("convive.install")
local life = require("convive.life")
local notice = require("convive.notice")

local M = {}

M.name = "convive"

--- Handlers of what the server sends by itself; the other files of this plugin add theirs.
---@type table<string, fun(params: table, client: vim.lsp.Client)>
local notifications = {}

--- Handlers of `$/progress` by token.
---@type table<string|integer, fun(value: table)>
local progress = {}

---@param method string
---@param handler fun(params: table, client: vim.lsp.Client)
function M.on(method, handler)
  notifications[method] = handler
end

---@param token string
---@param handler? fun(value: table)
function M.on_progress(token, handler)
  progress[token] = handler
end

--- The server of a buffer.
---@param buffer? integer
---@return vim.lsp.Client?
function M.get(buffer)
  return vim.lsp.get_clients({ name = M.name, bufnr = buffer or 0 })[1]
end

local function capabilities()
  local own = vim.lsp.protocol.make_client_capabilities() --[[@as table]]
  -- 0.11 does not announce it, since it does not show it; this plugin does.
  own.textDocument.inlineCompletion = { dynamicRegistration = false }
  own.experimental = own.experimental or {}
  own.experimental.convive = { ghostText = true, status = true, ask = true }
  return own
end

local function handlers()
  local own = {}
  for _, method in ipairs({ "convive/ghostText", "convive/status" }) do
    own[method] = function(_, params, context)
      local handler = notifications[method]
      local client = vim.lsp.get_client_by_id(context.client_id)
      if handler and client then
        handler(params, client)
      end
    end
  end
  own["$/progress"] = function(error, params, context)
    local handler = progress[params.token]
    if handler then
      handler(params.value)
    else
      vim.lsp.handlers["$/progress"](error, params, context)
    end
  end
  -- Neovim's own would wait for a key where the message is long.
  own["window/showMessage"] = function(_, params)
    notice.say(params.message, ({ vim.log.levels.ERROR, vim.log.levels.WARN })[params.type])
  end
  return own
end

---@param options convive.Options
function M.start(options)
  local cmd = install.command(options)
  if not cmd then
    return install.explain(options)
  end
  -- An empty table would be sent as a list.
  local settings = next(options.settings) and options.settings or vim.empty_dict()
  vim.lsp.config(M.name, {
    cmd = cmd,
    filetypes = options.filetypes,
    root_markers = options.root_markers,
    capabilities = capabilities(),
    handlers = handlers(),
    init_options = settings,
    settings = { convive = settings },
    on_init = function(client, result)
      install.compare(client, result and result.serverInfo)
    end,
    on_attach = life.serves,
    on_exit = function(code, signal, id)
      vim.schedule(function()
        life.ended(id, code, signal)
      end)
    end,
  })
  vim.lsp.enable(M.name)
end

--- Ends the server and starts it anew for the buffers it served.
function M.restart()
  life.forget()
  for _, client in ipairs(vim.lsp.get_clients({ name = M.name })) do
    client:stop(true)
  end
  vim.defer_fn(function()
    vim.lsp.enable(M.name, false)
    -- Starts it for every buffer that is open.
    vim.lsp.enable(M.name)
  end, 200)
end

return M
