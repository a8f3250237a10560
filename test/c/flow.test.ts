import assert from 'node:assert/strict';
import { type FunctionIR, flowOf, printCfg, printIR, validate } from '../../server/src/c';
import { lower } from './support/frontend';

const text = `int f(int n)
{
	int i, sum = 0, unused = 3, seen;
	for (i = 0; i < n; i++) {
		while (sum > 10)
			sum -= g(&seen);
		p->total = sum;
	}
	return sum;
}
`;
const idOf = (ir: FunctionIR, name: string): number => ir.locals.find((local) => local.name === name)?.id ?? -1;

describe('the control flow graph', () => {
  it('orders blocks, and finds loops and what they write', async () => {
    const ir = await lower(text);
    const flow = flowOf(ir);
    assert.equal(flow.rpo[0], 0);
    assert.equal(flow.rpo.length, ir.blocks.length);
    flow.rpo.forEach((block, index) => {
      assert.equal(flow.order[block], index);
    });
    const headers = [...flow.loopHeaders].sort((a, b) => (flow.order[a] ?? 0) - (flow.order[b] ?? 0));
    assert.equal(headers.length, 2);
    const [outer, inner] = headers;
    assert.ok(outer !== undefined && inner !== undefined);
    for (const block of flow.loopBody(inner)) assert.ok(flow.loopBody(outer).has(block));
    assert.ok(flow.assignedIn(outer).locals.has(idOf(ir, 'i')));
    assert.ok(!flow.assignedIn(inner).locals.has(idOf(ir, 'i')));
    assert.ok(flow.assignedIn(inner).locals.has(idOf(ir, 'sum')));
    assert.ok(flow.assignedIn(inner).calls);
    assert.equal(flow.assignedIn(outer).places.length, 1);
    assert.equal(flow.assignedIn(inner).places.length, 0);
    assert.equal(flow.loopBody(0).size, 0);
  });

  it('knows which locals are still wanted', async () => {
    const ir = await lower(text);
    const flow = flowOf(ir);
    const last = ir.blocks.find((block) => block.terminator.k === 'return')?.id ?? -1;
    const live = flow.liveIn(last);
    assert.ok(live.has(idOf(ir, 'sum')));
    assert.ok(!live.has(idOf(ir, 'i')) && !live.has(idOf(ir, 'unused')) && !live.has(idOf(ir, 'n')));
    assert.ok(live.has(idOf(ir, 'seen')), 'its address is taken');
    const header = [...flow.loopHeaders][0] ?? -1;
    assert.ok(flow.liveIn(header).has(idOf(ir, 'n')));
  });

  it('is computed once for the same blocks', async () => {
    const ir = await lower(text);
    assert.equal(flowOf(ir), flowOf({ ...ir, start: 100 }));
  });

  it('prints as text with lines, and for dot', async () => {
    const ir = await lower(text);
    assert.match(printIR(ir, text), /return sum {2}\/\/ line 9/);
    const dot = printCfg(ir);
    assert.match(dot, /^digraph "f" \{/);
    assert.match(dot, /b0 -> b1;/);
    assert.match(dot, /\[label="yes"\]/);
  });
});

describe('the validator', () => {
  it('finds what breaks the invariants', async () => {
    const ir = await lower('int f(int a) { if (a) return 1; return 2; }');
    const [entry, ...rest] = ir.blocks;
    assert.ok(entry?.terminator.k === 'branch');
    const broken = (change: Partial<FunctionIR>): string => validate({ ...ir, ...change }).join('\n');
    assert.match(broken({ blocks: [] }), /no entry/);
    assert.match(broken({ locals: [] }), /local 0 is not declared|parameter 0 is no local/);
    assert.match(broken({ blocks: [{ ...entry, terminator: { k: 'goto', target: 99 } }, ...rest] }), /does not exist/);
    assert.match(
      broken({ blocks: [{ ...entry, terminator: { k: 'goto', target: 1 } }, ...rest] }),
      /block 2 can not be reached/,
    );
    assert.match(broken({ end: ir.start + 3 }), /outside 0\.\.3/);
    assert.match(broken({ blocks: [{ ...entry, id: 7 }, ...rest] }), /has the id 7/);
  });
});
