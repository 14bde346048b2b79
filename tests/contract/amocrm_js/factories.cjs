/* What the README of amocrm-js shows. Also told: "responsible", the id of a user. */

const { Client, auth, domain, refusal, run } = require('./common.cjs');

const PHONE = '+79161234567';

async function oauth(client) {
  const connected = await client.connection.connect();
  const before = client.token.getValue().access_token;
  await client.token.refresh();
  const again = new Client({ domain, auth });
  return {
    connected,
    refreshed: client.token.getValue().access_token !== before,
    expired: client.token.isExpired(),
    secondUseOfTheCode: await refusal(() => again.connection.connect()),
  };
}

async function contacts(client, responsible) {
  const contact = new client.Contact({
    name: 'Иван Петров',
    responsible_user_id: responsible,
    custom_fields_values: [{ field_code: 'PHONE', values: [{ value: PHONE, enum_code: 'WORK' }] }],
  });
  contact.embeddedTags.add([{ name: 'vip' }]);
  await contact.save();
  const found = await client.contacts.get({ query: '9161234567' });
  const fetched = await client.contacts.getById(contact.id, { with: ['leads'] });
  fetched.name = 'Пётр Иванов';
  await fetched.save();
  return {
    id: contact.id,
    found: found.getData().map(({ id }) => id),
    shown: (await contact.fetch()).getAttributes(),
    missing: (await client.contacts.getById(5)).id ?? null,
  };
}

async function leads(client, contactId) {
  const lead = new client.Lead({ name: 'Окна', price: 12000 });
  lead.embeddedContacts.add([{ id: contactId, is_main: true }]);
  lead.embeddedTags.add([{ name: 'Продажа' }]);
  await lead.save();
  const fetched = await client.leads.getById(lead.id, { with: ['contacts'] });
  fetched.price = 15000;
  await fetched.save();
  const tags = await client.leads.tags.get();
  return {
    id: lead.id,
    shown: (await lead.fetch({ with: ['contacts'] })).getAttributes(),
    tags: tags.getData().map(({ name }) => name),
  };
}

async function companies(client, contactId) {
  const company = new client.Company({ name: 'Окна и двери' });
  company.embeddedTags.add([{ name: 'опт' }]);
  await company.save();
  await client.request.post(`/api/v4/companies/${company.id}/link`, [{ to_entity_id: contactId, to_entity_type: 'contacts' }]);
  const fetched = await client.companies.getById(company.id, { with: ['contacts'] });
  fetched.name = 'Окна';
  await fetched.save();
  return { shown: (await company.fetch({ with: ['contacts'] })).getAttributes() };
}

async function tasks(client, leadId, contactId) {
  const lead = await client.leads.getById(leadId);
  await lead.tasks.create([{ text: 'Перезвонить', complete_till: 1893456000 }]);
  await client.tasks.create([{ text: 'Написать', complete_till: 1893456000, entity_id: contactId, entity_type: 'contacts' }]);
  const ofLead = (await lead.tasks.get()).getData();
  const linked = await ofLead[0].entity.get();
  await client.tasks.update([{ id: ofLead[0].id, is_completed: true, result: { text: 'дозвонились' } }]);
  const { is_completed: isCompleted, result } = (await client.tasks.getById(ofLead[0].id)).getAttributes();
  return { texts: ofLead.map(({ text }) => text), entity: linked.id, isCompleted, result };
}

/* Of ASCII names: the client decodes each chunk of a long answer by itself and spoils a letter that two chunks share. */
async function pages(client) {
  const names = Array.from({ length: 300 }, (_, number) => `listed ${String(number).padStart(3, '0')}`);
  for (const batch of [names.slice(0, 250), names.slice(250)]) {
    await client.contacts.create(batch.map((name) => ({ name })));
  }
  const listed = await client.contacts.get({ query: 'listed', limit: 100, order: { id: 'asc' } });
  const seen = [];
  do {
    seen.push(listed.getData().map(({ name }) => name));
  } while (await listed.next());
  await listed.first();
  return { sizes: seen.map((page) => page.length), complete: seen.flat().sort().join() === names.join(), last: listed.getPage() };
}

run(async (client, { responsible }) => {
  const said = { oauth: await oauth(client) };
  said.account = (await client.request.get('/api/v4/account', { with: 'task_types' })).data;
  said.contacts = await contacts(client, responsible);
  said.leads = await leads(client, said.contacts.id);
  said.companies = await companies(client, said.contacts.id);
  said.tasks = await tasks(client, said.leads.id, said.contacts.id);
  said.pages = await pages(client);
  return said;
});
