-- A session of Neovim with the server, for nvim_test.go. It ends with status 0 if all went as it should.
-- The command of the server, one argument a line, is in NIXSIFT_LSP; the folder is the working directory.

local function fail(message)
  io.stderr:write(message .. "\n" .. vim.inspect(vim.api.nvim_buf_get_lines(0, 0, -1, false)) .. vim.inspect(vim.diagnostic.get(0)) .. "\n")
  vim.cmd("cquit 1")
end

local function wait(what, holds)
  if not vim.wait(120000, holds, 10) then
    fail("timeout: " .. what)
  end
end

local function codes()
  local out = {}
  for _, d in ipairs(vim.diagnostic.get(0)) do
    table.insert(out, d.user_data.lsp.code)
  end
  table.sort(out)
  return table.concat(out, " ")
end

local function session()
  vim.cmd("edit a\\ b.nix")
  local exit_code
  local id = vim.lsp.start_client({
    cmd = vim.split(vim.env.NIXSIFT_LSP, "\n"),
    root_dir = vim.fn.getcwd(),
    on_exit = function(code) exit_code = code end,
  })
  vim.lsp.buf_attach_client(0, id)

  wait("diagnostics of the file", function() return codes() == "attrpath-extra-dot missing-path" end)
  local found = {}
  for _, d in ipairs(vim.diagnostic.get(0)) do
    found[d.user_data.lsp.code] = d
  end
  -- Neovim has bytes where the server has UTF-16: the emoji before must not shift it.
  local missing = found["missing-path"]
  local text = vim.api.nvim_buf_get_lines(0, missing.lnum, missing.lnum + 1, false)[1]
  if text:sub(missing.col + 1, missing.end_col) ~= "./not-there.nix" then
    fail("the finding is not at the path: " .. vim.inspect(missing))
  end

  found = found["attrpath-extra-dot"]
  local params = {
    textDocument = vim.lsp.util.make_text_document_params(0),
    range = { start = { line = found.lnum, character = 0 }, ["end"] = { line = found.lnum, character = 99 } },
    context = { diagnostics = {} },
  }
  local replies = vim.lsp.buf_request_sync(0, "textDocument/codeAction", params, 10000)
  local action
  for _, a in ipairs(replies[id].result) do
    if not action and a.kind == "quickfix" and a.diagnostics[1].code == "attrpath-extra-dot" then
      action = a
    end
  end
  if not action then
    fail("there is no fix: " .. vim.inspect(replies))
  end
  vim.lsp.util.apply_workspace_edit(action.edit, "utf-16")
  text = vim.api.nvim_buf_get_lines(0, found.lnum, found.lnum + 1, false)[1]
  if text ~= '  s = "😀"; a = 1; p = import ./not-there.nix;' then
    fail("the fix went wrong: " .. text)
  end
  wait("one finding less", function() return codes() == "missing-path" end)

  -- Typing: many small edits, of several lines and with characters of all sizes.
  for i = 1, 50 do
    vim.api.nvim_buf_set_text(0, 0, 0, 0, 0, { "# é😀" .. i, "" })
    vim.api.nvim_buf_set_lines(0, -2, -2, false, { "  x" .. i .. ". = 2;" })
  end
  wait("fifty findings more", function() return #vim.diagnostic.get(0) == 51 end)
  vim.cmd("silent undo 1 | silent write")
  vim.api.nvim_buf_set_lines(0, 0, -1, false, { "{ }" })
  wait("no findings", function() return #vim.diagnostic.get(0) == 0 end)

  vim.lsp.stop_client(id)
  wait("the end of the server", function() return exit_code ~= nil end)
  if exit_code ~= 0 then
    fail("the server ended with " .. exit_code)
  end
  vim.cmd("qall!")
end

local ok, err = pcall(session)
if not ok then
  fail(tostring(err))
end
