import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** True where gcc makes code for the processors whose kernel headers are fetched. */
export const compilesForKernel =
  process.arch === 'x64' && spawnSync('gcc', ['--version'], { stdio: 'ignore' }).status === 0;

/** What Kbuild gives gcc for a module on x86-64, as far as headers depend on it. */
const flags = [
  ['-nostdinc', '-std=gnu11', '-O2', '-m64', '-mcmodel=kernel', '-mno-red-zone', '-mno-sse', '-mno-80387'],
  ['-fms-extensions', '-fshort-wchar', '-funsigned-char', '-fno-common', '-fno-PIE', '-fno-strict-aliasing'],
  ['-fno-delete-null-pointer-checks', '-fcf-protection=branch', '-pg', '-mfentry', '-DCC_USING_FENTRY'],
  ['-D__KERNEL__', '-DMODULE', '-DKBUILD_MODNAME="demo"', '-DKBUILD_BASENAME="demo"', '-D__KBUILD_MODNAME=demo'],
  ['-Wall', '-Wmissing-prototypes', '-Wno-pointer-sign', '-Wno-address-of-packed-member', '-Wno-frame-address'],
].flat();

/** Included before everything else, in this order. */
const firstHeaders = ['compiler-version.h', 'kconfig.h', 'compiler_types.h'];

/**
 * What gcc has to say about a C file as part of a module for a kernel; empty when it compiles without a warning. `headers` is a
 * folder of kernelHeaders(); `folders` are searched for headers of the driver's own; `options` are further ones of gcc.
 */
export function compileForKernel(
  headers: string,
  file: string,
  folders: readonly string[],
  options: readonly string[] = [],
): string {
  const places = ['arch/x86/include', 'arch/x86/include/generated', 'include', 'arch/x86/include/uapi'];
  places.push('arch/x86/include/generated/uapi', 'include/uapi', 'include/generated/uapi');
  const included = places
    .flatMap((place) => ['common', 'amd64'].map((part) => join(headers, part, place)))
    .filter((folder) => existsSync(folder));
  const first = firstHeaders.flatMap((name) => ['-include', join(headers, 'common/include/linux', name)]);
  const search = [...included, ...folders].map((folder) => `-I${folder}`);
  const args = [...flags, ...search, ...first, ...options, '-S', '-o', '/dev/null', file];
  return spawnSync('gcc', args, { encoding: 'utf8' }).stderr;
}
