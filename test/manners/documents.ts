import { driverText } from '../support/driverText';
import { fieldOf } from '../support/lspClient';
import type { Message, ServerProcess } from '../support/serverProcess';

const state = (name: string) => `VFIO_DEVICE_STATE_${name}`;

/** A step function that rejects RESUMING -> STOP, and nothing else that it must handle. */
export const step = `static struct file *step(struct dev *d, u32 new)
{
	u32 cur = d->state;

	if (cur == ${state('STOP')} && new == ${state('STOP_COPY')})
		return open_save(d);
	if (cur == ${state('STOP')} && new == ${state('RESUMING')})
		return open_resume(d);
	if (cur == ${state('STOP_COPY')} && new == ${state('STOP')}) {
		close_files(d);
		return NULL;
	}
	if (cur == ${state('RUNNING')} && new == ${state('STOP')})
		return NULL;
	if (cur == ${state('STOP')} && new == ${state('RUNNING')})
		return NULL;
	/* Δ😀 */ return ERR_PTR(-EINVAL);
}`;

/** The driver around it. */
export const driver = driverText({ step });

/** A file that need not be on the disk. */
export const driverUri = 'file:///nowhere/driver.c';

export function open(server: ServerProcess, uri = driverUri, text = driver): void {
  server.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'c', version: 1, text } });
}

/** The messages of an answer to textDocument/diagnostic, or of what was published. */
export function messagesIn(value: unknown, list: 'items' | 'diagnostics' = 'items'): readonly string[] {
  const items = fieldOf(value, list);
  if (!Array.isArray(items)) throw new Error(`no ${list} in ${JSON.stringify(value)}`);
  return items.map((item: unknown) => String(fieldOf(item, 'message')));
}

/** Fails unless the server still finds what is missing in the driver. */
export async function works(server: ServerProcess, uri = driverUri): Promise<void> {
  open(server, uri);
  const report = await server.result('textDocument/diagnostic', { textDocument: { uri } });
  const [message = '', ...others] = messagesIn(report);
  if (!message.startsWith('RESUMING -> STOP is not handled') || others.length > 0) {
    throw new Error(`the server does not work any more: ${JSON.stringify(report)}`);
  }
}

/** What was last published for a file. */
export function published(server: ServerProcess, uri = driverUri): unknown {
  const isPublished = ({ method, params }: Message) =>
    method === 'textDocument/publishDiagnostics' && fieldOf(params, 'uri') === uri;
  return server.received.findLast(isPublished)?.params;
}
