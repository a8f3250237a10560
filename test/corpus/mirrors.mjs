// Which Debian mirror and keyring this machine uses.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Debian's own addresses, for systems whose apt names no Debian archive. */
const PUBLIC = { main: 'http://ftp.debian.org/debian', security: 'http://security.debian.org/debian-security' };

/** The archive addresses that the system's apt uses for Debian and for its security updates, else the public ones. */
export function debianMirrors(folder = '/etc/apt') {
  const uris = sourceFiles(folder).flatMap(urisOf);
  const security = uris.find((uri) => /\/debian-security\/?$/.test(uri));
  const main = uris.find((uri) => /\/debian\/?$/.test(uri));
  if (main) return { main, security: security ?? main.replace(/\/debian\/?$/, '/debian-security') };
  return PUBLIC;
}

/** Debian's archive keyring, or null where its package is not installed. */
export function archiveKeyring(folder = '/usr/share/keyrings') {
  const names = ['debian-archive-keyring.pgp', 'debian-archive-keyring.gpg'];
  return names.map((name) => path.join(folder, name)).find((file) => existsSync(file)) ?? null;
}

function sourceFiles(folder) {
  const parts = path.join(folder, 'sources.list.d');
  const names = existsSync(parts) ? readdirSync(parts).filter((name) => /\.(list|sources)$/.test(name)) : [];
  return [path.join(folder, 'sources.list'), ...names.map((name) => path.join(parts, name))].filter((file) =>
    existsSync(file),
  );
}

function urisOf(file) {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => !line.trim().startsWith('#'));
  if (file.endsWith('.sources'))
    return lines.flatMap((line) => /^URIs:\s*(.+)$/.exec(line)?.[1].trim().split(/\s+/) ?? []);
  return lines.flatMap((line) => /^\s*deb(?:-src)?\s+(?:\[[^\]]*\]\s*)?(\S+)/.exec(line)?.[1] ?? []);
}
