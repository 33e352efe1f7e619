/** Does a step and prints what it was and how long it took. */
export async function step(title, work) {
  const begin = performance.now();
  const done = await work();
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  console.log(`  ${title.padEnd(28)} ${done === false ? "nothing to do" : `${seconds} s`}`);
}
