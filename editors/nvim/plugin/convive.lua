-- Defines the command :Convive, so that it exists before setup is called.

if vim.g.loaded_convive then
  return
end
vim.g.loaded_convive = true

vim.api.nvim_create_user_command("Convive", function(call)
  require("convive.command").run(call)
end, {
  nargs = "*",
  range = true,
  desc = "Ask about the code here; without an argument, choose what",
  complete = function(lead, line)
    return require("convive.command").complete(lead, line)
  end,
})
