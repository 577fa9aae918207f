// A bot in one page: answers "!time" in a room, once per question, however often it is stopped and started.
//   node examples/bot.js ws://127.0.0.1:3000/dev [folder]      (Node 24, or `npx --no node`)
import { connect } from '../front/src/core/chat.js';

const [url = 'ws://127.0.0.1:3000/dev', folder = '.hubbub/bot'] = process.argv.slice(2);
const chat = connect({ url, folder, nickname: 'clock', rooms: ['lobby'], from: 'cursor' });
const lobby = chat.room('lobby');
chat.on('status', ({ state }) => console.log(state));
chat.on('trouble', (error) => console.error(error));
process.once('SIGINT', () => void chat.close());

for await (const message of lobby) {
  if (message.own || message.text !== '!time') continue;
  const time = new Date(message.at).toISOString().slice(11, 19);
  // `once`: should this process die before it has read on, the same question gets no second answer.
  await lobby.say(`${message.nickname} asked at ${time} UTC.`, { once: message.messageId });
}
