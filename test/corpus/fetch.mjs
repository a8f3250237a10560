// `npm run corpus`: Debian's kernel source packages, the parts that VFIO drivers need, into .cache/corpus/linux-N.M.
// Needs apt but no root, and never touches the system's apt: own lists, own cache, own sources. Packages are verified by
// apt with Debian's archive keyring. A second run finds everything there and does nothing.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { archiveKeyring, debianMirrors } from './mirrors.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const corpusFolder = path.join(root, '.cache', 'corpus');
const aptFolder = path.join(root, '.cache', 'apt');
/** What was fetched: [{ series, path, package, version }], oldest first. Read by test/support/corpus.ts. */
const indexFile = path.join(corpusFolder, 'trees.json');

const FIXED_SERIES = ['6.1', '6.12'];
/** Of the packages with a kernel's own headers: what every driver can use, and what its configuration generated. */
const HEADER_PACKAGES = ['common', 'amd64'];
const PARTS = ['Makefile', 'drivers/vfio', 'samples/vfio-mdev', 'include/uapi/linux/vfio.h', 'include/linux/vfio*.h'];
/** What checkpatch.pl needs of its tree. */
const CHECKPATCH_PARTS = ['checkpatch.pl', 'spelling.txt', 'const_structs.checkpatch'].map((name) => `scripts/${name}`);

const USAGE = `usage: npm run corpus [-- --whole] [-- --headers] [-- --checkpatch] [-- --refresh]

  --headers     also fetch each kernel's own headers (40 MB), to compile drivers with
  --checkpatch  also unpack each kernel's checkpatch.pl
  --whole       also unpack the whole newest tree (1.5 GB), to check a whole kernel
  --refresh     ask Debian for newer packages even when all trees are there

Kernel trees of your own are used instead when VFIO_ARCS_KERNEL_TREES names them (path[:path...]).`;

class Unavailable extends Error {}

async function main() {
  const { values } = parseArgs({
    options: {
      whole: { type: 'boolean' },
      headers: { type: 'boolean' },
      checkpatch: { type: 'boolean' },
      refresh: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return console.log(USAGE);
  const own = process.env.VFIO_ARCS_KERNEL_TREES;
  if (own) return console.log(`corpus: using VFIO_ARCS_KERNEL_TREES=${own}; nothing to fetch`);

  let trees = values.refresh ? null : readIndex();
  if (trees === null) trees = await fetchTrees();
  for (const tree of trees)
    console.log(`corpus: linux ${tree.series} (${tree.package} ${tree.version}) in ${relative(tree.path)}`);
  if (values.headers) await fetchHeaders(trees, values.refresh ?? false);
  if (values.checkpatch) await unpackCheckpatch(trees, values.refresh ?? false);
  if (values.whole) await unpackWhole(trees[trees.length - 1]);
}

function readIndex() {
  if (!existsSync(indexFile)) return null;
  const trees = JSON.parse(readFileSync(indexFile, 'utf8')).map((tree) => ({
    ...tree,
    path: path.join(corpusFolder, tree.path),
  }));
  return trees.every((tree) => existsSync(path.join(tree.path, 'drivers/vfio'))) ? trees : null;
}

async function fetchTrees() {
  const apt = prepareApt();
  await step('reading the package lists of Debian 12, trixie-backports and sid', () =>
    run('apt-get', [...apt, 'update']),
  );
  const names = await run('apt-cache', [...apt, 'pkgnames', 'linux-source-']);
  const newest = names
    .split('\n')
    .flatMap((name) => /^linux-source-(\d+\.\d+)$/.exec(name.trim())?.[1] ?? [])
    .sort(bySeries)
    .at(-1);
  if (!newest) throw new Unavailable('The package lists name no linux-source package.');

  const trees = [];
  for (const series of [...new Set([...FIXED_SERIES, newest])].sort(bySeries)) trees.push(await fetchTree(apt, series));
  const index = trees.map((tree) => ({ ...tree, path: path.relative(corpusFolder, tree.path) }));
  writeFileSync(`${indexFile}.part`, `${JSON.stringify(index, null, 2)}\n`);
  renameSync(`${indexFile}.part`, indexFile);
  return trees;
}

async function fetchTree(apt, series) {
  const name = `linux-source-${series}`;
  const shown = await run('apt-cache', [...apt, 'show', '--no-all-versions', name]);
  const version = /^Version: (.+)$/m.exec(shown)?.[1] ?? 'unknown';
  const file = path.join(aptFolder, 'packages', `${name}_${version.replaceAll(':', '%3a')}_all.deb`);
  const size = Math.round(Number(/^Size: (\d+)$/m.exec(shown)?.[1] ?? 0) / 1e6);
  if (!existsSync(file)) {
    await step(`downloading ${name} ${version} (${size} MB)`, () =>
      run('apt-get', [...apt, 'download', name], { cwd: path.join(aptFolder, 'packages') }),
    );
  }
  const tree = {
    series,
    path: path.join(corpusFolder, `linux-${series}`),
    package: name,
    version,
    deb: path.basename(file),
  };
  await step(`unpacking the VFIO parts of ${name}`, () => unpack(file, tree.path, name, PARTS));
  return tree;
}

/** Each series' newest headers, into .cache/corpus/headers-N.M/{common,amd64}. */
async function fetchHeaders(trees, refresh) {
  const folderOf = ({ series }) => path.join(corpusFolder, `headers-${series}`);
  const lacking = trees.filter((tree) => refresh || !existsSync(folderOf(tree)));
  const apt = lacking.length > 0 ? prepareApt() : [];
  for (const { series } of lacking) {
    const names = (await run('apt-cache', [...apt, 'pkgnames', `linux-headers-${series}.`])).split('\n');
    const release = names
      .flatMap((name) => /^linux-headers-(\d+\.\d+\.[\w.+]+(?:-\d+)?)-common$/.exec(name.trim())?.[1] ?? [])
      .filter((each) => HEADER_PACKAGES.every((part) => names.includes(`linux-headers-${each}-${part}`)))
      .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
      .at(-1);
    if (!release) throw new Unavailable(`The package lists name no headers of Linux ${series}.`);
    const folder = folderOf({ series });
    rmSync(`${folder}.part`, { recursive: true, force: true });
    for (const part of HEADER_PACKAGES)
      await fetchHeaderPackage(apt, `linux-headers-${release}-${part}`, `${folder}.part/${part}`);
    rmSync(folder, { recursive: true, force: true });
    renameSync(`${folder}.part`, folder);
  }
}

async function fetchHeaderPackage(apt, name, target) {
  const packages = path.join(aptFolder, 'packages', name);
  rmSync(packages, { recursive: true, force: true });
  mkdirSync(packages, { recursive: true });
  mkdirSync(target, { recursive: true });
  await step(`downloading ${name}`, () => run('apt-get', [...apt, 'download', name], { cwd: packages }));
  const [file] = readdirSync(packages);
  const select = ['include', 'arch/x86/include'].map((part) => `./usr/src/${name}/${part}`);
  await pipeline([
    ['dpkg-deb', '--fsys-tarfile', path.join(packages, file)],
    ['tar', '-x', '--no-same-owner', '--strip-components=4', '-C', target, ...select],
  ]);
  rmSync(packages, { recursive: true });
}

/** Into .cache/corpus/checkpatch-N.M/scripts. */
async function unpackCheckpatch(trees, refresh) {
  for (const tree of trees) {
    const folder = path.join(corpusFolder, `checkpatch-${tree.series}`);
    if (existsSync(folder) && !refresh) continue;
    const file = packageOf(tree, '--checkpatch');
    await step(`unpacking checkpatch.pl of ${tree.package}`, () =>
      unpack(file, folder, tree.package, CHECKPATCH_PARTS),
    );
  }
}

async function unpackWhole(tree) {
  const whole = path.join(corpusFolder, `linux-${tree.series}-whole`);
  if (!existsSync(path.join(whole, 'Makefile'))) {
    const file = packageOf(tree, '--whole');
    await step(`unpacking all of ${tree.package}`, () => unpack(file, whole, tree.package, null));
  }
  console.log(`corpus: the whole linux ${tree.series} in ${relative(whole)}`);
}

function packageOf(tree, option) {
  const file = path.join(aptFolder, 'packages', tree.deb);
  if (!existsSync(file)) throw new Unavailable(`${relative(file)} is gone. Run npm run corpus -- --refresh ${option}.`);
  return file;
}

/** Unpacks into a folder beside the target and moves it there when complete: what is there is always whole. */
async function unpack(deb, target, name, parts) {
  const part = `${target}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { recursive: true });
  const select = parts ? ['--wildcards', '--no-wildcards-match-slash', ...parts.map((file) => `${name}/${file}`)] : [];
  await pipeline([
    ['dpkg-deb', '--fsys-tarfile', deb],
    ['tar', '-xO', '--wildcards', `./usr/src/${name}.tar.*`],
    ['xz', '-dc', '-T0'],
    ['tar', '-x', '--no-same-owner', '--strip-components=1', '-C', part, ...select],
  ]);
  rmSync(target, { recursive: true, force: true });
  renameSync(part, target);
}

/** apt's options for lists, cache and sources of our own in .cache/apt; the system's proxy settings stay in force. */
function prepareApt() {
  for (const tool of ['apt-get', 'apt-cache', 'dpkg-deb', 'xz', 'tar']) {
    if (spawnSync(tool, ['--version'], { stdio: 'ignore' }).error)
      throw new Unavailable(`There is no ${tool} here; it comes with Debian.`);
  }
  const keyring = archiveKeyring();
  if (!keyring)
    throw new Unavailable('No Debian archive keyring in /usr/share/keyrings (package debian-archive-keyring).');
  for (const folder of ['lists/partial', 'cache/archives/partial', 'sources', 'packages']) {
    mkdirSync(path.join(aptFolder, folder), { recursive: true });
  }
  const { main, security } = debianMirrors();
  const source = (uri, suites) =>
    `Types: deb\nURIs: ${uri}\nSuites: ${suites}\nComponents: main\nTargets: Packages\nSigned-By: ${keyring}\n`;
  writeFileSync(
    path.join(aptFolder, 'sources', 'debian.sources'),
    [source(main, 'bookworm trixie-backports sid'), source(security, 'bookworm-security')].join('\n'),
  );
  writeFileSync(path.join(aptFolder, 'status'), '');
  const config = path.join(aptFolder, 'apt.conf');
  writeFileSync(
    config,
    [
      // The system's hooks would run its own tools after our update.
      '#clear APT::Update;',
      '#clear DPkg;',
      `Dir::State "${aptFolder}";`,
      `Dir::State::lists "${aptFolder}/lists";`,
      `Dir::State::status "${aptFolder}/status";`,
      `Dir::Cache "${aptFolder}/cache";`,
      'Dir::Cache::pkgcache "";',
      'Dir::Cache::srcpkgcache "";',
      'Dir::Etc::sourcelist "/dev/null";',
      `Dir::Etc::sourceparts "${aptFolder}/sources";`,
      'Dir::Etc::preferences "/dev/null";',
      'Dir::Etc::preferencesparts "/dev/null";',
      'APT::Architecture "amd64";',
      'APT::Architectures { "amd64"; };',
      'Acquire::Languages "none";',
      // Without this apt, run as root, reads as the user _apt, who may not enter the checkout.
      ...(process.getuid?.() === 0 ? ['APT::Sandbox::User "root";'] : []),
      'Acquire::Retries "3";',
      'Acquire::http::Timeout "30";',
      '',
    ].join('\n'),
  );
  return ['-q', '-c', config];
}

async function step(what, work) {
  const start = Date.now();
  process.stdout.write(`corpus: ${what} … `);
  try {
    const result = await work();
    console.log(`${((Date.now() - start) / 1000).toFixed(1)} s`);
    return result;
  } catch (error) {
    console.log('failed');
    throw error;
  }
}

/** Runs a program and resolves to its output. Rejects with what it said when it fails. */
function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = [];
    const errors = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => errors.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      const said = Buffer.concat(errors).toString().trim();
      // apt-get update answers 0 when a list could not be had and says so with "W: Failed to fetch".
      if (code === 0 && !/^[EW]: (Failed|Some index)/m.test(said)) resolve(Buffer.concat(output).toString());
      else reject(new Unavailable(`${command} failed:\n${said || `exit code ${code}`}`));
    });
  });
}

/** Runs programs with each one's output as the next one's input. Rejects when any of them fails. */
async function pipeline(commands) {
  const ends = [];
  let previous = null;
  for (const [index, [command, ...args]] of commands.entries()) {
    const last = index === commands.length - 1;
    const child = spawn(command, args, { stdio: [previous?.stdout ?? 'ignore', last ? 'inherit' : 'pipe', 'inherit'] });
    // The child holds its own copy; ours would keep the pipe open after the reader is gone.
    previous?.stdout.destroy();
    ends.push(
      new Promise((resolve, reject) => {
        child.on('error', reject);
        child.on('exit', (code) =>
          code === 0 ? resolve() : reject(new Unavailable(`${command} failed with exit code ${code}`)),
        );
      }),
    );
    previous = child;
  }
  await Promise.all(ends);
}

function bySeries(a, b) {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA - majorB || minorA - minorB;
}

function relative(file) {
  return path.relative(process.cwd(), file) || '.';
}

try {
  await main();
} catch (error) {
  if (!(error instanceof Unavailable)) throw error;
  console.error(`\nnpm run corpus: ${error.message}
Without the kernel sources the tests on real drivers (truth and mutation) can not run. Point VFIO_ARCS_KERNEL_TREES at
kernel trees that you have (path[:path...]) to run them on those.`);
  process.exitCode = 1;
}
