import assert from 'node:assert/strict';
import fc from 'fast-check';
import { printIR, validate } from '../../server/src/c';
import { seedFrom } from '../support/seed';
import { functionOf, moduleOf } from './support/frontend';
import { runWithGcc } from './support/gcc';
import { randomFunction, SHARED } from './support/generator';
import { run } from './support/interpreter';

const TYPES = `typedef unsigned char u8; typedef unsigned short u16; typedef unsigned int u32; typedef unsigned long long u64;
typedef signed char s8; typedef short s16; typedef int s32; typedef long long s64;
`;
const ARGUMENTS: readonly (readonly [number, number])[] = [
  [0, 0],
  [1, 5],
  [-7, 3],
  [255, -2],
  [1000003, 77],
];
const CONFIGURATIONS = [[], ['CONFIG_A'], ['CONFIG_A', 'CONFIG_B']] as const;
const FUNCTIONS = 120;

describe('lowering against gcc', function () {
  this.timeout(60_000);

  it(`random functions do what gcc makes of them (${FUNCTIONS} functions, ${ARGUMENTS.length} calls in ${CONFIGURATIONS.length} configurations each)`, async () => {
    const seed = seedFrom('FC_SEED');
    const seeds = fc.sample(fc.integer(), { numRuns: FUNCTIONS, seed });
    const texts = seeds.map((each, index) => randomFunction(`f${index}`, each));
    const calls = texts.flatMap((_, index) => ARGUMENTS.map((args) => ({ name: `f${index}`, args })));
    // Every call starts from a fresh program in the interpreter, so gcc's must start from zeroed globals as well.
    const text = `${SHARED}${texts.join('\n')}`;
    const resets = texts.map(
      (_, index) => `static int r${index}(int a, int b) { counter = 0; return f${index}(a, b); }`,
    );
    const gccCalls = calls.map(({ name, args }) => ({ name: name.replace('f', 'r'), args }));
    const module = await moduleOf(`${TYPES}${text}`);
    for (const config of CONFIGURATIONS) {
      const flags = config.map((name) => `-D${name}=1`);
      const expected = runWithGcc(`${text}\n${resets.join('\n')}`, gccCalls, flags);
      const on = Object.fromEntries(config.map((name) => [name, true]));
      calls.forEach(({ name, args }, index) => {
        const ir = functionOf(module, name);
        assert.deepEqual(validate(ir), []);
        try {
          assert.deepEqual(ir.problems, []);
          assert.deepEqual(run(module, name, args.map(BigInt), on), expected[index]);
        } catch (error) {
          const source = `seed ${seed}, ${config.join(' ')}\n${texts[Number(name.slice(1))]}\n${printIR(ir)}`;
          throw new Error(`${name}(${args.join(', ')}), ${source}`, { cause: error });
        }
      });
    }
  });
});
