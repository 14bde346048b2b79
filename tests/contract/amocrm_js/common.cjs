/* What the programs here share. Their only argument is JSON: {"domain", "stand", "auth"}, and what else each one says;
   `stand` is the control plane of the world. Each prints one JSON object of what the client got. */

const { Client } = require('amocrm-js');

const { domain, stand, auth, ...rest } = JSON.parse(process.argv[2]);

/* What `attempt` raised, as far as it can be printed; null if nothing. */
async function refusal(attempt) {
  try {
    await attempt();
    return null;
  } catch (error) {
    const { response, data } = error.apiResponse ?? {};
    return { message: error.message, data: error.data, status: response?.statusCode, page: error.data ? null : data };
  }
}

/* A request to the control plane of the world. */
async function control(method, path, body) {
  const headers = { 'Content-Type': 'application/json' };
  const answer = await fetch(stand + path, { method, headers, body: body && JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
}

async function run(work) {
  console.error = () => {}; // the client prints every refusal there
  try {
    process.stdout.write(JSON.stringify(await work(new Client({ domain, auth }), rest)));
  } catch (error) {
    process.stderr.write(`${error.stack}\n${JSON.stringify(error.data)}\n`);
    process.exitCode = 1;
  }
}

module.exports = { Client, auth, domain, refusal, control, run };
