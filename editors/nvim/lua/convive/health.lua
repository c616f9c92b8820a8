-- :checkhealth convive – what is installed, what runs, and what to do about the rest.

local M = {}

local function lines(cmd)
  local done = vim.system(cmd, { text = true }):wait(60000)
  return done.code, vim.split(vim.trim((done.stdout or "") .. (done.stderr or "")), "\n", { plain = true })
end

function M.check()
  local health = vim.health
  local options = require("convive").options
  health.start("Convive")
  if vim.fn.has("nvim-0.11") == 0 then
    return health.error("Neovim 0.11 or newer is needed")
  end
  health.ok("Neovim " .. tostring(vim.version()))
  local cmd = options.cmd[1]
  if vim.fn.executable(cmd) == 0 then
    return health.error(("`%s` is not on your PATH"):format(cmd), {
      "Build it with `cargo build --release` in Convive's repository and put target/release/convive on your PATH,",
      'or name it: require("convive").setup({ cmd = { "/path/to/convive" } })',
    })
  end
  local _, version = lines({ cmd, "--version" })
  health.ok(("%s: %s"):format(vim.fn.exepath(cmd), version[1] or ""))
  local clients = vim.lsp.get_clients({ name = "convive" })
  if #clients == 0 then
    health.warn("no server runs", { "Open a file, or call require('convive').setup()" })
  end
  for _, client in ipairs(clients) do
    health.ok(("serves %d buffers of %s"):format(vim.tbl_count(client.attached_buffers), client.root_dir or "no folder"))
  end
  health.start("What `convive doctor` says")
  local code, said = lines({ cmd, "--no-color", "doctor" })
  for _, line in ipairs(said) do
    health.info(line)
  end
  if code ~= 0 then
    health.warn("not all is well: see above")
  end
end

return M
