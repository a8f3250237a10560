import type { Event, SimulationSession } from '../../../server/src/wire';
import type { FileToSave } from './contract';
import { Cancelled, type Host } from './host';
import type { Effect, Message } from './message';
import { takePicture } from './picture/take';
import { originOfScenario } from './runs';
import { t } from './texts';

type Send = (message: Message) => void;

/** Does what an update asked for; answers and refusals come back as messages. */
export async function perform(effect: Effect, host: Host, send: Send): Promise<void> {
  try {
    await attempt(effect, host, send);
  } catch (error) {
    if (error instanceof Cancelled) send({ kind: 'cancelled', effect });
    else send({ kind: 'refused', effect, why: error instanceof Error ? error.message : String(error) });
  }
}

async function attempt(effect: Effect, host: Host, send: Send): Promise<void> {
  switch (effect.kind) {
    case 'catalogue':
      send({ kind: 'catalogued', catalogue: await host.call('catalogue', null) });
      return;
    case 'pickMachine': {
      const machine = await host.call('pickMachine', { title: t('Simulate another machine') });
      if (machine !== null) send({ kind: 'open', machine });
      return;
    }
    case 'open': {
      const { key, origin } = effect;
      if (origin.from === 'file') return;
      const session = await host.call('open', origin.open);
      send({ kind: 'opened', key, session: await sent(host, session, origin.events), origin });
      return;
    }
    case 'branch': {
      const session = await host.call('branch', { id: effect.id, at: effect.at });
      send({ kind: 'opened', key: effect.key, session: await sent(host, session, effect.events), origin: null });
      return;
    }
    case 'dispatch': {
      const { key, id, at, events } = effect;
      send({ kind: 'advanced', key, advance: await host.call('dispatch', { id, at, events }) });
      return;
    }
    case 'run': {
      const { key, id, scenario } = effect;
      const session = await host.call('run', { id, scenario });
      send({ kind: 'opened', key, session, origin: originOfScenario(session, scenario) });
      return;
    }
    case 'import': {
      const { key, file } = effect;
      const result = await host.call('import', file);
      if ('problem' in result) throw new Error(problemText(file.name, result));
      send({ kind: 'imported', key, file, result });
      return;
    }
    case 'chooseFile': {
      const file = await host.call('chooseFile', null);
      if (file !== null) send({ kind: 'fileChosen', file });
      return;
    }
    case 'compare': {
      const { key, a, b } = effect;
      send({ kind: 'compared', key, result: await host.call('compare', { a, b }) });
      return;
    }
    case 'export': {
      const { id, format } = effect;
      const { name, text } = await host.call('export', { id, format });
      await save({ name, content: { text } }, host, send);
      return;
    }
    case 'picture':
      await save(await takePicture(effect.picture, effect.format), host, send);
      return;
    case 'save':
      await save(effect.file, host, send);
      return;
    case 'close':
      await host.call('close', { id: effect.id });
      return;
    case 'show':
      host.tell({ kind: 'show', location: effect.location, focus: effect.focus });
      return;
    case 'title':
      host.tell({ kind: 'title', title: effect.title });
      return;
    case 'wait':
      await new Promise((resolve) => setTimeout(resolve, effect.milliseconds));
      send(effect.then);
      return;
  }
}

async function save(file: FileToSave, host: Host, send: Send): Promise<void> {
  const name = await host.call('save', file);
  if (name !== null) send({ kind: 'saved', name });
}

function problemText(
  name: string,
  { problem, line }: { readonly problem: string; readonly line: number | null },
): string {
  return line === null ? t('{0} can not be read: {1}', name, problem) : `${name}:${line}: ${problem}`;
}

/** The session after more events; closed when they can not be sent, or the user does not wait for it. */
async function sent(host: Host, session: SimulationSession, events: readonly Event[]): Promise<SimulationSession> {
  if (events.length === 0) return session;
  const { id, steps } = session;
  const advance = await host.call('dispatch', { id, at: steps.length, events }).catch(async (error: unknown) => {
    await host.call('close', { id });
    throw error;
  });
  return {
    ...session,
    scenario: null,
    steps: [...steps.slice(0, advance.from), ...advance.steps],
    verdict: advance.verdict,
  };
}
