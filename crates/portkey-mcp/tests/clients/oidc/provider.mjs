// A certified OpenID provider on a free port of this machine, and what a test needs besides:
//   POST /test/token   {client, scope, resource}   a token as a client gets it
//   POST /test/sign    {claims, header, key}       a token that no provider would make; key: own, foreign or shared
//   POST /test/rotate                              new signing keys, as after a leak
// Argument: the folder that holds `oidc-provider`.
import { createServer } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const modules = process.argv[2];
const load = (path) => import(pathToFileURL(join(modules, path)).href);
const { default: Provider } = await load('oidc-provider/lib/index.js');
const jose = await load('jose/dist/webapi/index.js');

// What the directory knows of each client: these stand for people and teams.
const directory = {
  alice: { email: 'alice@example.com', realm_access: { roles: ['platform', 'staff'] } },
  bob: { email: 'bob@example.com', realm_access: { roles: ['staff'] } },
  mallory: { email: 'mallory@example.com' },
};
const scopes = 'portkey:use portkey:write portkey:admin';

let keys;
let handle;
let issuer;

async function rotate(algorithms) {
  const made = await Promise.all(algorithms.map(async (alg) => {
    const { privateKey } = await jose.generateKeyPair(alg, { extractable: true });
    const key = await jose.exportJWK(privateKey);
    return { ...key, alg, use: 'sig', kid: crypto.randomUUID() };
  }));
  keys = made;
  handle = provider().callback();
}

function provider() {
  const clients = Object.keys(directory).map((client_id) => ({
    client_id,
    client_secret: client_id,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    id_token_signed_response_alg: keys[0].alg,
    response_types: [],
    scope: scopes,
  }));
  const oidc = new Provider(issuer, {
    clients,
    jwks: { keys },
    enabledJWA: { idTokenSigningAlgValues: ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'] },
    scopes: scopes.split(' '),
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context, resource) => ({
          scope: scopes,
          audience: resource,
          accessTokenFormat: 'jwt',
          accessTokenTTL: 600,
          jwt: { sign: { alg: keys[0].alg } },
        }),
      },
    },
    extraTokenClaims: (_context, token) => directory[token.clientId],
  });
  oidc.on('server_error', (_context, error) => console.error(error));
  return oidc;
}

const tests = {
  async token({ client, scope, resource }) {
    const answer = await fetch(`${issuer}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${client}:${client}`)}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope, resource }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
    return JSON.parse(text).access_token;
  },
  async sign({ claims, header, key }) {
    const own = keys[0];
    const now = Math.floor(Date.now() / 1000);
    const times = Object.fromEntries(
      ['exp', 'nbf'].filter((name) => name in claims).map((name) => [name, now + claims[name]]),
    );
    const full = { iss: issuer, sub: 'alice', scope: scopes, ...claims, ...times };
    const protectedHeader = { alg: own.alg, kid: own.kid, ...header };
    const encode = (value) => jose.base64url.encode(JSON.stringify(value));
    if (key === 'none') return `${encode({ ...protectedHeader, alg: 'none' })}.${encode(full)}.`;
    const sign = new jose.SignJWT(full);
    if (key === 'shared') {
      // The public key as if it were a secret that both sides know.
      const secret = new TextEncoder().encode(own.n);
      return sign.setProtectedHeader({ ...protectedHeader, alg: 'HS256' }).sign(secret);
    }
    const { privateKey } = key === 'foreign'
      ? await jose.generateKeyPair(own.alg)
      : { privateKey: await jose.importJWK(own, own.alg) };
    return sign.setProtectedHeader(protectedHeader).sign(privateKey);
  },
  async rotate({ algorithm }) {
    await rotate([algorithm]);
    return 'done';
  },
};

const server = createServer(async (request, response) => {
  const test = request.url.startsWith('/test/') && tests[request.url.slice('/test/'.length)];
  if (!test) return handle(request, response);
  let body = '';
  for await (const chunk of request) body += chunk;
  try {
    response.end(await test(JSON.parse(body)));
  } catch (error) {
    response.writeHead(500).end(String(error.stack));
  }
});
server.listen(0, '127.0.0.1', async () => {
  issuer = `http://127.0.0.1:${server.address().port}`;
  await rotate(['RS256']);
  console.log(issuer);
});
