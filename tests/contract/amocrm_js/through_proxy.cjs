/* Leads https requests through HTTPS_PROXY, which Node reads by itself from version 24.5 on, and only when told to
   (NODE_USE_ENV_PROXY=1). Load it before the program: node --require ./through_proxy.cjs program.js */

const http = require('node:http');
const https = require('node:https');
const tls = require('node:tls');

const proxy = new URL(process.env.HTTPS_PROXY);

class TunnelAgent extends https.Agent {
  createConnection(options, connected) {
    const { host, port } = options;
    http
      .request({ host: proxy.hostname, port: proxy.port, method: 'CONNECT', path: `${host}:${port}`, agent: false })
      .on('connect', (answer, socket) => {
        if (answer.statusCode === 200) connected(null, tls.connect({ ...options, socket }));
        else connected(new Error(`the proxy refused ${host}:${port}: ${answer.statusCode} ${answer.statusMessage}`));
      })
      .on('error', connected)
      .end();
  }
}

https.globalAgent = new TunnelAgent();
