-- Starts the server in the files it is for, and says what to do where it cannot be started.

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
  local own = vim.lsp.protocol.make_client_capabilities()
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
  return own
end

--- The command could not be started: said once, with what to do.
local function explain(cmd)
  vim.notify_once(
    ("Convive: the server `%s` is not here. Build it (see the README) and put it on your PATH, or set `cmd` in "):format(cmd)
      .. 'require("convive").setup. `:checkhealth convive` tells more.',
    vim.log.levels.WARN
  )
end

---@param options convive.Options
function M.start(options)
  local cmd = options.cmd or { "convive" }
  if vim.fn.executable(cmd[1]) == 0 then
    explain(cmd[1])
    return
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
    on_exit = function(code, signal)
      if code ~= 0 and signal ~= 15 then
        vim.schedule(function()
          vim.notify_once(
            ("Convive: the server ended with code %d. `:checkhealth convive` looks for the reason; `:Convive restart` starts it again."):format(
              code
            ),
            vim.log.levels.WARN
          )
        end)
      end
    end,
  })
  vim.lsp.enable(M.name)
end

--- Ends the server and starts it anew for the buffers it served.
function M.restart()
  local clients = vim.lsp.get_clients({ name = M.name })
  for _, client in ipairs(clients) do
    client:stop(true)
  end
  vim.defer_fn(function()
    vim.lsp.enable(M.name, false)
    vim.lsp.enable(M.name)
    vim.cmd("silent! doautoall <nomodeline> FileType")
  end, 200)
end

return M
