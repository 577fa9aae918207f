// The `message` frame of a stored message.

import { truncateNickname } from '../rules/nickname.ts';
import type { MessageFrame } from './frames.ts';
import { LIMITS } from './limits.ts';

const cut = (text: string, most: number): string => {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
};

/**
 * The frame of a stored message. Other programs may put longer words on the bus than a client may send: they are shown
 * cut, because a message that outgrew a frame could be neither told nor read back, and would cost its room the history.
 */
export function messageFrame(
  seq: number,
  stored: {
    room: string;
    messageId: string;
    userId: string;
    nickname: string;
    text: string;
    sentAt: string;
  },
  senderTag?: string,
): MessageFrame {
  const { room, messageId, userId, nickname, text, sentAt } = stored;
  return {
    type: 'message',
    room,
    seq,
    messageId,
    userId,
    nickname: truncateNickname(nickname),
    message: cut(text, LIMITS.messageCharacters),
    timestamp: cut(sentAt, LIMITS.timestampCharacters),
    ...(senderTag === undefined ? {} : { connectionId: senderTag }),
  };
}
