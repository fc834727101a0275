// A mutating webhook as cloud providers have them: each container of a pod gets a variable and a mount of a token.
import https from 'node:https';

const { TLS_CERTIFICATE, TLS_KEY } = process.env;

function added(list, containers) {
  return (containers ?? []).flatMap((container, i) => {
    if ((container.env ?? []).some((variable) => variable.name === 'CLOUD_ROLE')) {
      return [];
    }
    const at = `/spec/${list}/${i}`;
    return [
      ...(container.env ? [] : [{ op: 'add', path: `${at}/env`, value: [] }]),
      { op: 'add', path: `${at}/env/-`, value: { name: 'CLOUD_ROLE', value: 'shop' } },
      ...(container.volumeMounts ? [] : [{ op: 'add', path: `${at}/volumeMounts`, value: [] }]),
      { op: 'add', path: `${at}/volumeMounts/-`, value: { name: 'cloud-token', mountPath: '/var/run/secrets/cloud', readOnly: true } },
    ];
  });
}

function patch(spec) {
  const volumes = spec.volumes ?? [];
  const token = { name: 'cloud-token', projected: { sources: [{ serviceAccountToken: { audience: 'cloud', path: 'token' } }] } };
  return [
    ...(spec.volumes ? [] : [{ op: 'add', path: '/spec/volumes', value: [] }]),
    ...(volumes.some((volume) => volume.name === 'cloud-token') ? [] : [{ op: 'add', path: '/spec/volumes/-', value: token }]),
    ...added('containers', spec.containers),
    ...added('initContainers', spec.initContainers),
  ];
}

https.createServer({ cert: TLS_CERTIFICATE, key: TLS_KEY }, (req, res) => {
  let text = '';
  req.on('data', (data) => { text += data; });
  req.on('end', () => {
    const { apiVersion, kind, request } = JSON.parse(text);
    const response = {
      uid: request.uid,
      allowed: true,
      patchType: 'JSONPatch',
      patch: Buffer.from(JSON.stringify(patch(request.object.spec))).toString('base64'),
    };
    res.setHeader('content-type', 'application/json');
    res.end(JSON.stringify({ apiVersion, kind, response }));
  });
}).listen(8443, () => console.log('webhook on 8443'));
process.on('SIGTERM', () => process.exit(0));
