/* What amocrm-js has no factories for, by client.request: a user's way to the rest of API v4.
   Also told: "responsible", the id of a user, and "receiver", the address of a receiver of webhooks. */

const { refusal, control, run } = require('./common.cjs');

const PHONE = '+79160000002';
const phoneField = (value) => ({ field_code: 'PHONE', values: [{ value, enum_code: 'WORK' }] });

/* The client sends the body of a DELETE without saying how long it is, unless its user says so. */
const measured = (body) => ({ headers: { 'Content-Length': Buffer.byteLength(JSON.stringify(body)) } });

const embedded = async (request, name) => (await request).data._embedded[name];

async function people({ request }) {
  const users = await embedded(request.get('/api/v4/users', { limit: 250 }), 'users');
  return users.map(({ id, rights }) => ({ id, isAdmin: rights.is_admin }));
}

async function customFields(client) {
  const path = '/api/v4/contacts/custom_fields';
  const enums = [{ value: 'сайт', sort: 1 }, { value: 'звонок', sort: 2 }];
  const wanted = [{ name: 'Город', type: 'text' }, { name: 'Источник', type: 'select', enums }];
  const [city, source] = await embedded(client.request.post(path, wanted), 'custom_fields');
  const contact = new client.Contact({
    name: 'Пётр',
    custom_fields_values: [
      { field_id: city.id, values: [{ value: 'Тверь' }] },
      { field_id: source.id, values: [{ enum_id: source.enums[1].id }] },
      phoneField('+79160000001'),
    ],
  });
  await contact.save();
  const selects = await embedded(client.request.get(path, { filter: { type: ['select'] } }), 'custom_fields');
  const { custom_fields_values: values } = (await contact.fetch()).getAttributes();
  return { selects: selects.map(({ name }) => name), values: values.map((field) => [field.field_name, field.values[0].value]) };
}

async function complex({ request, contacts }) {
  const contact = { name: 'Пётр', custom_fields_values: [phoneField(PHONE)] };
  const lead = { name: 'Звонок', _embedded: { contacts: [contact], tags: [{ name: 'Продажа' }] } };
  const [made] = (await request.post('/api/v4/leads/complex', [lead])).data;
  const found = await contacts.get({ query: '9160000002' });
  return { made, found: found.getData().map(({ id }) => id) };
}

async function notes({ request }, contactId) {
  const path = `/api/v4/contacts/${contactId}/notes`;
  const params = { uniq: 'c-1', duration: 42, source: 'CoMagic', link: 'https://pbx.test/c-1.mp3', phone: PHONE };
  const call = { note_type: 'call_in', params };
  await request.post(path, [call, { note_type: 'common', params: { text: 'Перезвонить' } }]);
  const written = await embedded(request.get(path, { order: { id: 'asc' } }), 'notes');
  return written.map((note) => ({ id: note.id, type: note.note_type, params: note.params }));
}

async function calls({ request }, contactId) {
  const call = { direction: 'outbound', duration: 30, source: 'CoMagic', uniq: 'c-2' };
  const taken = await embedded(request.post('/api/v4/calls', [{ ...call, phone: PHONE }]), 'calls');
  const unknown = await request.post('/api/v4/calls', [{ ...call, phone: '+79990000000' }]);
  const types = await embedded(request.get(`/api/v4/contacts/${contactId}/notes`), 'notes');
  return {
    taken: taken.map((each) => [each.entity_type, each.entity_id]),
    types: types.map((note) => note.note_type),
    unknown: { status: unknown.response.statusCode, errors: unknown.data.errors.map(({ status }) => status) },
  };
}

async function events({ request }, entityId) {
  const filter = { entity: ['contact'], entity_id: [entityId] };
  const seen = await embedded(request.get('/api/v4/events', { filter, limit: 100 }), 'events');
  const rung = seen.find(({ type }) => type === 'incoming_call');
  const one = (await request.get(`/api/v4/events/${rung.id}`)).data;
  return { types: seen.map(({ type }) => type).sort(), note: one.value_after[0].note.id };
}

async function pipelines({ request }) {
  const statuses = [{ name: 'Замер', sort: 20, color: '#fffeb2' }];
  const wanted = { name: 'Монтаж', sort: 20, is_main: false, is_unsorted_on: true, _embedded: { statuses } };
  const [made] = await embedded(request.post('/api/v4/leads/pipelines', [wanted]), 'pipelines');
  const listed = await embedded(request.get('/api/v4/leads/pipelines'), 'pipelines');
  const shown = await embedded(request.get(`/api/v4/leads/pipelines/${made.id}/statuses`), 'statuses');
  const deleted = await request.delete(`/api/v4/leads/pipelines/${made.id}`);
  return {
    listed: listed.map(({ name, is_main: isMain }) => [name, isMain]),
    statuses: shown.map(({ name }) => name),
    deleted: deleted.response.statusCode,
  };
}

async function addUnsorted({ request }, phone) {
  const metadata = { phone, called_at: 1700000000, duration: 15, service_code: 'pbx', uniq: phone };
  const item = { source_name: 'АТС', source_uid: `pbx-${phone}`, metadata };
  const [added] = await embedded(request.post('/api/v4/leads/unsorted/sip', [item]), 'unsorted');
  return added.uid;
}

async function unsorted(client, responsible) {
  const { request } = client;
  const [call, junk] = [await addUnsorted(client, '79160000003'), await addUnsorted(client, '79160000004')];
  const listed = await embedded(request.get('/api/v4/leads/unsorted', { filter: { category: ['sip'] } }), 'unsorted');
  const hidden = (await client.contacts.get({ query: '9160000003' })).getData();
  const who = { user_id: responsible };
  const [lead] = await embedded(request.post(`/api/v4/leads/unsorted/${call}/accept`, who), 'leads');
  const declined = await request.delete(`/api/v4/leads/unsorted/${junk}/decline`, who, measured(who));
  return {
    listed: listed.length,
    hidden: hidden.length,
    responsible: (await client.leads.getById(lead.id)).responsible_user_id,
    found: (await client.contacts.get({ query: '9160000003' })).getData().map(({ name }) => name),
    declined: declined.data.category,
    again: await refusal(() => request.delete(`/api/v4/leads/unsorted/${junk}/decline`)),
  };
}

async function webhooks(client, destination) {
  const { request } = client;
  const subscribed = (await request.post('/api/v4/webhooks', { destination, settings: ['add_lead', 'status_lead'] })).data;
  const lead = new client.Lead({ name: 'Окна', price: 100 });
  await lead.save();
  await control('POST', '/settle', {});
  await client.leads.update([{ id: lead.id, status_id: 142 }]);
  const listed = await embedded(request.get('/api/v4/webhooks', { filter: { destination } }), 'webhooks');
  await control('POST', '/settle', {});
  const deleted = await request.delete('/api/v4/webhooks', { destination }, measured({ destination }));
  await new client.Lead({ name: 'Двери' }).save();
  await control('POST', '/settle', {});
  return {
    settings: subscribed.settings,
    listed: listed.map((webhook) => webhook.destination),
    lead: lead.id,
    deleted: deleted.response.statusCode,
  };
}

run(async (client, { responsible, receiver }) => {
  const said = { users: await people(client), customFields: await customFields(client), complex: await complex(client) };
  const contactId = said.complex.made.contact_id;
  said.notes = await notes(client, contactId);
  said.calls = await calls(client, contactId);
  said.events = await events(client, contactId);
  said.pipelines = await pipelines(client);
  said.unsorted = await unsorted(client, responsible);
  said.webhooks = await webhooks(client, receiver);
  return said;
});
