-- Finds the server, says what to do where there is none, and builds it from the clone that this plugin is in.

local notice = require("convive.notice")

local M = {}

--- The server's version that this plugin was made with.
M.version = "0.1"

--- Convive's repository, where the plugin is part of a whole clone.
---@return string?
function M.clone()
  local here = debug.getinfo(1, "S").source:sub(2)
  local root = vim.fs.normalize(vim.fn.fnamemodify(here, ":p:h:h:h:h:h"))
  return vim.uv.fs_stat(root .. "/server/Cargo.toml") and root or nil
end

---@return string?
local function built()
  local clone = M.clone()
  local program = clone and clone .. "/target/release/convive" .. (vim.fn.has("win32") == 1 and ".exe" or "")
  return program and vim.fn.executable(program) == 1 and program or nil
end

--- The command that starts the server: the user's, else the clone's own build. Nil where there is neither.
---@param options convive.Options
---@return string[]?
function M.command(options)
  local cmd = options.cmd or { "convive" }
  if vim.fn.executable(cmd[1]) == 1 then
    return cmd
  end
  local own = cmd[1] == "convive" and built()
  return own and { own } or nil
end

--- What to do without a server, in one message.
---@param options convive.Options
function M.explain(options)
  local how = M.clone() and "`:Convive install` builds it and fetches the default weights."
    or "Build it (see its README) and put it on your PATH."
  notice.warn(('the server `%s` is not here. %s Or name it: require("convive").setup({ cmd = { … } }).'):format(options.cmd[1], how))
end

--- Says so once when a server is not of this plugin's version.
---@param client vim.lsp.Client
---@param info? { version?: string }
function M.compare(client, info)
  local version = info and info.version or "without a version"
  local capabilities = client.server_capabilities or {}
  local ours = (capabilities.experimental or {}).convive
  if ours and vim.startswith(version, M.version .. ".") then
    return
  end
  notice.warn(
    ("the server is %s, this plugin is for %s: some of it will not work. `:Convive install` builds the one that belongs to it."):format(
      version,
      M.version
    )
  )
end

--- Builds the server where it is missing or of another version, fetches the default weights, and starts it; all in a terminal.
function M.run()
  local options = require("convive").options
  local clone = M.clone()
  local steps
  if clone then
    if vim.fn.executable("cargo") == 0 then
      return notice.warn("building the server needs Rust: https://rustup.rs")
    end
    steps = "cargo xtask build && target/release/convive model pull"
  else
    local cmd = M.command(options)
    if not cmd then
      return M.explain(options)
    end
    steps = vim.fn.shellescape(cmd[1]) .. " model pull"
  end
  vim.cmd("botright 15new")
  vim.fn.jobstart(steps, {
    term = true,
    cwd = clone,
    on_exit = function(_, code)
      if code ~= 0 then
        return notice.warn("that did not work; the terminal says why")
      end
      if clone then
        options.cmd = { built() }
      end
      require("convive.client").start(options)
      require("convive.client").restart()
      notice.say("the server is here")
    end,
  })
end

return M
