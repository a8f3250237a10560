import assert from 'node:assert/strict';
import { arcTableMarkdown } from '../../client/src/arcTableMarkdown';
import { driver, flags, place } from '../support/arcTables';

describe('the arc table as Markdown', () => {
  it('is a table whose rows all have the same cells', () => {
    const markdown = arcTableMarkdown(driver());
    const rows = markdown.split('\n').filter((line) => line.startsWith('|'));
    assert.equal(rows.length, 2 + driver().states.length);
    for (const row of rows) assert.equal(row.match(/(?<!\\)\|/g)?.length, driver().states.length + 2, row);
    assert.match(markdown, /^All 15 required arcs are handled\.$/m);
    assert.doesNotMatch(markdown, /Missing/);
  });

  it('lists what is missing, and what holds only under a condition', () => {
    const lacking = {
      requiredBy: ['P2P', 'PRE_COPY'],
      flagSets: [0],
      breaks: [{ from: 'PRE_COPY', to: 'STOP_COPY' }],
      stopsMigration: false,
      rejectedAt: place('main.c', 61),
    } as const;
    const markdown = arcTableMarkdown(
      driver(
        {
          missing: [
            { ...lacking, from: 'PRE_COPY_P2P', to: 'STOP_COPY', always: true },
            { ...lacking, from: 'PRE_COPY', to: 'PRE_COPY_P2P', always: false },
          ],
        },
        (row) => {
          if (row.from === 'PRE_COPY_P2P' && row.to === 'STOP_COPY') return { ...row, status: 'rejected' };
          if (row.from === 'PRE_COPY' && row.to === 'PRE_COPY_P2P')
            return { ...row, status: 'conditional', condition: 'a | `b`' };
          return row;
        },
      ),
    );
    assert.match(
      markdown,
      /^\*\*Missing\*\*\n\n- `PRE_COPY_P2P -> STOP_COPY`: required by P2P and PRE_COPY; rejected at main.c:61; breaks `PRE_COPY -> STOP_COPY`$/m,
    );
    assert.match(markdown, /^- `PRE_COPY -> PRE_COPY_P2P`: .*handled when `` a \| `b` ``;/m);
    assert.match(markdown, /\| NULL\\\* \|/);
    assert.match(markdown, /^NULL: required, and handled: returns NULL; MISSING: .*; \\\*: handled only/m);
  });

  it('lets nothing of the driver become markup', () => {
    const evil = '<img src=x onerror=alert(1)> [x](javascript:1) | **b**';
    const markdown = arcTableMarkdown(
      driver({ name: evil, flagSets: [{ flags, when: '`` ` \n# x', declaredAt: null }] }),
    );
    assert.ok(markdown.startsWith('### VFIO migration arcs of \\<img src=x onerror=alert\\(1\\)\\>'), markdown);
    assert.ok(markdown.includes('``` `` ` # x ```'), markdown);
    assert.doesNotMatch(markdown, /^# x/m);
  });
});
