// How a test speaks to its pods: POST {"command": NAME, ...options} to port 7000, the answer is JSON.
import http from 'node:http';

export function answerCommands(commands) {
  const server = http.createServer((req, res) => {
    let text = '';
    req.on('data', (data) => { text += data; });
    req.on('end', async () => {
      const { command, ...options } = JSON.parse(text);
      const answer = await commands[command](options);
      res.setHeader('content-type', 'application/json');
      res.end(JSON.stringify(answer));
    });
  });
  server.keepAliveTimeout = 3600_000; // whoever keeps a connection does not lose a command to its end
  server.listen(7000, () => console.log('commands on 7000'));
  process.on('SIGTERM', () => process.exit(0));
}
