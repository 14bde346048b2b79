/* The errors, limits and bans that amocrm-js meets. */

const { Client, auth, domain, refusal, control, run } = require('./common.cjs');

async function errors({ contacts, request }) {
  const stranger = new Client({ domain, auth: { ...auth, bearer: 'wrong' } });
  return {
    invalid: await refusal(() => contacts.create([{ name: 5 }])),
    unknownRoute: await refusal(() => request.get('/api/v4/moons')),
    tooMany: await refusal(() => request.get('/api/v4/contacts', { limit: 251 })),
    unauthorized: await refusal(() => stranger.request.get('/api/v4/account')),
    outside: await refusal(() => new Client({ domain: 'example.com', auth: { ...auth, bearer: 'x' } }).request.get('/')),
  };
}

async function limits({ request }) {
  const ask = () => request.get('/api/v4/account');
  const asked = () => refusal(ask);
  await control('PATCH', '/limits', { limits: 'on', per_second: 2, ban_after: 3 });
  const first = [await asked(), await asked(), await asked()];
  await control('POST', '/clock', { advance: 1 });
  const nextSecond = [await asked(), await asked()];
  const insisting = [await asked(), await asked()];
  await control('POST', '/clock', { advance: 30 });
  const banned = await asked();
  await control('DELETE', '/limits');
  return { first, nextSecond, insisting, banned, lifted: await asked() };
}

async function unpaid({ request }) {
  await control('PATCH', '/limits', { unpaid: true });
  return refusal(() => request.get('/api/v4/account'));
}

run(async (client) => ({
  errors: await errors(client),
  limits: await limits(client),
  unpaid: await unpaid(client),
}));
