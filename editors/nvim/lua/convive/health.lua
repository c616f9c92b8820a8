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
  local install = require("convive.install")
  local command = install.command(options)
  if not command then
    local build = install.clone() and "`:Convive install` builds it and fetches the default weights,"
      or "Build it with `cargo build --release` in Convive's repository and put target/release/convive on your PATH,"
    return health.error(("`%s` is not on your PATH"):format(options.cmd[1]), {
      build,
      'or name it: require("convive").setup({ cmd = { "/path/to/convive" } })',
    })
  end
  local cmd = command[1]
  local _, version = lines({ cmd, "--version" })
  local found = ("%s: %s"):format(vim.fn.exepath(cmd), version[1] or "")
  if (version[1] or ""):find(" " .. install.version .. ".", 1, true) then
    health.ok(found)
  else
    health.warn(
      found .. (", and this plugin is for %s"):format(install.version),
      { "`:Convive install` builds the one that belongs to it" }
    )
  end
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
