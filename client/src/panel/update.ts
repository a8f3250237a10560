import type { Arc, Event, MachineRef } from '../../../server/src/wire';
import { isSameMachine, setState } from '../../../server/src/wire';
import { atDifference, compared, comparedAgain, comparing } from './compare/update';
import type { ChosenFile, Start } from './contract';
import { faultEvent } from './faults/switches';
import { rowAtPlace } from './lanes/rows';
import type { Effect, Message, Updated } from './message';
import type { Model, RowPlace, Run } from './model';
import { currentRun, originFor, scenarioOf, wasGivenUp } from './model';
import { pictureOf } from './picture/subject';
import type { PictureFormat, PictureOf } from './picture/take';
import { atItsEnd, decisiveRow, newRun, withAdvance, withChange, withSession, working } from './runs';
import type { SavedState } from './saved';
import { t } from './texts';
import { cancelled, dismissed, refused } from './undone';
import { added, changeRun, focused, only, paused, shownRun, then, titleOf } from './updating';
import { announcementOf, changeWords, settledWords } from './words';

/** What comes of a message: the model after it, and what is to be done. Pure. */
export function update(model: Model, message: Message): Updated<Model> {
  switch (message.kind) {
    case 'started':
      return started(model, message.start);
    case 'restored':
      return restored(model, message.saved);
    case 'arcChosen':
      return arcChosen(model, message.machine, message.arc);
    case 'restarted':
      return reopened(model);
    case 'catalogued':
      return only({ ...model, catalogue: message.catalogue });
    case 'open':
      return opening(model, message.machine);
    case 'opened':
      return opened(model, message);
    case 'imported':
      return imported(model, message);
    case 'compared':
      return only(compared(model, message.key, message.result));
    case 'saved':
      return only({ ...model, announcement: t('Saved as {0}.', message.name) });
    case 'advanced':
      return advanced(model, message.key, (run) => withAdvance(run, message.advance));
    case 'refused':
      return refused(model, message.effect, message.why);
    case 'cancelled':
      return cancelled(model, message.effect);
    case 'again':
      return again(model);
    case 'changed':
      return changed(model, message.change.id, (run) => withChange(run, message.change));
    case 'cursorMoved':
      return only(selectPlace(model, message.uri, message.line));
    case 'runScenario':
      return running(model, message.scenario);
    case 'ask':
      return model.device === null ? only(model) : sending(model, setState(model.device, message.state));
    case 'send':
      return sending(model, message.event);
    case 'go':
      return only(paused(at(model, () => message.cursor)));
    case 'goBy':
      return only(paused(at(model, (run) => run.cursor + message.steps)));
    case 'play':
      return playing(model);
    case 'pause':
      return only(paused(model));
    case 'togglePlay':
      return model.playing === null ? playing(model) : only(paused(model));
    case 'tick':
      return ticked(model, message.playing);
    case 'speed':
      return only({ ...model, speed: message.speed });
    case 'branch':
      return branching(model, []);
    case 'showRun':
      return shown(model, message.key);
    case 'closeRun':
      return closing(model, message.key);
    case 'showDevice':
      return only({ ...model, device: message.device, selectedArc: null });
    case 'view':
      return only({ ...model, view: message.view });
    case 'compare':
      return comparing(model, message.with);
    case 'goToDifference':
      return only(atDifference(model, message.direction));
    case 'export':
      return exporting(model, message.format);
    case 'picture':
      return picturing(model, message.subject, message.format);
    case 'save':
      return then(model, { kind: 'save', file: message.file });
    case 'import':
      return then(model, { kind: 'chooseFile' });
    case 'fileChosen':
      return importing(model, message.file);
    case 'draftScenario':
      return only({ ...model, draft: { scenario: message.scenario, texts: {} } });
    case 'draftParameter':
      return only(drafted(model, message));
    case 'switchFault':
      return faultSwitched(model, message.id, message.on);
    case 'selectArc':
      return only({ ...model, selectedArc: message.arc });
    case 'goToRow':
      return goneToRow(model, message.place);
    case 'split':
      return only({ ...model, split: message.split === null ? null : room(message.split) });
    case 'splitBy':
      return only({ ...model, split: room((model.split ?? 50) + message.percent) });
    case 'detail':
      return only({ ...model, detail: message.detail });
    case 'show':
      return then(model, { kind: 'show', location: message.location, focus: message.focus });
    case 'pickMachine':
      return then(model, { kind: 'pickMachine' });
    case 'dismiss':
      return only(dismissed(model));
  }
}

/** Another run for a machine: a whole migration, since that shows at once what the driver can not do. */
function opening(model: Model, machine: MachineRef): Updated<Model> {
  const origin = originFor(machine, { name: 'precopy', parameters: {}, faults: [] });
  return added(model, origin, { cursor: atItsEnd, show: true });
}

function started(model: Model, start: Start): Updated<Model> {
  const { model: next, effects } =
    start.from === 'machine'
      ? opening({ ...model, selectedArc: start.arc }, start.machine)
      : start.from === 'file'
        ? importing(model, start.file)
        : only(model);
  return then(next, { kind: 'catalogue' }, ...effects);
}

/** An arc in the drawing, of the device that is shown where that is of its machine, else of the nearest that is. */
function arcChosen(model: Model, machine: MachineRef, arc: Arc): Updated<Model> {
  const current = currentRun(model);
  const runs = [...(current === null ? [] : [current]), ...model.runs.toReversed()];
  const run = runs.find((each) => devicesOf(each, machine).length > 0);
  if (run === undefined) return only(model);
  const devices = devicesOf(run, machine);
  const device = devices.find((name) => name === model.device) ?? devices[0] ?? null;
  const next = run === current ? only(model) : shown(model, run.key);
  return then({ ...next.model, view: 'diagram', device, selectedArc: arc }, ...next.effects);
}

/** The devices of a run that are of a machine, with whichever of its flags. */
function devicesOf({ session }: Run, machine: MachineRef): readonly string[] {
  const devices = session?.devices ?? [];
  return devices.filter((device) => isSameMachine(device.machine.ref, machine)).map(({ name }) => name);
}

function restored(model: Model, saved: SavedState): Updated<Model> {
  const runs = saved.runs.map(({ label, origin, cursor, cancelled: givenUp }, index): Run => {
    const run = newRun(index + 1, label, origin, cursor);
    return givenUp ? { ...run, busy: false, undone: { effect: reopening(run), by: 'user' } } : run;
  });
  const current = runs[Math.min(saved.current, runs.length - 1)]?.key ?? null;
  const { device, view, detail, split, speed } = saved;
  return {
    model: { ...model, runs, current, nextKey: runs.length + 1, device, view, detail, split, speed },
    effects: [{ kind: 'catalogue' }, ...runs.filter((run) => !wasGivenUp(run)).map(reopening)],
  };
}

/** A new server knows no session: all that the user waited for are opened again, where they were. */
function reopened(model: Model): Updated<Model> {
  const runs = model.runs.map((run): Run => (wasGivenUp(run) ? run : { ...working(run), session: null, waiting: [] }));
  return {
    model: paused({ ...model, runs }),
    effects: [{ kind: 'catalogue' }, ...runs.filter(({ busy }) => busy).map(reopening)],
  };
}

function reopening({ key, origin }: Run): Effect {
  return origin.from === 'file' ? { kind: 'import', key, file: origin.file } : { kind: 'open', key, origin };
}

function opened(model: Model, { key, session, origin }: Extract<Message, { kind: 'opened' }>): Updated<Model> {
  // It was closed while the server opened it.
  if (!model.runs.some((run) => run.key === key)) return then(model, { kind: 'close', id: session.id });
  return settled(
    changeRun(model, key, (run) => withSession(run, session, origin)),
    key,
  );
}

function imported(model: Model, { key, file, result }: Extract<Message, { kind: 'imported' }>): Updated<Model> {
  const { session, impossible, notes } = result;
  if (!model.runs.some((run) => run.key === key)) return then(model, { kind: 'close', id: session.id });
  const next = changeRun(model, key, (run) => ({
    ...withSession(run, session, { from: 'file', file }),
    cursor: impossible === null ? Math.min(run.cursor, session.steps.length) : impossible.step + 1,
    impossible,
    notes,
  }));
  return settled(next, key);
}

/** A run is there: what belongs to it is shown, and compared anew. */
function settled(model: Model, key: number): Updated<Model> {
  const run = model.runs.find((each) => each.key === key);
  const again = comparedAgain(model, key);
  if (model.current !== key || run === undefined || run.session === null) return again;
  const decisive = decisiveRow(run);
  const selectedRow = decisive !== null && run.cursor === decisive.step + 1 ? decisive : null;
  const told = { ...focused(again.model), announcement: settledWords(run), selectedRow };
  return then(told, titleOf(run.session), ...again.effects);
}

function advanced(model: Model, key: number, change: (run: Run) => Run): Updated<Model> {
  const next = changeRun(model, key, change);
  const run = next.runs.find((each) => each.key === key);
  if (run === undefined) return only(next);
  const told = { ...next, announcement: announcementOf(run), selectedRow: null };
  return run.waiting.length > 0 ? flushed(told, run) : comparedAgain(told, key);
}

function changed(model: Model, id: string, change: (run: Run) => Run): Updated<Model> {
  const run = model.runs.find(({ session }) => session?.id === id);
  if (run === undefined) return only(model);
  const next = changeRun(model, run.key, change);
  const now = next.runs.find(({ key }) => key === run.key);
  return comparedAgain({ ...next, announcement: now === undefined ? '' : changeWords(now) }, run.key);
}

/** Starts the current run over with a scenario; null: by hand, from the beginning. */
function running(model: Model, scenario: Extract<Message, { kind: 'runScenario' }>['scenario']): Updated<Model> {
  const run = currentRun(model);
  if (run === null || run.session === null || run.busy) return only(model);
  const { key, session } = run;
  const next = paused(changeRun(model, key, working));
  return scenario === null
    ? then(next, { kind: 'dispatch', key, id: session.id, at: 0, events: [] })
    : then(next, { kind: 'run', key, id: session.id, scenario });
}

function drafted(model: Model, { scenario, name, text }: Extract<Message, { kind: 'draftParameter' }>): Model {
  const texts = model.draft?.scenario === scenario ? model.draft.texts : {};
  return { ...model, draft: { scenario, texts: { ...texts, [name]: text } } };
}

/** In a scenario the switch is set before it begins, so it runs again; by hand the fault is armed at this moment. */
function faultSwitched(model: Model, id: string, on: boolean): Updated<Model> {
  const run = currentRun(model);
  const device = run?.session?.devices.find(({ name }) => name === model.device);
  if (run === null || device === undefined) return only(model);
  const scenario = scenarioOf(run.origin);
  if (scenario !== null) {
    const others = scenario.faults.filter((fault) => fault.id !== id || fault.device !== device.name);
    const faults = on ? [...others, { id, device: device.name }] : others;
    return running(model, { ...scenario, faults });
  }
  const fault = faultEvent(device, id);
  return on && fault !== null ? sending(model, fault) : only(model);
}

/** Sends an event at the moment that is shown. What came after it is kept: the event then begins another run. */
function sending(model: Model, event: Event): Updated<Model> {
  const run = currentRun(model);
  if (run === null || run.session === null) return only(model);
  if (run.busy) return only(changeRun(model, run.key, (each) => ({ ...each, waiting: [...each.waiting, event] })));
  if (run.cursor < run.session.steps.length) return branching(model, [event]);
  const next = changeRun(model, run.key, working);
  return then(paused(next), {
    kind: 'dispatch',
    key: run.key,
    id: run.session.id,
    at: run.cursor,
    events: [event],
  });
}

/** What waited for an answer goes now. */
function flushed(model: Model, run: Run): Updated<Model> {
  if (run.session === null) return only(model);
  const next = changeRun(model, run.key, (each) => ({ ...working(each), waiting: [] }));
  const { id, steps } = run.session;
  return then(next, { kind: 'dispatch', key: run.key, id, at: steps.length, events: run.waiting });
}

function branching(model: Model, events: readonly Event[]): Updated<Model> {
  const run = currentRun(model);
  if (run === null || run.session === null || run.busy) return only(model);
  const key = model.nextKey;
  const branch = newRun(key, t('Run {0}, from {1} at {2}', key, run.label, run.cursor), run.origin, atItsEnd);
  const next = shownRun({ ...model, runs: [...model.runs, branch], nextKey: key + 1 }, key);
  return then(next, { kind: 'branch', key, id: run.session.id, at: run.cursor, events });
}

function shown(model: Model, key: number): Updated<Model> {
  const next = shownRun(model, key);
  return then(next, titleOf(currentRun(next)?.session ?? null));
}

function again(model: Model): Updated<Model> {
  const run = currentRun(model);
  const effect = run?.undone?.effect;
  if (run === null || effect === undefined) return only(model);
  const next = changeRun(model, run.key, (each) => ({ ...each, undone: null }));
  if (effect.kind === 'branch')
    return branching(
      at(next, () => effect.at),
      effect.events,
    );
  return then(changeRun(next, run.key, working), effect);
}

function closing(model: Model, key: number): Updated<Model> {
  const index = model.runs.findIndex((run) => run.key === key);
  const run = model.runs[index];
  if (run === undefined) return only(model);
  const runs = model.runs.filter((each) => each !== run);
  const current = model.current === key ? (runs[Math.max(0, index - 1)]?.key ?? null) : model.current;
  const next = current === null ? { ...model, runs, current } : shownRun({ ...model, runs }, current);
  const title = titleOf(currentRun(next)?.session ?? null);
  return run.session === null ? then(next, title) : then(next, { kind: 'close', id: run.session.id }, title);
}

function playing(model: Model): Updated<Model> {
  const run = currentRun(model);
  const length = run?.session?.steps.length ?? 0;
  if (run === null || length === 0) return only(model);
  const serial = model.nextKey + run.cursor;
  // At the end there is nothing to play but from the beginning.
  const from = run.cursor >= length ? at(model, () => 0) : model;
  return then({ ...from, playing: serial }, tick(model, serial));
}

function ticked(model: Model, serial: number): Updated<Model> {
  const run = currentRun(model);
  if (model.playing !== serial || run === null) return only(model);
  const next = at(model, ({ cursor }) => cursor + 1);
  const done = (currentRun(next)?.cursor ?? 0) >= (run.session?.steps.length ?? 0);
  return done ? only(paused(next)) : then(next, tick(next, serial));
}

function tick({ speed }: Model, serial: number): Effect {
  return { kind: 'wait', milliseconds: 1000 / speed, then: { kind: 'tick', playing: serial } };
}

/** Another moment of the current run. */
function at(model: Model, moment: (run: Run) => number): Model {
  const run = currentRun(model);
  if (run === null) return model;
  const length = run.session?.steps.length ?? 0;
  const cursor = Math.min(Math.max(0, moment(run)), length);
  const moved = changeRun(model, run.key, (each) => ({ ...each, cursor }));
  return { ...moved, selectedRow: null, announcement: announcementOf({ ...run, cursor }) };
}

function goneToRow(model: Model, place: RowPlace): Updated<Model> {
  const row = currentRun(model)?.session?.steps[place.step]?.rows[place.row];
  if (row === undefined) return only(model);
  const next = { ...paused(at(model, () => place.step + 1)), selectedRow: place };
  return row.location === null ? only(next) : then(next, { kind: 'show', location: row.location, focus: false });
}

/** The row that the line under the editor's cursor brought about; time stays where it is. */
function selectPlace(model: Model, uri: string, line: number): Model {
  const run = currentRun(model);
  if (run?.session == null) return model;
  const selectedRow = rowAtPlace(run.session.steps, uri, line, model.selectedRow);
  return selectedRow === null ? model : { ...model, selectedRow };
}

function exporting(model: Model, format: Extract<Message, { kind: 'export' }>['format']): Updated<Model> {
  const id = currentRun(model)?.session?.id;
  return id === undefined ? only(model) : then(model, { kind: 'export', id, format });
}

/** What is pictured is shown. */
function picturing(model: Model, subject: PictureOf['subject'], format: PictureFormat): Updated<Model> {
  const picture = pictureOf(model, subject);
  return picture === null
    ? only({ ...model, trouble: t('This run has streamed nothing that could be plotted.') })
    : then({ ...model, view: subject === 'diagram' ? 'diagram' : 'lab' }, { kind: 'picture', picture, format });
}

/** What the file tells, on the machine that is shown where the file names none. */
function importing(model: Model, file: ChosenFile): Updated<Model> {
  const machine = currentRun(model)?.session?.devices[0]?.machine.ref;
  const params = machine === undefined ? file : { ...file, machine };
  const key = model.nextKey;
  const run = newRun(key, file.name, { from: 'file', file: params }, atItsEnd);
  const next = shownRun({ ...model, runs: [...model.runs, run], nextKey: key + 1 }, key);
  return then(next, { kind: 'import', key, file: params });
}

/** Neither part may be too small to be found again. */
function room(percent: number): number {
  return Math.round(Math.min(85, Math.max(15, percent)));
}
