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

--- Whether a server is there that is of this plugin's version.
---@param cmd? string[]
---@return boolean
local function fits(cmd)
  local ran, done = pcall(function()
    return cmd and vim.system({ cmd[1], "--version" }, { text = true }):wait(10000)
  end)
  return ran and done and (done.stdout or ""):find(" " .. M.version .. ".", 1, true) ~= nil or false
end

--- The steps, as a shell takes them, and whether they build. Nil, said why, where that is not possible.
---@param options convive.Options
---@return string?, boolean?
local function plan(options)
  local cmd, clone = M.command(options), M.clone()
  local pull = " model pull " .. (notice.weights or "")
  if cmd and (fits(cmd) or not clone) then
    return vim.fn.shellescape(cmd[1]) .. pull, false
  elseif not clone then
    return M.explain(options)
  elseif vim.fn.executable("cargo") == 0 then
    return notice.warn("building the server needs Rust: https://rustup.rs")
  end
  local program = vim.fs.joinpath("target", "release", "convive")
  return "cargo xtask build && " .. program .. pull, true
end

--- After a build: this session takes what was built; the next one does where nothing else is in the way.
---@param options convive.Options
local function take(options)
  local other = vim.fn.exepath(options.cmd[1])
  options.cmd = { built() }
  if other ~= "" and other ~= options.cmd[1] then
    return ('the server is here. For the next start, name it, else that is %s: require("convive").setup({ cmd = { "%s" } })'):format(
      other,
      options.cmd[1]
    )
  end
  return "the server is here"
end

--- Builds the server where it is missing or of another version, fetches the weights, and starts it; all in a terminal.
function M.run()
  local options = require("convive").options
  local steps, builds = plan(options)
  if not steps then
    return
  end
  vim.cmd("botright 15new")
  vim.fn.jobstart(steps, {
    term = true,
    cwd = M.clone(),
    on_exit = function(_, code)
      if code ~= 0 then
        return notice.warn("that did not work; the terminal says why")
      end
      local done = builds and take(options) or "the weights are here"
      require("convive.client").start(options)
      require("convive.client").restart()
      notice.say(done)
    end,
  })
  -- At its end the terminal shows what comes; the cursor goes back to the code.
  vim.cmd("normal! G")
  vim.cmd.wincmd("p")
end

return M
