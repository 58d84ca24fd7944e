import { commands, window, workspace, type ExtensionContext } from 'vscode';
import { LanguageClient, type LanguageClientOptions, type ServerOptions } from 'vscode-languageclient/node';

let client: LanguageClient | undefined;

/** Starts the server and offers its restart, as VS Code asks when the first Nix file opens. */
export async function activate(context: ExtensionContext): Promise<void> {
  context.subscriptions.push(
    workspace.onDidGrantWorkspaceTrust(restart),
    commands.registerCommand('nixsift.restart', restart),
    workspace.onDidChangeConfiguration(async (change) => {
      if (change.affectsConfiguration('nixsift.path') || change.affectsConfiguration('nixsift.arguments')) {
        await restart();
      }
    }),
  );
  await start();
}

/** Ends the server. */
export async function deactivate(): Promise<void> {
  const running = client;
  client = undefined;
  await running?.stop();
}

async function restart(): Promise<void> {
  await deactivate();
  await start();
}

async function start(): Promise<void> {
  const settings = workspace.getConfiguration('nixsift');
  const command = settings.get<string>('path', 'nixsift');
  const server: ServerOptions = { command, args: ['lsp', ...settings.get<string[]>('arguments', [])] };
  const options: LanguageClientOptions = {
    documentSelector: [
      { scheme: 'file', language: 'nix' },
      { scheme: 'untitled', language: 'nix' },
      { scheme: 'file', pattern: '**/flake.lock' },
      { scheme: 'file', pattern: '**/.github/workflows/*.{yml,yaml}' },
      { scheme: 'file', pattern: '**/{.gitlab-ci.yml,.travis.yml,.cirrus.yml,azure-pipelines.yml,Jenkinsfile}' },
      { scheme: 'file', pattern: '**/{.forgejo/workflows,.gitea/workflows,.woodpecker,.circleci,.buildkite}/*.{yml,yaml}' },
      { scheme: 'file', language: 'shellscript' },
    ],
    initializationOptions: { workspaceTrusted: workspace.isTrusted },
    synchronize: { configurationSection: 'nixsift' },
  };
  const starting = new LanguageClient('nixsift', 'nixsift', server, options);
  client = starting;
  try {
    await starting.start();
  } catch (err) {
    client = undefined;
    const reason = err instanceof Error ? err.message : String(err);
    void window.showErrorMessage(`nixsift: "${command}" does not start: ${reason}. Install nixsift, or name the program in the setting nixsift.path.`);
  }
}
