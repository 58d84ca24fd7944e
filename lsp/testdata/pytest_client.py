"""A session of pytest-lsp, with what the editor NIXSIFT_CLIENT says that it can, with the server NIXSIFT_LSP (an argument a line), in
the folder NIXSIFT_FOLDER, which has the file "a b.nix"."""

import asyncio
import os
import pathlib

import pytest
import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

HERE = pathlib.Path(os.environ["NIXSIFT_FOLDER"])


@pytest_lsp.fixture(
    config=ClientServerConfig(server_command=os.environ["NIXSIFT_LSP"].split("\n")),
)
async def client(lsp_client: LanguageClient):
    @lsp_client.feature(types.CLIENT_REGISTER_CAPABILITY)
    def register(_: types.RegistrationParams):
        return None

    root = HERE.as_uri()
    await lsp_client.initialize_session(
        types.InitializeParams(
            capabilities=client_capabilities(os.environ["NIXSIFT_CLIENT"]),
            root_uri=root,
            workspace_folders=[types.WorkspaceFolder(uri=root, name="test")],
        )
    )
    yield
    await lsp_client.shutdown_session()


@pytest.mark.asyncio
async def test_session(client: LanguageClient):
    path = HERE / "a b.nix"
    document = types.TextDocumentIdentifier(uri=path.as_uri())
    client.text_document_did_open(
        types.DidOpenTextDocumentParams(
            types.TextDocumentItem(uri=document.uri, language_id="nix", version=1, text=path.read_text("utf-8"))
        )
    )
    if client.capabilities.text_document.diagnostic:
        report = await client.text_document_diagnostic_async(types.DocumentDiagnosticParams(document))
        found = report.items
    else:
        found = []
        while not found:
            await asyncio.wait_for(client.wait_for_notification("textDocument/publishDiagnostics"), 60)
            found = client.diagnostics.get(document.uri, [])
    dots = [d for d in found if d.code == "attrpath-extra-dot"]
    assert len(dots) == 1
    actions = await client.text_document_code_action_async(
        types.CodeActionParams(document, dots[0].range, types.CodeActionContext(diagnostics=dots))
    )
    assert any(a.kind == types.CodeActionKind.QuickFix and a.edit for a in actions)
    at = types.Position(1, 2)
    await client.text_document_hover_async(types.HoverParams(document, at))
    await client.text_document_completion_async(types.CompletionParams(document, at))
    await client.text_document_definition_async(types.DefinitionParams(document, at))
    symbols = await client.text_document_document_symbol_async(types.DocumentSymbolParams(document))
    assert any(s.name == "s" for s in symbols)
    client.text_document_did_close(types.DidCloseTextDocumentParams(document))
