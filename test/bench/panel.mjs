// The simulation panel in Chromium: how long until something is to be seen once the server has answered, and how many
// frames a second while a long run plays and while its list is scrolled.
import { createRequire } from 'node:module';
import path from 'node:path';
import { root } from '../../.config/setup.mjs';

const require = createRequire(import.meta.url);
const compiled = (file) => require(path.join(root, 'out', 'test', 'panel', 'support', file));

const MEASURED_MS = 4_000;
/** Small reads: a migration of more than 10,000 rows. */
const LONG = { chunk: 16_384, initial: 64 * 1024 ** 2 };

/** Null where there is no Chromium. Times in milliseconds; `worst` is the longest time between two frames. */
export async function benchPanel() {
  const { openChromium, PanelPage } = compiled('page.js');
  const { sampleMachine, sampleServer } = compiled('samples.js');
  const browser = await openChromium();
  if (browser === null) return null;
  const server = await sampleServer();
  try {
    const machine = await sampleMachine(server, 'nimbus');
    const paints = [];
    for (let round = 0; round < 5; round++)
      paints.push(await firstPaint(await PanelPage.open(browser, server, { machine })));
    const panel = await PanelPage.open(browser, server, { machine, width: 1400 });
    await panel.verdict('Migrated');
    const rows = await runLong(panel);
    const playing = await frames(panel, async () => {
      await panel.button('To the beginning').click();
      await panel.page.getByRole('combobox', { name: 'Speed' }).selectOption({ label: '64 steps/s' });
      await panel.button('Run').first().click();
    });
    await panel.button('Pause').click();
    const scrolling = await frames(panel, () =>
      panel.page.evaluate(`(() => {
        const list = document.querySelector('.lanes-list');
        const scroll = () => { list.scrollTop += 120; requestAnimationFrame(scroll); };
        list.scrollTop = 0;
        scroll();
      })()`),
    );
    await panel.close();
    return { firstPaintMs: median(paints), rows, playing, scrolling };
  } finally {
    await browser.close();
    await server.stop();
  }
}

/** From the answer of the server to the first frame that shows the run. */
async function firstPaint(panel) {
  await panel.verdict('Migrated');
  await panel.page.addInitScript({ content: PROBE });
  await panel.reload();
  await panel.verdict('Migrated');
  const ms = await panel.page.evaluate(`new Promise((resolve) => {
    const look = () => (globalThis.shownAfter === undefined ? setTimeout(look, 10) : resolve(shownAfter));
    look();
  })`);
  await panel.close();
  return ms;
}

/** Notes when the answer with the run comes, and when the first frame with its rows has been drawn. */
const PROBE = `
  addEventListener('message', ({ data }) => {
    if (data?.result?.steps === undefined || globalThis.shownAfter !== undefined) return;
    const start = performance.now();
    const look = () => requestAnimationFrame(() => {
      if (document.querySelector('.lane-row') === null) return look();
      requestAnimationFrame(() => { globalThis.shownAfter = performance.now() - start; });
    });
    look();
  }, true);
`;

async function runLong(panel) {
  const { page } = panel;
  await page.getByRole('tab', { name: 'Scenario' }).click();
  await page.getByRole('textbox', { name: 'Read size' }).fill(`${LONG.chunk}`);
  await page.getByRole('textbox', { name: 'Initial data' }).fill(`${LONG.initial}`);
  await page.getByRole('tabpanel').getByRole('button', { name: 'Run' }).click();
  await page.getByText(/\d{4,} \/ \d{4,}/).waitFor();
  await page.getByRole('tab', { name: 'Diagram' }).click();
  return Number(await page.locator('.lane-row').first().getAttribute('aria-setsize'));
}

/** Frames a second while something goes on, and the CPU time that the page's main thread needs for one. */
async function frames(panel, begin) {
  await begin();
  const cpu = await cpuClock(panel.page);
  const before = await cpu();
  const times = await panel.page.evaluate(`new Promise((resolve) => {
    const times = [];
    const start = performance.now();
    const note = (now) => {
      times.push(now);
      if (now - start < ${MEASURED_MS}) requestAnimationFrame(note);
      else resolve(times);
    };
    requestAnimationFrame(note);
  })`);
  const gaps = times.slice(1).map((time, index) => time - times[index]);
  const cpuMs = ((await cpu()) - before) / gaps.length;
  return { perSecond: (1000 * gaps.length) / (times.at(-1) - times[0]), worst: Math.max(...gaps), cpuMs };
}

/** Milliseconds of CPU: unlike frames, they do not depend on who else wants the processor. */
async function cpuClock(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1000;
  };
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
