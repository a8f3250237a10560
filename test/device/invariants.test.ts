import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Device, Effect, Event, Setup, World } from '../../server/src/device';
import { createWorld, featureNumbers, fileOf, setState, step } from '../../server/src/device';
import { contractOf, isAllowed, stateByValue, stateOf } from '../../server/src/uapi';
import { anyEvent, freeSetup, mttySetup, recommendedSetup } from './arbitrary';
import { Ledger } from './ledger';

const sequences = 400;
const longest = 200;
const shortest = 120;

const counts = { events: 0, states: new Set<string>(), sessions: 0, read: 0, written: 0, migrated: 0 };

/** Runs a sequence, holding the invariants after every event; gives the effects. */
function run(setup: Setup, events: readonly Event[], check: boolean): readonly (readonly Effect[])[] {
  const ledger = new Ledger();
  let world = createWorld([setup, { ...setup, name: 'B' }]);
  const trace = events.map((event) => {
    const { state, effects } = step(world, event);
    if (check) {
      counts.events++;
      ledger.note(world, event, effects, state);
      for (const device of state.devices) holdsFor(state, device);
      holdsForFds(state);
      holdsForCall(world, event, effects, state);
    }
    world = state;
    return effects;
  });
  counts.read += ledger.bytesRead;
  counts.written += ledger.bytesWritten;
  return trace;
}

function holdsFor(world: World, device: Device): void {
  const { setup, state, saving, resuming } = device;
  counts.states.add(`${setup.machine.flags.join('+')} ${state}`);
  assert.ok(state === 'ERROR' || isAllowed(setup.machine.flags, state), `${state} is not one the flags allow`);
  const alive = world.files.filter((file) => file.device === setup.name && !file.dead);
  assert.ok(alive.length <= 1, 'at most one session');
  assert.deepEqual(
    alive.map(({ id }) => id),
    [saving, resuming].filter((id) => id !== null),
  );
  const session = saving !== null ? 'saving' : resuming !== null ? 'resuming' : 'none';
  const allowed = stateOf(state)?.session ?? 'none';
  if (state !== 'ERROR' && session !== 'none') assert.equal(session, allowed, 'no session outlives its states');
  if (state === 'ERROR' && setup.traits.errorEndsSession) assert.equal(session, 'none');
  if (setup.traits.closeResetsState && state !== 'ERROR')
    assert.equal(session, allowed, 'no state without its session');
  leavesThroughReset(world, device);
}

/** From here, reset leads to RUNNING without a session, and all fds of the device are dead. */
function leavesThroughReset(world: World, { setup: { name } }: Device): void {
  const opened = step(world, { kind: 'openDevice', device: name }).state;
  const reset = step(opened, { kind: 'reset', device: name }).state;
  const after = reset.devices.find((each) => each.setup.name === name);
  assert.deepEqual([after?.state, after?.saving, after?.resuming], ['RUNNING', null, null]);
  assert.ok(reset.files.every((file) => file.device !== name || file.dead));
}

function holdsForFds({ fds, files }: World): void {
  assert.equal(new Set(fds.map(({ fd }) => fd)).size, fds.length, 'no number twice');
  assert.ok(fds.every(({ file }) => files.some(({ id }) => id === file)));
}

/** data_fd exactly by contract, and the errnos that the uAPI forbids never. */
function holdsForCall(before: World, event: Event, effects: readonly Effect[], after: World): void {
  const reply = effects.at(-1);
  if (reply?.kind === 'data' && reply.errno === 'ENOMSG' && 'fd' in event) {
    const file = fileOf(after, event.fd);
    const state = after.devices.find(({ setup }) => setup.name === file?.device)?.state;
    assert.ok(state === 'PRE_COPY' || state === 'PRE_COPY_P2P' || state === 'ERROR', `ENOMSG in ${state}`);
  }
  if (reply?.kind !== 'feature' || event.kind !== 'feature' || reply.path.length === 0) return;
  assert.equal(event.feature, featureNumbers.MIG_DEVICE_STATE);
  const device = before.devices.find(({ setup }) => setup.name === event.device);
  const from = reply.path[0];
  const to = stateByValue(event.request);
  if (device === undefined || from === undefined) return;
  assert.equal(from, device.state);
  if (reply.errno !== null && reply.errno !== 'EMFILE') {
    assert.deepEqual(reply.struct, { state: event.request, dataFd: -1 });
    return;
  }
  assert.equal(reply.path.at(-1), to);
  const opensSession = to !== null && contractOf({ from, to }) !== 'none';
  const lost = device.setup.traits.startsLostSession && device.saving === null && stateOf(from)?.session === 'saving';
  const gaveFd = reply.errno === 'EMFILE' || (reply.struct?.dataFd ?? -1) >= 0;
  if (!lost) assert.equal(gaveFd, opensSession, `${from} -> ${to} gives ${gaveFd ? 'an' : 'no'} fd`);
  if (gaveFd) counts.sessions++;
}

describe('whatever happens to a simulated device', function () {
  this.timeout(120_000);

  after(() => {
    const { events, states, sessions, read, written } = counts;
    console.log(
      `      ${events} events, ${sessions} sessions, ${states.size} pairs of flags and state, ${read} bytes read, ${written} written`,
    );
  });

  const kinds = { 'as recommended': recommendedSetup, 'like mtty': mttySetup, 'of any traits': freeSetup };
  for (const [what, setups] of Object.entries(kinds)) {
    it(`${what}: the invariants hold after every event`, () => {
      const before = counts.events;
      const sequence = fc.array(anyEvent, { minLength: shortest, maxLength: longest, size: 'max' });
      const found = fc.check(
        fc.property(setups, sequence, (setup, events) => {
          const effects = run(setup, events, true);
          const again = run(setup, events, false);
          assert.equal(JSON.stringify(again), JSON.stringify(effects), 'same events, same trace');
        }),
        { numRuns: sequences },
      );
      assert.ok(!found.failed, fc.defaultReportMessage(found));
      console.log(`      ${counts.events - before} events in ${sequences} sequences (seed ${found.seed})`);
    });
  }

  it('at least 100,000 events were tried, in every state of every flag set', () => {
    assert.ok(counts.events >= 100_000, `${counts.events}`);
    // STOP_COPY: 5 states with ERROR; P2P and PRE_COPY add one each, both together one more.
    assert.equal(counts.states.size, 5 + 6 + 6 + 8);
  });

  it('a migration through any cuts and requests loads on the target what the source read', () => {
    const cut = fc.integer({ min: 1, max: 400 });
    const found = fc.check(
      fc.property(
        recommendedSetup,
        fc.array(cut, { minLength: 1, maxLength: 30 }),
        fc.nat(800),
        (setup, cuts, dirt) => {
          let world = createWorld([setup, { ...setup, name: 'B' }]);
          const send = (event: Event) => {
            const { state, effects } = step(world, event);
            world = state;
            return effects.at(-1);
          };
          const fdOf = (effect: Effect | undefined) =>
            effect?.kind === 'feature' ? (effect.struct?.dataFd ?? -1) : -1;
          const precopy = setup.machine.flags.includes('PRE_COPY');
          const from = fdOf(send(setState('A', precopy ? 'PRE_COPY' : 'STOP_COPY')));
          const to = fdOf(send(setState('B', 'RESUMING')));
          for (const length of cuts) {
            send({ kind: 'dirty', device: 'A', bytes: dirt });
            send({ kind: 'send', fd: from, length, to });
          }
          send(setState('A', 'STOP_COPY'));
          while (true) {
            const reply = send({ kind: 'send', fd: from, length: cuts[0] ?? 1, to });
            if (reply?.kind === 'data' && reply.ret === 0) break;
          }
          send({ kind: 'pass', time: 1e9 });
          const loaded = send(setState('B', 'RUNNING'));
          assert.equal(loaded?.kind === 'feature' && loaded.errno, null);
          const file = fileOf(world, from);
          const target = world.devices[1]?.loaded ?? [];
          assert.deepEqual(
            target.map(({ offset, length, end }) => ({ offset, length, end })),
            [{ offset: 0, length: file?.side === 'read' ? file.filled : -1, end: true }],
          );
          counts.migrated += target[0]?.length ?? 0;
        },
      ),
      { numRuns: 300 },
    );
    assert.ok(!found.failed, fc.defaultReportMessage(found));
    console.log(`      300 migrations, ${counts.migrated} bytes (seed ${found.seed})`);
  });
});
