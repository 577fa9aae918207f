// node tests/delivery/doomed-sender.ts <url> <folder> <room> <text>: says one thing, tells that it is kept, and waits to be killed.
import { connect } from '../../front/src/core/chat.js';

const [url = '', folder = '', room = '', text = ''] = process.argv.slice(2);
const messageId = await connect({ url, folder, rooms: [room] })
  .room(room)
  .say(text);
process.stdout.write(`${messageId}\n`);
