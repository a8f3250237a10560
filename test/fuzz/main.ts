import { failureText, figures, fuzz, shrink } from './campaign';
import { Choices } from './choices';
import { caseText } from './driverCase';
import { driver } from './generator/driver';

/** `npm run fuzz:drivers -- [--count N] [--seed N] [--shrink N]`: random drivers, executed and analysed. */
async function main(): Promise<void> {
  const option = (name: string, otherwise: number): number => {
    const at = process.argv.indexOf(`--${name}`);
    return at < 0 ? otherwise : Number(process.argv[at + 1]);
  };
  if (process.argv.includes('--print')) {
    console.log(caseText(driver(new Choices(option('seed', 0)))));
    return;
  }
  const count = option('count', 500);
  const seed = option('seed', Date.now() % 2 ** 31);
  const most = option('shrink', 3);
  const chunk = 500;
  let [drivers, pairs, failing, sites, undecided, wrong] = [0, 0, 0, 0, 0, 0];
  let shown = 0;
  for (let done = 0; done < count; done += chunk) {
    const outcome = await fuzz(seed + done, Math.min(chunk, count - done));
    drivers += outcome.drivers;
    pairs += outcome.pairs;
    failing += outcome.failing;
    sites += outcome.sites;
    undecided += outcome.undecided;
    wrong += outcome.wrong;
    console.log(`seed ${seed + done}: ${figures(outcome)}`);
    for (const failure of outcome.failures) {
      const first = failure.disagreements[0];
      console.log(`  ${failure.name}: ${first?.about}: ran ${first?.ran}; analysed ${first?.analysed}`);
      if (shown++ < most) console.log(failureText(await shrink(Number(failure.name.slice('seed '.length)))));
    }
  }
  console.log(`seed ${seed}: ${figures({ drivers, pairs, failing, sites, undecided, wrong, failures: [] })}`);
  if (undecided + wrong > 0) process.exitCode = 1;
}

void main();
