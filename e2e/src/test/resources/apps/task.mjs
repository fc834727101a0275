// A task that needs an upstream once: it calls until it is answered, and ends.
const url = `http://127.0.0.1:${process.env.PORT}/`;
for (;;) {
  const answer = await fetch(url).catch((e) => ({ ok: false, status: e.cause?.code ?? e.message }));
  if (answer.ok) break;
  console.log(`not yet: ${answer.status}`);
  await new Promise((resolve) => setTimeout(resolve, 100));
}
console.log('done');
process.exit(0);
