// The official TypeScript client finds the identity provider by itself, gets a token, and a better one when a tool needs
// it. Arguments: the folder of modules, the endpoint, the issuer.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [modules, endpoint, issuer] = process.argv.slice(2);
const { Client, ClientCredentialsProvider, StreamableHTTPClientTransport } = await import(
  pathToFileURL(join(modules, '@modelcontextprotocol/client/dist/index.mjs')).href
);

const authProvider = new ClientCredentialsProvider({
  clientId: 'alice',
  clientSecret: 'alice',
  expectedIssuer: issuer,
});
const scopes = () => authProvider.tokens().scope.split(' ').sort().join(' ');
const client = new Client({ name: 'story', version: '1' });
await client.connect(new StreamableHTTPClientTransport(new URL(endpoint), { authProvider }));
const { tools } = await client.listTools();
console.log(tools.length > 0 ? 'listed' : 'nothing listed', 'with', scopes());
for (const name of ['list_workspaces', 'list_all_users']) {
  const { isError } = await client.callTool({ name, arguments: {} });
  console.log(name, isError ? 'failed' : 'answered', 'with', scopes());
}
await client.close();
