// Has Lighthouse measure pages, each as a new visitor, all in one browser: one each, and a Node.js for each, would cost
// more than the pages. Reads as JSON {flags, categories, least, tries, pages: {name: {url, cookies, skipAudits}}}, and
// writes for each page its best points in each category, and which audits took some from it. .ci/lighthouse starts it.
import { text } from "node:stream/consumers";
import lighthouse, { defaultConfig } from "lighthouse";
import { pageFunctions } from "lighthouse/core/lib/page-functions.js";
import puppeteer from "puppeteer-core";

const { flags, categories, least, tries, pages } = JSON.parse(await text(process.stdin));
// Audits without a weight take no points, but much of the time.
const weighed = categories.flatMap((name) => defaultConfig.categories[name].auditRefs).filter(({ weight }) => weight);
// How fast this machine is takes a second to find out, and only stands in reports.
pageFunctions.computeBenchmarkIndex = () => 0;

const browser = await puppeteer.launch({ executablePath: process.env.CHROME_PATH, args: flags });
const results = {};
for (const [name, page] of Object.entries(pages)) results[name] = await best(page);
await browser.close();
process.stdout.write(JSON.stringify(results));

async function best(page) {
  const found = {};
  for (let done = 0; done < tries; done++) {
    const lhr = await measure(page);
    for (const category of categories) {
      const points = Math.round((lhr.categories[category].score ?? 0) * 100);
      if (!(found[category]?.points >= points)) found[category] = { points, faults: faults(lhr, category) };
    }
    if (Object.values(found).every(({ points }) => points >= least)) break;
  }
  return found;
}

async function measure({ url, cookies, skipAudits }) {
  const context = await browser.createBrowserContext();
  await context.setCookie(...cookies);
  const onlyAudits = weighed.map(({ id }) => id).filter((id) => !skipAudits.includes(id));
  const settings = { logLevel: "error", onlyAudits, disableFullPageScreenshot: true };
  const { lhr } = await lighthouse(url, settings, undefined, await context.newPage());
  await context.close();
  return lhr;
}

function faults({ categories, audits, runtimeError }, category) {
  if (runtimeError) return [runtimeError.message];
  return categories[category].auditRefs
    .map(({ id }) => audits[id])
    .filter(({ score }) => score !== null && score < 1)
    .map(({ title, displayValue, score }) => `${title} (${displayValue ?? score})`);
}
