-- Keeps the server's status, and hands it to vim.lsp.status().

local client = require("convive.client")

local notice = require("convive.notice")

local M = {}

---@type { state: string, percent?: integer, message?: string, idle?: table }
M.last = { state = "ready" }

--- A few words for a status line; empty while all is well.
---@return string
function M.text()
  local last = M.last
  if last.state == "loading" then
    local percent = last.percent and (" %d %%"):format(last.percent) or ""
    return "convive: " .. (last.message or "loading") .. percent
  elseif last.state == "offline" then
    return "convive: offline"
  end
  return ""
end

client.on("convive/status", function(params, from)
  local was, text = M.last.state, M.text()
  M.last = params
  local done = params.state ~= "loading"
  if not done or was == "loading" then
    -- As the protocol's own progress: whatever shows that shows this.
    local value = {
      kind = done and "end" or (was == "loading" and "report" or "begin"),
      title = "convive",
      message = params.message,
      percentage = params.percent,
    }
    from.progress:push({ token = "convive-status", value = value })
    vim.api.nvim_exec_autocmds("LspProgress", {
      pattern = value.kind,
      modeline = false,
      data = { client_id = from.id, params = { token = "convive-status", value = value } },
    })
  end
  if params.state == "offline" and was ~= "offline" then
    notice.warn(params.message or "no completions for now")
  end
  vim.api.nvim_exec_autocmds("User", { pattern = "ConviveStatus", modeline = false, data = params })
  if M.text() ~= text then
    vim.cmd.redrawstatus()
  end
end)

return M
