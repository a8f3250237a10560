import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What gcc's program for a function printed: the trace of each call, then its result. */
export interface Expected {
  readonly result: bigint;
  readonly trace: readonly bigint[];
}

const PRELUDE = `#include <stdio.h>
typedef unsigned char u8; typedef unsigned short u16; typedef unsigned int u32; typedef unsigned long long u64;
typedef signed char s8; typedef short s16; typedef int s32; typedef long long s64;
#define likely(x) (!!(x))
#define unlikely(x) (!!(x))
#define ENABLED__(x) ENABLED_##x
#define IS_ENABLED(x) ENABLED__(x)
#define ENABLED_1 1
#define ENABLED_CONFIG_A 0
#define ENABLED_CONFIG_B 0
static long long trace(long long x) { printf("t %lld\\n", x); return x; }
`;

/** Compiles `text` and calls each function `long name(int, int)` with each pair of arguments. */
export function runWithGcc(
  text: string,
  calls: readonly { name: string; args: readonly [number, number] }[],
  flags: readonly string[] = [],
): Expected[] {
  const folder = mkdtempSync(join(tmpdir(), 'vfio-arcs-c-'));
  try {
    const main = calls
      .map(({ name, args }) => `printf("r %lld\\n", (long long)${name}(${args[0]}, ${args[1]}));`)
      .join('\n');
    writeFileSync(join(folder, 'a.c'), `${PRELUDE}${text}\nint main(void) {\n${main}\nreturn 0;\n}\n`);
    const options = [
      '-w',
      '-O0',
      '-std=gnu11',
      '-fwrapv',
      '-fno-builtin',
      ...flags,
      '-o',
      join(folder, 'a'),
      join(folder, 'a.c'),
    ];
    execFileSync('gcc', options, { stdio: ['ignore', 'ignore', 'pipe'] });
    const output = execFileSync(join(folder, 'a'), { encoding: 'utf8', maxBuffer: 1 << 28 });
    const results: Expected[] = [];
    let trace: bigint[] = [];
    for (const line of output.split('\n')) {
      if (line.startsWith('t ')) trace.push(BigInt(line.slice(2)));
      if (!line.startsWith('r ')) continue;
      results.push({ result: BigInt(line.slice(2)), trace });
      trace = [];
    }
    return results;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The text after gcc's preprocessor, as tokens. */
export function preprocessWithGcc(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'vfio-arcs-c-'));
  try {
    writeFileSync(join(folder, 'a.c'), text);
    execFileSync('gcc', ['-E', '-P', '-o', join(folder, 'a.i'), join(folder, 'a.c')]);
    return readFileSync(join(folder, 'a.i'), 'utf8');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
