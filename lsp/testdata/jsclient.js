// A session of Microsoft's client with a server: node jsclient.js MODULES SERVER [ARGUMENT ...], in a folder with the file "a b.nix".
"use strict";
const assert = require("node:assert");
const { spawn } = require("node:child_process");
const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { join } = require("node:path");
const { pathToFileURL } = require("node:url");

const [modules, command, ...args] = process.argv.slice(2);
const lsp = createRequire(join(modules, "x.js"))("vscode-languageserver-protocol/node");

async function main() {
  const server = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise((resolve) => server.on("exit", resolve));
  const connection = lsp.createProtocolConnection(new lsp.StreamMessageReader(server.stdout), new lsp.StreamMessageWriter(server.stdin));
  const waiting = [];
  const published = [];
  connection.onNotification(lsp.PublishDiagnosticsNotification.type, (p) => {
    published.push(p);
    for (const look of waiting) look();
  });
  const diagnosed = (version, code) => new Promise((resolve) => {
    const look = () => {
      const found = published.find((p) => p.version === version && p.diagnostics.some((d) => d.code === code));
      if (found) resolve(found.diagnostics.find((d) => d.code === code));
    };
    waiting.push(look);
    look();
  });
  const registered = new Promise((resolve) => connection.onRequest(lsp.RegistrationRequest.type, (p) => resolve(p.registrations)));
  connection.listen();

  const uri = pathToFileURL(join(process.cwd(), "a b.nix")).toString();
  let text = readFileSync("a b.nix", "utf8");
  const root = pathToFileURL(process.cwd()).toString();
  const { capabilities } = await connection.sendRequest(lsp.InitializeRequest.type, {
    processId: process.pid, rootUri: root, workspaceFolders: [{ uri: root, name: "test" }],
    capabilities: {
      workspace: { workspaceEdit: { documentChanges: true }, didChangeWatchedFiles: { dynamicRegistration: true }, workspaceFolders: true },
      textDocument: {
        publishDiagnostics: { relatedInformation: true, versionSupport: true, codeDescriptionSupport: true, dataSupport: true },
        codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ["quickfix", "source.fixAll"] } }, isPreferredSupport: true },
        hover: { contentFormat: ["markdown", "plaintext"] },
        documentSymbol: { hierarchicalDocumentSymbolSupport: true },
      },
    },
  });
  assert.equal(capabilities.textDocumentSync.change, lsp.TextDocumentSyncKind.Incremental);
  await connection.sendNotification(lsp.InitializedNotification.type, {});
  assert.equal((await registered)[0].method, "workspace/didChangeWatchedFiles");

  await connection.sendNotification(lsp.DidOpenTextDocumentNotification.type, { textDocument: { uri, languageId: "nix", version: 1, text } });
  const textDocument = { uri };
  const dot = await diagnosed(1, "attrpath-extra-dot");
  const actions = await connection.sendRequest(lsp.CodeActionRequest.type, { textDocument, range: dot.range, context: { diagnostics: [dot], only: ["quickfix"] } });
  assert(actions.some((a) => a.isPreferred && a.edit), JSON.stringify(actions));

  const at = lsp.Position.create(1, 2);
  await connection.sendNotification(lsp.DidChangeTextDocumentNotification.type, {
    textDocument: { uri, version: 2 }, contentChanges: [{ range: lsp.Range.create(at, at), text: "x = 1; y = x; " }],
  });
  for (const type of [lsp.HoverRequest.type, lsp.DefinitionRequest.type, lsp.CompletionRequest.type, lsp.DocumentHighlightRequest.type]) {
    await connection.sendRequest(type, { textDocument, position: at });
  }
  const symbols = await connection.sendRequest(lsp.DocumentSymbolRequest.type, { textDocument });
  assert(symbols.some((s) => s.name === "y"), JSON.stringify(symbols));
  await connection.sendRequest(lsp.SemanticTokensRequest.type, { textDocument });
  await connection.sendRequest(lsp.FoldingRangeRequest.type, { textDocument });
  await connection.sendRequest(lsp.SelectionRangeRequest.type, { textDocument, positions: [at] });

  const source = new lsp.CancellationTokenSource();
  const cancelled = connection.sendRequest(lsp.WorkspaceSymbolRequest.type, { query: "y" }, source.token);
  source.cancel();
  await cancelled.catch((e) => assert.equal(e.code, lsp.LSPErrorCodes.RequestCancelled));
  await assert.rejects(connection.sendRequest("test/unknown", {}), (e) => e.code === lsp.ErrorCodes.MethodNotFound);

  await connection.sendNotification(lsp.DidCloseTextDocumentNotification.type, { textDocument });
  await connection.sendRequest(lsp.ShutdownRequest.type);
  await connection.sendNotification(lsp.ExitNotification.type);
  assert.equal(await ended, 0);
}

main().then(() => process.exit(0), (e) => {
  console.error(e);
  process.exit(1);
});
