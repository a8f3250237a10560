import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isFromPanel, isToPanel } from '../../client/src/panel/contract';
import { indexAt, rowAtPlace, rowsOf } from '../../client/src/panel/lanes/rows';
import { scrollFor, windowOf } from '../../client/src/panel/lanes/window';
import type { Effect, Message } from '../../client/src/panel/message';
import { currentRun, emptyModel, isUnopened, type Model } from '../../client/src/panel/model';
import { isSavedState, savedState } from '../../client/src/panel/saved';
import { update } from '../../client/src/panel/update';
import type { MachineRef, SimulationSession } from '../../server/src/wire';
import { setState } from '../../server/src/wire';
import { demoDriver, placeAt, scenarioTrace, without } from '../support/scenarioTrace';

const machine: MachineRef = { kind: 'driver', uri: placeAt(1).uri, ops: 'demo_ops' };
const small = { initial: 65_536, final: 4096, dirtyable: 8192, chunk: 4096, bandwidth: 1_000_000_000 };

/** A migration as the server would answer with. */
function session(id: string, driver = demoDriver()): SimulationSession {
  const { title, devices, link, scenario, steps, verdict } = scenarioTrace('precopy', small, driver);
  return { id, title, devices, link, scenario, steps, verdict };
}

const failing = without(demoDriver(), 'PRE_COPY_P2P', 'STOP_COPY');

/** All messages one after the other: the last model, and what was to be done in all. */
function sendAll(model: Model, ...messages: readonly Message[]): { readonly model: Model; readonly effects: Effect[] } {
  const effects: Effect[] = [];
  let now = model;
  for (const message of messages) {
    const updated = update(now, message);
    now = updated.model;
    effects.push(...updated.effects);
  }
  return { model: now, effects };
}

const start: Message = { kind: 'started', start: { from: 'machine', machine, arc: null } };

/** A model with one run, as it is after the server has opened it. */
function opened(id = 's1', driver = demoDriver()): Model {
  const { model, effects } = sendAll(emptyModel, start);
  const open = effects.find((effect) => effect.kind === 'open');
  assert.ok(open?.kind === 'open');
  return sendAll(model, { kind: 'opened', key: open.key, session: session(id, driver), origin: open.origin }).model;
}

const lengthOf = (model: Model): number => currentRun(model)?.session?.steps.length ?? -1;
const cursorOf = (model: Model): number => currentRun(model)?.cursor ?? -1;

describe('updates of the panel', () => {
  it('open a migration of the machine at once, and stop where it fails', () => {
    const { effects } = sendAll(emptyModel, start);
    assert.deepEqual(
      effects.map(({ kind }) => kind),
      ['catalogue', 'open'],
    );
    const good = opened();
    assert.equal(cursorOf(good), lengthOf(good));
    const bad = opened('s1', failing);
    assert.equal(cursorOf(bad), (currentRun(bad)?.session?.verdict?.step ?? -1) + 1);
    assert.match(bad.announcement, /^Failed: /);
  });

  it('stay within the run when time is travelled', () => {
    const model = opened();
    const places = (...messages: readonly Message[]): number => cursorOf(sendAll(model, ...messages).model);
    assert.equal(places({ kind: 'go', cursor: -5 }), 0);
    assert.equal(places({ kind: 'go', cursor: 1e9 }), lengthOf(model));
    assert.equal(places({ kind: 'go', cursor: 0 }, { kind: 'goBy', steps: 2 }, { kind: 'goBy', steps: -1 }), 1);
  });

  it('send what is asked for at the end, and begin another run in the middle', () => {
    const model = opened();
    const atEnd = sendAll(model, { kind: 'ask', state: 'STOP' });
    assert.deepEqual(atEnd.effects, [
      { kind: 'dispatch', key: 1, id: 's1', at: lengthOf(model), events: [setState('source', 'STOP')] },
    ]);
    const middle = sendAll(model, { kind: 'go', cursor: 3 }, { kind: 'ask', state: 'STOP' });
    assert.deepEqual(middle.effects, [
      { kind: 'branch', key: 2, id: 's1', at: 3, events: [setState('source', 'STOP')] },
    ]);
    assert.equal(middle.model.runs.length, 2);
    assert.equal(middle.model.runs[0]?.session?.steps.length, lengthOf(model), 'what came later is kept');
  });

  it('keep what is asked while the server works, in order', () => {
    const model = sendAll(opened(), { kind: 'ask', state: 'STOP' }).model;
    const two = sendAll(model, { kind: 'ask', state: 'RUNNING' }, { kind: 'ask', state: 'STOP' });
    assert.deepEqual(two.effects, []);
    const steps = currentRun(model)?.session?.steps ?? [];
    const advance = { from: steps.length, steps: steps.slice(0, 1), verdict: null };
    const answered = sendAll(two.model, { kind: 'advanced', key: 1, advance });
    const [sent] = answered.effects;
    assert.ok(sent?.kind === 'dispatch');
    assert.deepEqual(sent.events, [setState('source', 'RUNNING'), setState('source', 'STOP')]);
    assert.equal(sent.at, steps.length + 1);
  });

  it('play to the end and no further; a tick of an earlier start is nothing', () => {
    const model = sendAll(opened(), { kind: 'go', cursor: lengthOf(opened()) - 2 }).model;
    const playing = sendAll(model, { kind: 'play' });
    const [wait] = playing.effects;
    assert.ok(wait?.kind === 'wait' && wait.then.kind === 'tick');
    const once = sendAll(playing.model, wait.then);
    assert.equal(once.effects.length, 1);
    const twice = sendAll(once.model, wait.then);
    assert.deepEqual([twice.effects, twice.model.playing, cursorOf(twice.model)], [[], null, lengthOf(model)]);
    const stopped = sendAll(playing.model, { kind: 'pause' }, wait.then);
    assert.deepEqual([stopped.effects, cursorOf(stopped.model)], [[], cursorOf(model)]);
  });

  it('follow edits of the driver, and remember where they began', () => {
    const model = opened();
    const before = currentRun(model)?.session?.steps;
    const bad = session('s1', failing);
    const machines = bad.devices.map(({ name, machine: described }) => ({ device: name, machine: described }));
    const advance = { from: 0, steps: bad.steps, verdict: bad.verdict };
    const change = { id: 's1', machines, advance, problem: null, changed: [bad.steps.length - 1] };
    const once = sendAll(model, { kind: 'changed', change }).model;
    assert.equal(cursorOf(once), bad.steps.length, 'who was at the end stays there');
    assert.match(once.announcement, /1 of \d+ steps end otherwise now/);
    const twice = sendAll(once, { kind: 'changed', change }).model;
    assert.equal(currentRun(twice)?.before, before);
    const problem = 'the driver can not be simulated as it stands';
    const gone = sendAll(twice, { kind: 'changed', change: { ...change, advance: null, problem } }).model;
    assert.deepEqual([currentRun(gone)?.problem, lengthOf(gone)], [problem, bad.steps.length]);
    const other = sendAll(model, { kind: 'changed', change: { ...change, id: 'another' } });
    assert.equal(other.model, model);
  });

  it('open everything again when another server runs, where it was', () => {
    const model = sendAll(opened(), { kind: 'go', cursor: 4 }).model;
    const again = sendAll(model, { kind: 'restarted' });
    assert.deepEqual(
      again.effects.map(({ kind }) => kind),
      ['catalogue', 'open'],
    );
    const origin = currentRun(model)?.origin ?? null;
    const back = sendAll(again.model, { kind: 'opened', key: 1, session: session('s7'), origin }).model;
    assert.equal(cursorOf(back), 4);
  });

  it('close a session that was opened too late', () => {
    const { model } = sendAll(emptyModel, start);
    const closed = sendAll(model, { kind: 'closeRun', key: 1 }).model;
    const late = sendAll(closed, { kind: 'opened', key: 1, session: session('s9'), origin: null });
    assert.deepEqual(late.effects, [{ kind: 'close', id: 's9' }]);
  });

  it('keep a state that is taken up again, and refuse any other', () => {
    const model = sendAll(opened(), { kind: 'go', cursor: 4 }, { kind: 'view', view: 'arcs' }).model;
    const kept: unknown = JSON.parse(JSON.stringify(savedState(model)));
    assert.ok(isSavedState(kept));
    const restored = sendAll(emptyModel, { kind: 'restored', saved: kept });
    assert.equal(restored.model.view, 'arcs');
    assert.equal(cursorOf(restored.model), 4);
    for (const wrong of [null, {}, { ...kept, runs: [] }, { ...kept, version: 0 }, { ...kept, view: 'x' }]) {
      assert.ok(!isSavedState(wrong), JSON.stringify(wrong)?.slice(0, 80));
    }
  });
});

describe('what the user cancels in the panel', () => {
  const lastOf = ({ effects }: { readonly effects: Effect[] }): Effect =>
    effects.at(-1) ?? assert.fail('nothing to do');
  const titles = (effects: readonly Effect[]) => effects.flatMap((each) => (each.kind === 'title' ? [each.title] : []));

  it('leaves a run that is not there, which is opened when one asks for it and not before', () => {
    const opening = sendAll(emptyModel, start);
    const left = sendAll(opening.model, { kind: 'cancelled', effect: lastOf(opening) });
    assert.deepEqual([left.model.trouble, left.model.announcement], [null, 'Opening Run 1 was cancelled.']);
    assert.deepEqual(titles(left.effects), ['VFIO Migration']);
    assert.ok(isUnopened(currentRun(left.model) ?? assert.fail()));
    assert.deepEqual(sendAll(left.model, { kind: 'again' }).effects, [lastOf(opening)]);
    const restarted = sendAll(left.model, { kind: 'restarted' });
    assert.deepEqual(restarted.effects, [{ kind: 'catalogue' }]);
    const kept: unknown = JSON.parse(JSON.stringify(savedState(left.model)));
    assert.ok(isSavedState(kept));
    const restored = sendAll(emptyModel, { kind: 'restored', saved: kept });
    assert.deepEqual(restored.effects, [{ kind: 'catalogue' }]);
    const again = sendAll(restored.model, { kind: 'again' });
    assert.deepEqual(again.effects, [lastOf(opening)]);
    assert.equal(currentRun(again.model)?.busy, true);
  });

  it('leaves the run as it was, and the moment that was shown', () => {
    const model = sendAll(opened(), { kind: 'go', cursor: 4 }).model;
    const scenario = { name: 'precopy', parameters: {}, faults: [] };
    const running = sendAll(model, { kind: 'runScenario', scenario });
    const left = sendAll(running.model, { kind: 'cancelled', effect: lastOf(running) }).model;
    assert.deepEqual([cursorOf(left), lengthOf(left), currentRun(left)?.busy], [4, lengthOf(model), false]);
    assert.match(left.announcement, /^Cancelled: .* as it was before/);
    const again = sendAll(left, { kind: 'again' });
    assert.deepEqual(again.effects, [lastOf(running)]);
    const origin = currentRun(left)?.origin ?? null;
    const done = sendAll(again.model, { kind: 'opened', key: 1, session: session('s1'), origin }).model;
    assert.deepEqual([cursorOf(done), currentRun(done)?.undone], [lengthOf(done), null]);
    assert.equal(currentRun(sendAll(left, { kind: 'dismiss' }).model)?.undone, null);
  });

  it('does not drop the moment that is shown when it is refused either', () => {
    const model = sendAll(opened(), { kind: 'go', cursor: 4 }).model;
    const running = sendAll(model, { kind: 'runScenario', scenario: { name: 'none', parameters: {}, faults: [] } });
    const left = sendAll(running.model, { kind: 'refused', effect: lastOf(running), why: 'no scenario' }).model;
    assert.deepEqual([cursorOf(left), left.trouble, currentRun(left)?.busy], [4, 'no scenario', false]);
  });

  it('leads back to the run from which another was to begin', () => {
    const asking = sendAll(opened(), { kind: 'go', cursor: 3 }, { kind: 'ask', state: 'STOP' });
    const left = sendAll(asking.model, { kind: 'cancelled', effect: lastOf(asking) });
    assert.deepEqual([left.model.runs.length, left.model.current, cursorOf(left.model)], [1, 1, 3]);
    assert.deepEqual(titles(left.effects), ['demo migration']);
    const again = sendAll(left.model, { kind: 'go', cursor: 1 }, { kind: 'again' });
    assert.deepEqual(again.effects, [{ ...lastOf(asking), key: 3 }]);
  });

  it('ends a comparison with what is not there', () => {
    const comparing = sendAll(opened(), { kind: 'compare', with: 'reference' });
    const left = sendAll(comparing.model, { kind: 'cancelled', effect: lastOf(comparing) }).model;
    assert.deepEqual([left.comparison, left.current, left.trouble], [null, 1, null]);
    const refused = sendAll(comparing.model, { kind: 'refused', effect: lastOf(comparing), why: 'too many' }).model;
    assert.deepEqual([refused.comparison, refused.current, refused.trouble], [null, 1, 'too many']);
  });
});

describe('rows and what is drawn of them', () => {
  const { steps } = session('s1', failing);

  it('are found by their place, whatever is left out', () => {
    for (const detail of ['all', 'states'] as const) {
      const rows = rowsOf(steps, detail);
      for (const [index, row] of rows.entries()) assert.equal(indexAt(rows, row), index);
      assert.equal(indexAt(rows, { step: -1, row: 0 }), -1);
      assert.equal(indexAt(rows, { step: steps.length, row: 0 }), rows.length - 1);
    }
    assert.ok(rowsOf(steps, 'states').length < rowsOf(steps, 'all').length);
  });

  it('are found by the line of C that brought them about, one after the other', () => {
    const located = rowsOf(steps, 'all').filter(({ told }) => told.location !== null);
    const [first] = located;
    assert.ok(first?.told.location);
    const { uri, range } = first.told.location;
    const found = rowAtPlace(steps, uri, range.start.line, null);
    assert.deepEqual(found, { step: first.step, row: first.row });
    assert.equal(rowAtPlace(steps, uri, 99_999, null), null);
    assert.equal(rowAtPlace(steps, 'file:///else.c', range.start.line, null), null);
  });

  it('are drawn as far as they are seen, never many more', () => {
    const sizes = [fc.nat(20_000), fc.integer({ min: 10, max: 40 }), fc.nat(1_000_000), fc.nat(3000)] as const;
    fc.assert(
      fc.property(...sizes, (count, rowHeight, scrollTop, height) => {
        const { first, end } = windowOf(count, rowHeight, scrollTop, height);
        assert.ok(0 <= first && first <= end && end <= count);
        assert.ok(end - first <= height / rowHeight + 30);
        const seen = Math.min(count - 1, Math.floor(scrollTop / rowHeight));
        if (scrollTop < count * rowHeight && count > 0 && height > 0) assert.ok(first <= seen && seen < end);
      }),
    );
    assert.equal(scrollFor(3, 20, 0, 200), null);
    assert.equal(scrollFor(100, 20, 0, 200), 2000 - 90);
  });
});

describe('an arc that is chosen elsewhere', () => {
  const arc = { from: 'RUNNING', to: 'PRE_COPY' } as const;
  const ref = demoDriver().ref;

  it('is chosen in the drawing, on the device that is shown', () => {
    const target = sendAll(opened(), { kind: 'showDevice', device: 'target' }, { kind: 'view', view: 'lab' }).model;
    const { model, effects } = sendAll(target, { kind: 'arcChosen', machine: ref, arc });
    assert.deepEqual([model.view, model.device, model.selectedArc], ['diagram', 'target', arc]);
    assert.deepEqual([cursorOf(model), effects], [cursorOf(target), []]);
  });

  it('brings back the last run that is of its machine', () => {
    const first = opened();
    const other: MachineRef = { kind: 'reference', flags: ['STOP_COPY'], profile: '7.1' };
    const { model: asked, effects } = sendAll(first, { kind: 'open', machine: other });
    const open = effects.find((effect) => effect.kind === 'open');
    assert.ok(open?.kind === 'open');
    const found = session('s2');
    const devices = found.devices.map((device) => ({ ...device, machine: { ...device.machine, ref: other } }));
    const answer = { kind: 'opened', key: open.key, session: { ...found, devices }, origin: open.origin } as const;
    const second = sendAll(asked, answer).model;
    assert.notEqual(second.current, first.current);
    const { model, effects: done } = sendAll(second, { kind: 'arcChosen', machine: ref, arc });
    assert.deepEqual([model.current, model.selectedArc], [first.current, arc]);
    assert.deepEqual(
      done.map(({ kind }) => kind),
      ['title'],
    );
  });

  it('changes nothing when no run is of its machine', () => {
    const model = opened();
    const gone: MachineRef = { ...machine, ops: 'other_ops' };
    assert.deepEqual(sendAll(model, { kind: 'arcChosen', machine: gone, arc }).model, model);
  });
});

describe('the contract between page and extension', () => {
  it('takes what it has and nothing else', () => {
    const good = { kind: 'call', id: 1, name: 'open', params: {} };
    assert.ok(isFromPanel(good) && isFromPanel({ kind: 'ready' }));
    const wrong = [null, 1, 'ready', {}, { kind: 'x' }, { ...good, name: 'toString' }, { ...good, id: -1 }];
    for (const message of [...wrong, { kind: 'show', location: {}, focus: true }, { kind: 'title' }]) {
      assert.ok(!isFromPanel(message), JSON.stringify(message));
    }
    assert.ok(isToPanel({ kind: 'start', start: { from: 'nothing' } }) && isToPanel({ kind: 'restarted' }));
    assert.ok(isToPanel({ kind: 'cancelled', id: 1 }) && !isToPanel({ kind: 'cancelled' }));
    assert.ok(isToPanel({ kind: 'arc', machine, arc: { from: 'RUNNING', to: 'STOP' } }));
    for (const message of [
      { kind: 'start' },
      { kind: 'start', start: { from: 'machine', machine: {}, arc: null } },
      { kind: 'arc', machine, arc: { from: 'RUNNING', to: 'NOWHERE' } },
      { kind: 'cursor' },
    ]) {
      assert.ok(!isToPanel(message), JSON.stringify(message));
    }
  });
});
