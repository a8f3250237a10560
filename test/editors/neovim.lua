-- Does what a user of Neovim does, and writes what came of it to a file: one JSON object a line.
-- The environment says where to (REPORT), how many servers there are to be (SERVERS), what to type (TYPED), and which code
-- action to choose (ACTION).
local report = assert(io.open(os.getenv('REPORT'), 'w'))
local servers = tonumber(os.getenv('SERVERS'))

local function tell(what, value)
  report:write(vim.fn.json_encode({ what = what, value = value }), '\n')
  report:flush()
end

local function wait(what, found)
  if not vim.wait(60000, found, 20) then tell('waited too long for', what) end
end

local function ours()
  return vim.tbl_filter(function(each) return each.source == 'vfio-arcs' end, vim.diagnostic.get(0))
end

local function messages()
  return vim.tbl_map(function(each) return each.message end, ours())
end

local function floating_text()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= '' then
      return table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false), '\n')
    end
  end
end

wait('servers', function()
  local ready = vim.tbl_filter(function(client) return client.initialized end, vim.lsp.get_active_clients())
  return #ready == servers
end)
tell('servers', vim.tbl_map(function(client) return client.name end, vim.lsp.get_active_clients()))

wait('diagnostics', function() return #ours() > 0 end)
tell('diagnostics', messages())
tell('underlined', vim.api.nvim_buf_get_text(
  0, ours()[1].lnum, ours()[1].col, ours()[1].end_lnum, ours()[1].end_col, {})[1])

vim.fn.search('VFIO_DEVICE_STATE_STOP_COPY')
if servers == 1 then
  vim.lsp.buf.hover()
  wait('hover', floating_text)
  tell('hover', floating_text())
else
  local answers = vim.lsp.buf_request_sync(0, 'textDocument/hover', vim.lsp.util.make_position_params(), 60000)
  for id, answer in pairs(answers) do
    if vim.lsp.get_client_by_id(id).name == 'vfio-arcs' then tell('hover', answer.result.contents.value) end
  end
end

vim.fn.cursor(ours()[1].lnum + 1, 1)
vim.fn.append(vim.fn.line('.') - 1, vim.split(os.getenv('TYPED'), '\n'))
wait('the finding to go', function() return #ours() == 0 end)
tell('after typing', messages())
vim.cmd('undo')
wait('the finding to come back', function() return #ours() == 1 end)
tell('after undo', messages())

-- As a user answers the list of actions, whatever shows it.
vim.ui.select = function(actions, options, choose)
  tell('actions', vim.tbl_map(options.format_item, actions))
  for _, action in ipairs(actions) do
    if options.format_item(action) == os.getenv('ACTION') then choose(action) end
  end
end
vim.fn.cursor(ours()[1].lnum + 1, ours()[1].col + 1)
vim.lsp.buf.code_action()
wait('the code action to mend', function() return #ours() == 0 end)
tell('after the action', messages())
tell('text after the action', table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n'))
vim.cmd('undo')
wait('the finding to come back again', function() return #ours() == 1 end)
tell('text after undo', table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, true), '\n') .. '\n')

tell('all sources', vim.tbl_map(function(each) return each.source end, vim.diagnostic.get(0)))
vim.lsp.stop_client(vim.lsp.get_active_clients())
wait('the end', function() return #vim.lsp.get_active_clients() == 0 end)
report:close()
vim.cmd('qall!')
